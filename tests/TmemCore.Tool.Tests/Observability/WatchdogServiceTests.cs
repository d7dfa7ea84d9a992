using System.Globalization;
using Microsoft.Extensions.Hosting.Systemd;
using TmemCore.Tool.Observability;
using Xunit;

namespace TmemCore.Tool.Tests.Observability;

/// <summary>The service manager hears that the daemon is alive while it is.</summary>
public sealed class WatchdogServiceTests
{
    [Fact]
    public void The_interval_is_what_the_service_manager_has_told_this_process()
    {
        string me = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        Assert.Equal(TimeSpan.FromSeconds(2), WatchdogService.IntervalOf("2000000", me));
        Assert.Equal(TimeSpan.FromSeconds(2), WatchdogService.IntervalOf("2000000", null));
        Assert.Null(WatchdogService.IntervalOf("2000000", me + "0"));
        Assert.Null(WatchdogService.IntervalOf(null, me));
        Assert.Null(WatchdogService.IntervalOf("0", me));
        Assert.Null(WatchdogService.IntervalOf("soon", me));
    }

    [Fact]
    public async Task A_store_that_is_stuck_says_nothing_until_it_answers_again()
    {
        using var gate = new ManualResetEventSlim();
        var notifier = new Notifier(gate);
        var health = new DaemonHealth(gate.Wait, TimeSpan.Zero);
        using var watchdog = new WatchdogService(notifier, health, TimeSpan.FromMilliseconds(2));
        await watchdog.StartAsync(default);
        for (int i = 0; i < 10; i++)
        {
            Assert.False(await health.IsAliveAsync());
        }

        gate.Set();
        string first = await notifier.First.Task;
        await watchdog.StopAsync(default);
        Assert.Equal("WATCHDOG=1 after the gate", first);
    }

    private sealed class Notifier(ManualResetEventSlim gate) : ISystemdNotifier
    {
        public TaskCompletionSource<string> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsEnabled => true;

        public void Notify(ServiceState state) => First.TrySetResult($"{state} {(gate.IsSet ? "after" : "before")} the gate");
    }
}
