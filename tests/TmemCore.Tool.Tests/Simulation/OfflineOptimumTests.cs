using TmemCore.Tool.Simulation;
using Xunit;

namespace TmemCore.Tool.Tests.Simulation;

public sealed class OfflineOptimumTests
{
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public void No_choice_of_victims_misses_less(bool isExclusive, int guestPages)
    {
        for (int seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            ulong[] blocks = [.. Enumerable.Range(0, 14).Select(_ => (ulong)random.Next(6))];
            int pages = 1 + (seed % 3);

            Assert.Equal(new BruteForce(blocks, pages, isExclusive, guestPages).FewestMisses(), OptimumOf(blocks, pages, isExclusive, guestPages));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Behind_a_guest_a_pool_that_keeps_pages_does_no_better(int guestPages)
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            ulong[] blocks = [.. Enumerable.Range(0, 12).Select(_ => (ulong)random.Next(5))];

            Assert.True(
                OptimumOf(blocks, 2, isExclusive: false, guestPages)
                <= new BruteForce(blocks, 2, isExclusive: false, guestPages).FewestMisses());
        }
    }

    [Fact]
    public void What_the_trace_tells_of_the_next_access_gives_the_same_as_a_pass_before()
    {
        ulong[] blocks = Traces.Skewed(5, 20_000, 500);
        using var folder = new TemporaryFolder();
        string told = Path.Combine(folder.FullName, "trace.bin");
        File.WriteAllBytes(told, Traces.OracleGeneral(blocks));
        SimulationOptions options = Traces.OptionsFor(10, 100) with { Policies = [Traces.PolicyOf("optimum")] };
        using var run = new SimulationRun(options with { TracePath = told });

        Assert.Equal(
            Traces.Simulate(blocks, options).Pools.Select(pool => pool.Misses),
            run.Run(CancellationToken.None).Pools.Select(pool => pool.Misses));
    }

    private static long OptimumOf(ulong[] blocks, int pages, bool isExclusive, int guestPages) => Traces.Simulate(
        blocks,
        Traces.OptionsFor(pages) with { Policies = [Traces.PolicyOf("optimum")], IsExclusive = isExclusive, GuestCachePages = guestPages }).Pools[0].Misses;
}
