using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;

namespace TmemCore.Tool.Serving;

/// <summary>
/// The service manager that has started the process, or the one before it that was taken over. It says in the environment where it wants to be told;
/// who the parent is says nothing of a successor, nor where other users' processes are hidden (ProtectProc= of the unit).
/// </summary>
internal static class ServiceManager
{
    /// <summary>The variable that names the process whose signs of life count.</summary>
    public const string WatchdogProcess = "WATCHDOG_PID";

    private const string NotifySocket = "NOTIFY_SOCKET";

    /// <summary>Whether there is one that wants to be told.</summary>
    public static bool IsThere => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(NotifySocket));

    /// <summary>Tells it of the process's life.</summary>
    public static void AddTo(IServiceCollection services)
    {
        if (IsThere)
        {
            services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
            services.AddSingleton<IHostLifetime, SystemdLifetime>();
        }
    }
}
