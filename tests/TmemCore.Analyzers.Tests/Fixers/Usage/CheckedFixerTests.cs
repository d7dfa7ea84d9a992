namespace TmemCore.Analyzers.Tests.Fixers.Usage;

public class CheckedFixerTests
{
    [Fact]
    public Task The_cast_is_checked() => Verify.FixesAsync(
        "TMEM204",
        """
        static class Store
        {
            static void Flush(EphemeralPool pool, long number)
            {
                pool.FlushPage(1, [|(uint)number|]);
                pool.FlushPage(1, /* of the file */ [|(uint)(number / 4096)|]);
            }
        }
        """,
        """
        static class Store
        {
            static void Flush(EphemeralPool pool, long number)
            {
                pool.FlushPage(1, checked((uint)number));
                pool.FlushPage(1, /* of the file */ checked((uint)(number / 4096)));
            }
        }
        """);
}
