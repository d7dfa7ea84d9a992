using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using TmemCore.Tool.Serving;

namespace TmemCore.Tool.Observability;

/// <summary>
/// Tells a service manager that asks for it (WatchdogSec= in the unit) that the daemon is alive, twice in each of its intervals, as long as the
/// store answers.
/// </summary>
internal sealed class WatchdogService(ISystemdNotifier notifier, DaemonHealth health, TimeSpan interval) : BackgroundService
{
    private static readonly ServiceState s_alive = new("WATCHDOG=1");

    /// <summary>The interval that the service manager has told this process in its environment; null when it watches another or nobody.</summary>
    public static TimeSpan? ToldInterval() =>
        IntervalOf(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable(ServiceManager.WatchdogProcess));

    /// <summary>As <see cref="ToldInterval"/>, of the variables WATCHDOG_USEC and WATCHDOG_PID.</summary>
    internal static TimeSpan? IntervalOf(string? microseconds, string? process)
    {
        bool isMine = string.IsNullOrEmpty(process) || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isMine && long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long interval) && interval > 0
            ? TimeSpan.FromMicroseconds(interval)
            : null;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval / 2);
        do
        {
            if (await health.IsAliveAsync(stoppingToken))
            {
                notifier.Notify(s_alive);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
