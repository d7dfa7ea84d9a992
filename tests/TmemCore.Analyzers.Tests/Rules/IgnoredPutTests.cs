namespace TmemCore.Analyzers.Tests.Rules;

public class IgnoredPutTests
{
    private const string Id = "TMEM202";

    [Theory]
    [InlineData("[|pool.Put(1, 0, page)|];")]
    [InlineData("[|pool?.Put(1, 0, page)|];")]
    [InlineData("if (page.Length > 0) [|pool.Put(1, 0, page)|]; else throw new InvalidOperationException();")]
    [InlineData("for (uint i = 0; i < 4; [|pool.Put(1, i, page)|]) { i++; }")]
    [InlineData("Action store = () => [|pool.Put(1, 0, page)|]; store();")]
    [InlineData("Action store = () => { [|pool.Put(1, 0, page)|]; }; store();")]
    [InlineData("void Store() => [|pool.Put(1, 0, page)|]; Store();")]
    [InlineData("PutResult result = [|pool.Put(1, 0, page)|];")]
    [InlineData("checked { [|pool.Put(1, 0, page)|]; }")]
    [InlineData("switch (page.Length) { case 4096: [|pool.Put(1, 0, page)|]; break; }")]
    public Task An_answer_that_goes_nowhere_is_reported(string body) => Verify.ReportsAsync(Id, InMethod(body));

    [Theory]
    [InlineData("_ = pool.Put(1, 0, page);")]
    [InlineData("if (pool.Put(1, 0, page) != PutResult.Stored) { throw new InvalidOperationException(); }")]
    [InlineData("PutResult result = pool.Put(1, 0, page); Console.WriteLine(result);")]
    [InlineData("PutResult result; result = pool.Put(1, 0, page); Console.WriteLine(result);")]
    [InlineData("Func<PutResult> store = () => pool.Put(1, 0, page); Console.WriteLine(store());")]
    [InlineData("PutResult Store() => pool.Put(1, 0, page); Console.WriteLine(Store());")]
    [InlineData("bool isStored = pool.Put(1, 0, page) is PutResult.Stored; Console.WriteLine(isStored);")]
    [InlineData("string said = pool.Put(1, 0, page) switch { PutResult.Stored => \"stored\", _ => \"refused\" }; Console.WriteLine(said);")]
    [InlineData("pool.Put(1, 0, page, 0, static (refused, reason, state) => Console.WriteLine(reason));")]
    public Task An_answer_that_goes_somewhere_is_left_alone(string body) => Verify.QuietAsync(InMethod(body));

    [Fact]
    public Task A_put_that_may_be_forgotten_is_left_alone() => Verify.QuietAsync("""
        static class Store
        {
            static void Keep(EphemeralPool pool, byte[] page) => pool.TryPut(1, 0, page);
        }
        """);

    [Fact]
    public Task Puts_by_page_source_and_by_hypercall_are_looked_at() => Verify.ReportsAsync(Id, """
        static class Store
        {
            static void Keep<TSource>(PersistentPool pool, ref TSource source)
                where TSource : IPageSource
            {
                [|pool.Put(1, 0, ref source)|];
                [|pool.PutEntry(1, 0, "short"u8)|];
            }

            static async Task KeepAsync(HypercallClient client)
            {
                await Task.Yield();
                [|client.Put(0, 1, 0, 4711)|];
            }
        }
        """);

    [Theory]
    [InlineData("[|pool.PutMany(handles, pages, new PutResult[2])|];")]
    [InlineData("PutResult[] results = new PutResult[2]; [|pool.PutMany(handles, pages, results)|];")]
    [InlineData("Span<PutResult> results = stackalloc PutResult[2]; [|pool.PutMany(handles, pages, results)|];")]
    [InlineData("Span<PutResult> results = stackalloc PutResult[4]; [|pool.PutMany(handles, pages, results.Slice(2))|];")]
    [InlineData("PutResult[] results = new PutResult[4]; [|pool.PutMany(handles, pages, results.AsSpan(0, 2))|]; [|pool.PutMany(handles, pages, results.AsSpan(2))|];")]
    [InlineData("PutResult[] results = new PutResult[2]; int stored = [|pool.PutMany(handles, pages, results)|];")]
    [InlineData("PutResult[] results = new PutResult[2]; [|pool.PutMany(results: results, handles: handles, pages: pages)|];")]
    public Task Answers_for_many_pages_that_nobody_reads_are_reported(string body) => Verify.ReportsAsync(Id, InMethodOfMany(body));

    [Theory]
    [InlineData("if (pool.PutMany(handles, pages, new PutResult[2]) != 2) { throw new InvalidOperationException(); }")]
    [InlineData("int stored = pool.PutMany(handles, pages, new PutResult[2]); Console.WriteLine(stored);")]
    [InlineData("_ = pool.PutMany(handles, pages, new PutResult[2]);")]
    [InlineData("PutResult[] results = new PutResult[2]; pool.PutMany(handles, pages, results); Console.WriteLine(results[0]);")]
    [InlineData("Span<PutResult> results = stackalloc PutResult[2]; pool.PutMany(handles, pages, results); foreach (PutResult one in results) { Console.WriteLine(one); }")]
    [InlineData("PutResult[] results = new PutResult[2]; pool.PutMany(handles, pages, results); Look(results);")]
    [InlineData("PutResult[] results = new PutResult[2]; pool.PutMany(handles, pages, Same(results));")]
    [InlineData("PutResult[] results = new PutResult[2]; Action later = () => Look(results); pool.PutMany(handles, pages, results); later();")]
    [InlineData("pool.PutMany(handles, pages, given);")]
    [InlineData("PutResult[] results = given; pool.PutMany(handles, pages, results);")]
    [InlineData("pool.PutMany(handles, pages, s_kept);")]
    public Task Answers_for_many_pages_that_somebody_may_read_are_left_alone(string body) => Verify.QuietAsync(InMethodOfMany(body));

    [Fact]
    public Task Many_pages_that_may_be_forgotten_are_left_alone() => Verify.QuietAsync("""
        static class Store
        {
            static void Keep(RetainingPool pool, PageHandle[] handles, byte[] pages) => pool.PutMany(handles, pages, new PutResult[handles.Length]);
        }
        """);

    [Fact]
    public Task Puts_below_the_pools_are_looked_at() => Verify.ReportsAsync(Id, """
        using TmemCore.Dispatch;

        static class Store
        {
            static void Keep<TSource>(TmemDispatcher dispatcher, ref TSource source)
                where TSource : IPageSource
            {
                [|dispatcher.PutPage(0, 1, 2, 3, ref source)|];
                _ = dispatcher.PutPage(0, 1, 2, 3, ref source);
                dispatcher.FlushPage(0, 1, 2, 3);
            }

            static void Keep(HypercallClient client, nint page) => [|client.DangerousPut(0, 1, 0, page)|];

            static void Keep(GuestOps.Caller<OpPort> caller, in PutPageOp op)
            {
                [|caller.PutPage(op)|];
                caller.FlushPage(new FlushPageOp { PoolId = op.PoolId });
            }

            static void Restore(ControlOps.Caller<OpPort> caller, in RestorePutPageOp op) => [|caller.RestorePutPage(op)|];
        }
        """);

    [Fact]
    public Task Stubs_of_anybodys_family_are_looked_at() => Verify.ReportsAsync(Id, """
        [AbiFamily(typeof(TmemOp))]
        static partial class MyOps
        {
            public readonly struct Caller<TPort>
            {
                public long PutSealed(in PutPageOp op) => op.PoolId;

                public long Putter(in PutPageOp op) => op.PoolId;

                public long ReadOutput(in PutPageOp op) => op.PoolId;
            }
        }

        static class OtherOps
        {
            public readonly struct Caller<TPort>
            {
                public long PutSealed(in PutPageOp op) => op.PoolId;
            }
        }

        static class Store
        {
            static void Keep(MyOps.Caller<OpPort> caller, OtherOps.Caller<OpPort> other, in PutPageOp op)
            {
                [|caller.PutSealed(op)|];
                caller.Putter(op);
                caller.ReadOutput(op);
                other.PutSealed(op);
            }
        }
        """, new Scene { Families = [Id] });

    [Fact]
    public Task The_put_of_somebody_else_is_left_alone() => Verify.QuietAsync("""
        sealed class PersistentPool2
        {
            public int Put(int index) => index;

            void Keep() => Put(1);
        }
        """);

    [Fact]
    public Task Top_level_statements_are_looked_at() => Verify.ReportsAsync(Id, """
        using TmemHost host = new();
        using TmemClient client = host.CreateClient();
        using PersistentPool pool = client.CreatePersistentPool();
        [|pool.Put(1, 0, new byte[4096])|];
        """);

    [Fact]
    public Task Generated_code_is_not_looked_at() => Verify.QuietAsync("// <auto-generated/>\n#nullable enable\n" + InMethod("pool.Put(1, 0, page);"));

    [Fact]
    public Task Broken_code_is_endured() => Verify.QuietAsync(
        "static class Store { static void Keep(PersistentPool pool) { pool.Put(1, ; pool. } }", new Scene { MayBeBroken = true });

    private static string InMethod(string body) => $$"""
        static class Store
        {
            static void Keep(PersistentPool pool, byte[] page)
            {
                {{body}}
            }
        }
        """;

    private static string InMethodOfMany(string body) => $$"""
        static class Store
        {
            private static readonly PutResult[] s_kept = new PutResult[2];

            static void Keep(PersistentPool pool, PageHandle[] handles, byte[] pages, PutResult[] given)
            {
                {{body}}
            }

            static void Look(PutResult[] results) => Console.WriteLine(results.Length);

            static PutResult[] Same(PutResult[] results) => results;
        }
        """;
}
