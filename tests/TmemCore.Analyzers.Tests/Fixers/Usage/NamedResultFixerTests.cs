namespace TmemCore.Analyzers.Tests.Fixers.Usage;

public class NamedResultFixerTests
{
    private const string Id = "TMEM201";

    [Fact]
    public Task The_member_that_means_success_is_named() => Verify.FixesAsync(
        Id,
        """
        static class Store
        {
            static bool Keep(PersistentPool pool, byte[] page)
            {
                if ([|pool.Put(1, 0, page) == 0|])
                {
                    return false;
                }

                GetResult got = pool.Get(1, 0, page);
                bool isThere = [|0 != (int)got|]; // Either way.
                return isThere && [|pool.FlushPage(1, 0) != 0|];
            }
        }
        """,
        """
        static class Store
        {
            static bool Keep(PersistentPool pool, byte[] page)
            {
                if (pool.Put(1, 0, page) != PutResult.Stored)
                {
                    return false;
                }

                GetResult got = pool.Get(1, 0, page);
                bool isThere = got == GetResult.Hit; // Either way.
                return isThere && pool.FlushPage(1, 0) == FlushResult.Done;
            }
        }
        """);

    [Fact]
    public Task Nothing_is_offered_for_a_plain_number() => Verify.OffersNothingAsync(Id, """
        static class Store
        {
            static bool Keep(HypercallClient client) => [|client.Put(0, 1, 0, 7) != 0|];
        }
        """);
}
