namespace TmemCore.Analyzers.Tests.Rules;

public class RepeatedTakeTests
{
    private const string Id = "TMEM205";

    [Theory]
    [InlineData("pool.Take(1, 0, page); [|pool.Take(1, 0, page)|];")]
    [InlineData("GetResult one = pool.Take(id, index, page); GetResult two = [|pool.Take(id, index, other)|]; Console.WriteLine(one == two);")]
    [InlineData("if (pool.Take(id, index, page) == GetResult.Hit) { [|pool.Take(id, index, other)|]; }")]
    [InlineData("if (pool.Take(id, index, page) == GetResult.Hit) return; [|pool.Take(id, index, page)|];")]
    [InlineData("pool.Take(id, index, page); if (page[0] == 0) { foreach (byte one in page) { [|pool.Take(id, index, other)|]; } }")]
    [InlineData("pool.Take(id, index + 1, page); page.AsSpan().Clear(); [|pool.Take(id, index + 1, page)|];")]
    [InlineData("pool.Take(handle.Object, handle.Index, page); [|pool.Take(handle.Object, handle.Index, page)|];")]
    [InlineData("pool.TakeEntry(1, 0, page, out _); [|pool.Take(1, 0, page)|];")]
    [InlineData("pool.Take(new ObjectId(1, 2), 3, page); [|pool.Take(new ObjectId(1, 2), 3, page)|];")]
    [InlineData("pool.Take(1, 0, page); pool.Take(1, 1, page); pool.FlushObject(7); [|pool.Take(1, 0, page)|];")]
    [InlineData("switch (index) { case 0: pool.Take(1, 0, page); [|pool.Take(1, 0, page)|]; break; }")]
    [InlineData("Action run = () => { pool.Take(1, 0, page); [|pool.Take(1, 0, page)|]; }; run();")]
    [InlineData("for (int i = 0; i < 2; i++) { pool.Take(1, 0, page); [|pool.Take(1, 0, page)|]; }")]
    [InlineData("switch (pool.Take(1, 0, page)) { case GetResult.Hit: break; default: Console.WriteLine(); break; } [|pool.Take(1, 0, page)|];")]
    public Task A_take_that_cannot_find_its_page_is_reported(string body) => Verify.ReportsAsync(Id, InMethod(body), Only());

    [Theory]
    [InlineData("pool.Take(1, 0, page);")]
    [InlineData("pool.Take(1, 0, page); pool.Take(1, 1, page); pool.Take(2, 0, page);")]
    [InlineData("pool.Take(1, 0, page); pool.TryPut(1, 0, page); pool.Take(1, 0, page);")]
    [InlineData("pool.Take(1, 0, page); pool.PutMany([handle], page, new PutResult[1]); pool.Take(1, 0, page);")]
    [InlineData("pool.Take(1, 0, page); Fill(pool); pool.Take(1, 0, page);")]
    [InlineData("pool.Take(1, 0, page); Fill(second); pool.Take(1, 0, page);")]
    [InlineData("pool.Take(1, 0, page); pool = second; pool.Take(1, 0, page);")]
    [InlineData("pool.Take(1, index, page); index++; pool.Take(1, index, page);")]
    [InlineData("pool.Take(1, index++, page); pool.Take(1, index++, page);")]
    [InlineData("pool.Take(1, Next(), page); pool.Take(1, Next(), page);")]
    [InlineData("pool.Take(1, index, page); Change(ref index); pool.Take(1, index, page);")]
    [InlineData("pool.Take(1, 0, page); second.Take(1, 0, page);")]
    [InlineData("if (index == 0) { pool.Take(1, 0, page); } else { pool.Take(1, 0, page); }")]
    [InlineData("if (index == 0) { pool.Take(1, 0, page); } pool.Take(1, 0, page);")]
    [InlineData("if (index == 0 && pool.Take(1, 0, page) == GetResult.Hit) { } pool.Take(1, 0, page);")]
    [InlineData("while (pool.Take(1, 0, page) != GetResult.Hit) { }")]
    [InlineData("pool.Take(1, 0, page); Thread.Sleep(10); pool.Take(1, 0, page);")]
    [InlineData("pool.Take(1, 0, page); lock (page) { pool.Take(1, 0, page); }")]
    [InlineData("Action later = () => pool.Take(1, 0, page); later(); pool.Take(1, 0, page);")]
    [InlineData("pool.Take(1, 0, page); Action later = () => pool.Take(1, 0, page); later();")]
    [InlineData("for (uint i = 0; i < 2; i++) { pool.Take(1, i, page); }")]
    [InlineData("try { pool.Take(1, 0, page); } finally { pool.Take(1, 0, page); }")]
    [InlineData("pool.Take(1, 0, page); again: pool.Take(1, 0, page); pool.TryPut(1, 0, page); if (index++ < 3) { goto again; }")]
    public Task A_take_that_may_find_its_page_is_left_alone(string body) => Verify.QuietAsync(InMethod(body), Only());

    [Fact]
    public Task What_may_happen_while_a_method_waits_is_not_known() => Verify.QuietAsync("""
        static class Store
        {
            static async Task LookAsync(EphemeralPool pool, byte[] page)
            {
                pool.Take(1, 0, page);
                await Task.Yield();
                pool.Take(1, 0, page);
            }

            static IEnumerable<GetResult> Look(EphemeralPool pool, byte[] page)
            {
                yield return pool.Take(1, 0, page);
                yield return pool.Take(1, 0, page);
            }
        }
        """, Only());

    [Fact]
    public Task Gets_that_leave_the_page_are_left_alone() => Verify.QuietAsync("""
        static class Store
        {
            static void Look(SharedEphemeralPool shared, PersistentPool kept, byte[] page)
            {
                shared.Get(1, 0, page);
                shared.Get(1, 0, page);
                kept.Get(1, 0, page);
                kept.Get(1, 0, page);
            }
        }
        """, Only());

    [Fact]
    public Task Fields_and_constructors_are_looked_at() => Verify.ReportsAsync(Id, """
        sealed class Cache(EphemeralPool pool)
        {
            private readonly EphemeralPool _pool = pool;
            private readonly ObjectId _id = 7;
            private uint _index;

            bool IsThere(byte[] page) => _pool.Take(_id, _index, page) == GetResult.Hit || [|_pool.Take(_id, _index, page)|] == GetResult.Hit;

            void Drop(byte[] page)
            {
                this._pool.Take(_id, 0, page);
                [|this._pool.Take(_id, 0, page)|];
                _pool.Take(_id, _index, page);
                _index = 3;
                _pool.Take(_id, _index, page);
            }
        }
        """, Only());

    [Fact]
    public Task It_is_off_unless_it_is_switched_on() =>
        Verify.QuietAsync(InMethod("pool.Take(1, 0, page); pool.Take(1, 0, page);"), Only() with { EveryRule = false });

    [Fact]
    public Task Broken_code_is_endured() => Verify.QuietAsync(
        "static class Store { static void Look(EphemeralPool pool) { pool.Take(1, ; pool.Take(1, ; pool. } }", new Scene { MayBeBroken = true });

    private static Scene Only() => new() { Families = [Id] };

    private static string InMethod(string body) => $$"""
        static class Store
        {
            static void Look(EphemeralPool pool, EphemeralPool second, ObjectId id, uint index, PageHandle handle, byte[] page, byte[] other)
            {
                {{body}}
            }

            static uint Next() => 0;

            static void Change(ref uint index) => index++;

            static void Fill(EphemeralPool pool) => pool.TryPut(1, 0, new byte[4096]);
        }
        """;
}
