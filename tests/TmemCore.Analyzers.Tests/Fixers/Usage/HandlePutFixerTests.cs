namespace TmemCore.Analyzers.Tests.Fixers.Usage;

public class HandlePutFixerTests
{
    private const string Id = "TMEM202";

    [Fact]
    public Task A_refusal_throws_wherever_the_put_stands() => Verify.FixesAsync(
        Id,
        """
        static class Store
        {
            static void Keep(PersistentPool pool, HypercallClient client, byte[] page, bool isWanted)
            {
                // The page of the index.
                [|pool.Put(1, 0, page)|];
                [|client.Put(0, 1, 0, 4711)|];
                if (isWanted)
                    [|pool.Put(1, 1, page)|];
                else
                    Console.WriteLine("unwanted");
            }

            static void KeepOne(PersistentPool pool, byte[] page) => [|pool.Put(1, 2, page)|];
        }
        """,
        """
        static class Store
        {
            static void Keep(PersistentPool pool, HypercallClient client, byte[] page, bool isWanted)
            {
                // The page of the index.
                if (pool.Put(1, 0, page) != PutResult.Stored)
                {
                    throw new InvalidOperationException("The page was not stored.");
                }
                if (client.Put(0, 1, 0, 4711) != 1)
                {
                    throw new InvalidOperationException("The page was not stored.");
                }
                if (isWanted)
                {
                    if (pool.Put(1, 1, page) != PutResult.Stored)
                    {
                        throw new InvalidOperationException("The page was not stored.");
                    }
                }
                else
                    Console.WriteLine("unwanted");
            }

            static void KeepOne(PersistentPool pool, byte[] page)
            {
                if (pool.Put(1, 2, page) != PutResult.Stored)
                {
                    throw new InvalidOperationException("The page was not stored.");
                }
            }
        }
        """);

    [Theory]
    [InlineData("Action store = () => [|pool.Put(1, 0, page)|]; store();")]
    [InlineData("[|pool?.Put(1, 0, page)|];")]
    [InlineData("PutResult result = [|pool.Put(1, 0, page)|];")]
    public Task Nothing_is_offered_where_a_throw_does_not_fit(string body) => Verify.OffersNothingAsync(Id, $$"""
        static class Store
        {
            static void Keep(PersistentPool pool, byte[] page)
            {
                {{body}}
            }
        }
        """);

    [Fact]
    public Task Many_pages_are_counted() => Verify.FixesAsync(
        Id,
        """
        static class Store
        {
            static void Keep(PersistentPool pool, PageHandle[] handles, byte[] pages)
            {
                [|pool.PutMany(handles, pages, new PutResult[handles.Length])|];
            }

            static void KeepAll(PersistentPool pool, ReadOnlySpan<PageHandle> handles, byte[] pages) => [|pool.PutMany(handles, pages, new PutResult[16])|];
        }
        """,
        """
        static class Store
        {
            static void Keep(PersistentPool pool, PageHandle[] handles, byte[] pages)
            {
                if (pool.PutMany(handles, pages, new PutResult[handles.Length]) != handles.Length)
                {
                    throw new InvalidOperationException("Not every page was stored.");
                }
            }

            static void KeepAll(PersistentPool pool, ReadOnlySpan<PageHandle> handles, byte[] pages)
            {
                if (pool.PutMany(handles, pages, new PutResult[16]) != handles.Length)
                {
                    throw new InvalidOperationException("Not every page was stored.");
                }
            }
        }
        """);

    [Theory]
    [InlineData("PersistentPool pool, byte[] pages", "[|pool.PutMany(Handles(), pages, new PutResult[2])|];")]
    [InlineData("MyOps.Caller caller, PutPageOp op", "[|caller.PutSealed(op)|];")]
    public Task Nothing_is_offered_where_success_has_no_name(string parameters, string body) => Verify.OffersNothingAsync(
        Id,
        $$"""
        [AbiFamily(typeof(TmemOp))]
        static partial class MyOps
        {
            public readonly struct Caller
            {
                public long PutSealed(in PutPageOp op) => op.PoolId;
            }
        }

        static class Store
        {
            static void Keep({{parameters}})
            {
                {{body}}
            }

            static PageHandle[] Handles() => new PageHandle[2];
        }
        """,
        scene: new Scene { Families = [Id] });
}
