namespace TmemCore.Analyzers.Tests.Rules;

/// <summary>The rules of use know pools by their interfaces, too: in this process or in a daemon.</summary>
public class FarPoolTests
{
    [Fact]
    public Task An_ignored_put_is_reported() => Verify.ReportsAsync("TMEM202", """
        static class Store
        {
            static void Keep(IPersistentPool pool, byte[] page)
            {
                [|pool.Put(1, 0, page)|];
                [|pool.PutEntry(1, 0, page)|];
                [|pool.PutMany(new PageHandle[1], page, new PutResult[1])|];
            }
        }
        """);

    [Fact]
    public Task A_cut_index_is_reported() => Verify.ReportsAsync("TMEM204", """
        static class Store
        {
            static void Drop(IRetainingPool pool, ulong page) => pool.FlushPage(1, [|(uint)page|]);
        }
        """);

    [Fact]
    public Task A_page_taken_twice_is_reported() => Verify.ReportsAsync(
        "TMEM205",
        """
        static class Store
        {
            static void Look(IEphemeralPool pool, byte[] page)
            {
                pool.Take(1, 0, page);
                [|pool.Take(1, 0, page)|];
            }
        }
        """,
        new Scene { Families = ["TMEM205"] });

    [Fact]
    public Task A_read_of_what_was_not_found_is_reported() => Verify.ReportsAsync("TMEM206", """
        static class Store
        {
            static byte[] Load(ISharedEphemeralPool pool)
            {
                byte[] page = new byte[4096];
                [|pool.Get(1, 0, page)|];
                return page;
            }
        }
        """);

    [Fact]
    public Task A_pool_that_is_never_disposed_is_reported() => Verify.ReportsAsync("TMEM207", """
        sealed class Store(ITmemClient client)
        {
            void Fill(byte[] page)
            {
                IEphemeralPool [|pool|] = client.CreateEphemeralPool();
                pool.TryPut(1, 0, page);
            }
        }
        """);
}
