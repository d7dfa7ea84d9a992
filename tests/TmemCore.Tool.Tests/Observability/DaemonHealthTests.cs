using TmemCore.Tool.Observability;
using Xunit;

namespace TmemCore.Tool.Tests.Observability;

/// <summary>Health is what the store answers now, and readiness where the daemon is in its life.</summary>
public sealed class DaemonHealthTests
{
    [Fact]
    public async Task A_store_that_is_stuck_is_not_alive_takes_one_thread_at_most_and_is_alive_again_afterwards()
    {
        using var gate = new ManualResetEventSlim();
        int looks = 0;
        var health = new DaemonHealth(
            () =>
            {
                Interlocked.Increment(ref looks);
                gate.Wait();
            },
            TimeSpan.Zero);
        for (int i = 0; i < 20; i++)
        {
            Assert.False(await health.IsAliveAsync());
        }

        Assert.InRange(Volatile.Read(ref looks), 0, 1);
        gate.Set();
        while (!await health.IsAliveAsync())
        {
            await Task.Yield();
        }
    }

    [Fact]
    public async Task A_host_that_is_gone_is_not_alive()
    {
        var host = new TmemHost(new() { CapacityBytes = 1 << 20 });
        var health = new DaemonHealth(() => host.GetStatistics(), TimeSpan.FromMinutes(1));
        Assert.True(await health.IsAliveAsync());
        host.Dispose();
        Assert.False(await health.IsAliveAsync());
    }

    [Fact]
    public void A_daemon_is_ready_between_its_start_and_its_stop_and_never_again()
    {
        var health = new DaemonHealth(static () => { }, TimeSpan.Zero);
        Assert.False(health.IsReady);
        health.Serve();
        Assert.True(health.IsReady);
        health.Stop();
        Assert.Equal((false, true), (health.IsReady, health.IsStopping));
        health.Serve();
        Assert.Equal((false, true), (health.IsReady, health.IsStopping));
    }
}
