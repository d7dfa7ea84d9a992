using TmemCore.Tool.Simulation;
using Xunit;

namespace TmemCore.Tool.Tests.Simulation;

public sealed class EnginePoolTests
{
    private const int Size = 1000;

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 300)]
    public void The_engine_misses_nearly_as_often_as_its_order_by_recency(bool isExclusive, int guestPages)
    {
        SimulationReport report = Traces.Simulate(
            Traces.Skewed(6, 60_000, 5000),
            Traces.OptionsFor(Size) with { UsesEngine = true, IsExclusive = isExclusive, GuestCachePages = guestPages });
        PoolReport engine = report.Pools.Single(static pool => pool.Policy == "engine");

        Assert.Equal((double)Traces.MissesOf(report, "lru", Size) / report.Gets, engine.MissRatio, 0.01);
        Assert.InRange(engine.PagesMax, Size, Size * 1.05);
        Assert.InRange(engine.BytesPerPage, 16, 4096);
        Assert.Equal(0, engine.PagesWrong);
        Assert.Empty(engine.Problems);
    }

    [Fact]
    public void A_page_that_came_back_wrong_is_counted()
    {
        int back = 0;
        SimulationReport report = Traces.Simulate(
            Traces.Loop(500, 100),
            Traces.OptionsFor(Size) with { Policies = [], UsesEngine = true, Tamper = page => page[4095] ^= (byte)(++back == 10 ? 1 : 0) });

        Assert.Equal(400, back);
        Assert.Equal(1, report.Pools[0].PagesWrong);
    }
}
