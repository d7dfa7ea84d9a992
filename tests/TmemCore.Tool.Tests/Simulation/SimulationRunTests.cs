using TmemCore.Tool.Simulation;
using Xunit;

namespace TmemCore.Tool.Tests.Simulation;

public sealed class SimulationRunTests
{
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(true, 20)]
    public void No_page_of_a_scan_is_found(bool isExclusive, int guestPages)
    {
        SimulationReport report = Traces.Simulate(
            Traces.Loop(5000, 5000), Traces.OptionsFor(100, 1000) with { IsExclusive = isExclusive, GuestCachePages = guestPages });

        Assert.Equal(5000, report.Gets);
        Assert.All(report.Pools, pool => Assert.Equal(5000, pool.Misses));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_loop_that_fits_is_read_once(bool isExclusive)
    {
        SimulationReport report = Traces.Simulate(Traces.Loop(5000, 100), Traces.OptionsFor(100) with { IsExclusive = isExclusive });

        Assert.All(report.Pools, pool => Assert.Equal(100, pool.Misses));
    }

    [Fact]
    public void A_loop_one_page_too_long_leaves_recency_nothing_and_the_optimum_all_but_one_in_a_round()
    {
        SimulationReport report = Traces.Simulate(Traces.Loop(5000, 101), Traces.OptionsFor(100));

        Assert.Equal(5000, Traces.MissesOf(report, "lru", 100));
        Assert.Equal(5000, Traces.MissesOf(report, "fifo", 100));
        Assert.Equal(100 + (4999 / 100), Traces.MissesOf(report, "optimum", 100));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(50, 100)]
    [InlineData(200, 17)]
    public void A_pool_that_gives_pages_out_adds_up_with_its_guest_by_recency(int guestPages, int poolPages)
    {
        ulong[] blocks = Traces.Skewed(guestPages, 30_000, 1000);
        SimulationReport both = Traces.Simulate(
            blocks, Traces.OptionsFor(poolPages) with { IsExclusive = true, GuestCachePages = guestPages });
        SimulationReport one = Traces.Simulate(blocks, Traces.OptionsFor(guestPages + poolPages));
        SimulationReport guest = Traces.Simulate(blocks, Traces.OptionsFor(guestPages));

        Assert.Equal(Traces.MissesOf(one, "lru", guestPages + poolPages), Traces.MissesOf(both, "lru", poolPages));
        Assert.Equal(Traces.MissesOf(both, "lru", poolPages), Traces.MissesOf(both, "fifo", poolPages));
        Assert.Equal(Traces.MissesOf(guest, "lru", guestPages), both.Gets);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 40)]
    [InlineData(true, 0)]
    [InlineData(true, 40)]
    public void Nothing_beats_the_optimum_and_more_pages_do_not_hurt_it(bool isExclusive, int guestPages)
    {
        int[] sizes = [1, 10, 40, 100, 300];

        SimulationReport report = Traces.Simulate(
            Traces.Skewed(1, 40_000, 1000), Traces.OptionsFor(sizes) with { IsExclusive = isExclusive, GuestCachePages = guestPages });

        Assert.All(report.Pools, pool => Assert.True(pool.Misses >= Traces.MissesOf(report, "optimum", pool.Pages)));
        Assert.All(["lru", "optimum"], policy =>
        {
            long[] misses = [.. sizes.Select(pages => Traces.MissesOf(report, policy, pages))];
            Assert.Equal(misses.OrderDescending(), misses);
        });
    }

    [Fact]
    public void What_is_wanted_often_is_known_better_than_by_recency()
    {
        SimulationReport retaining = Traces.Simulate(Traces.Skewed(2, 60_000, 3000), Traces.OptionsFor(200));
        SimulationReport exclusive = Traces.Simulate(
            Traces.Skewed(2, 60_000, 3000), Traces.OptionsFor(200) with { IsExclusive = true, GuestCachePages = 100 });

        Assert.True(Traces.MissesOf(retaining, "s3fifo", 200) < Traces.MissesOf(retaining, "lru", 200));
        Assert.True(Traces.MissesOf(exclusive, "s3fifo-gets", 200) < Traces.MissesOf(exclusive, "lru", 200));
        Assert.True(Traces.MissesOf(exclusive, "s3fifo-gets", 200) < Traces.MissesOf(exclusive, "s3fifo", 200));
    }

    [Fact]
    public void A_pool_that_keeps_pages_is_not_put_what_it_has()
    {
        // Page 1 is put when it falls out of the guest first. Falling out again it stays the oldest, so that page 5 replaces it, not page 2.
        SimulationReport report = Traces.Simulate(
            [1, 2, 3, 1, 4, 5, 1, 2], Traces.OptionsFor(4) with { GuestCachePages = 1, Policies = [Traces.PolicyOf("fifo")] });

        Assert.Equal(5, Traces.MissesOf(report, "fifo", 4));
    }

    [Fact]
    public void A_trace_without_requests_is_refused()
    {
        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => Traces.Simulate([], Traces.OptionsFor(4)));

        Assert.Contains("no request", refused.Message, StringComparison.Ordinal);
    }
}
