namespace TmemCore.Analyzers.Tests.Fixers.Usage;

public class OwnerUsingFixerTests
{
    [Fact]
    public Task The_owner_is_declared_with_using() => Verify.FixesAsync(
        "TMEM207",
        """
        static class Store
        {
            static long Run(TmemClient client)
            {
                // For this run only.
                TmemHost [|host|] = new();
                EphemeralPool [|pool|] = client.CreateEphemeralPool();
                return host.CapacityBytes + pool.PageCount;
            }
        }
        """,
        """
        static class Store
        {
            static long Run(TmemClient client)
            {
                // For this run only.
                using TmemHost host = new();
                using EphemeralPool pool = client.CreateEphemeralPool();
                return host.CapacityBytes + pool.PageCount;
            }
        }
        """);
}
