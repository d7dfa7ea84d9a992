using TmemCore.Tool.Simulation;
using Xunit;

namespace TmemCore.Tool.Tests.Simulation;

public sealed class EnginePoolTests
{
    private const int Size = 1000;

    [Theory]
    [InlineData("lru", 0.01, false, 0)]
    [InlineData("lru", 0.01, true, 300)]
    [InlineData("s3fifo", 0.02, false, 0)]
    [InlineData("s3fifo-gets", 0.02, true, 300)]
    public void The_engine_misses_nearly_as_often_as_the_policy_alone(string policy, double tolerance, bool isExclusive, int guestPages)
    {
        SimulationReport report = Traces.Simulate(
            Traces.Skewed(6, 60_000, 5000),
            Traces.OptionsFor(Size) with { UsesEngine = true, IsExclusive = isExclusive, GuestCachePages = guestPages });
        PoolReport engine = report.Pools.Single(pool => pool.Policy == "engine-" + policy);

        Assert.Equal((double)Traces.MissesOf(report, policy, Size) / report.Gets, engine.MissRatio, tolerance);
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

        Assert.Equal(2 * 400, back);
        Assert.Equal(1, report.Pools.Sum(static pool => pool.PagesWrong));
    }
}
