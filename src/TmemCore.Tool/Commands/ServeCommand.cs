using System.CommandLine;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using OpenTelemetry.Metrics;
using TmemCore.Server;
using TmemCore.Tool.Observability;
using TmemCore.Tool.Serving;
using TmemCore.Tool.SwapSafety;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary>The command <c>tmem serve</c>: a page store for the processes of this machine.</summary>
internal sealed class ServeCommand : ToolCommand
{
    /// <summary>How long the store may take to answer before the daemon counts as stuck: ages beside any of its locks, and short for whoever asks.</summary>
    private static readonly TimeSpan s_healthPatience = TimeSpan.FromSeconds(5);

    private readonly ToolConsole _console;

    private readonly Option<string?> _socket = new("--socket")
    {
        Description = "Where to listen; tmem.sock in the user's runtime folder, or in /run, when not given.",
        HelpName = "PATH",
    };

    private readonly Option<string?> _memory = new("--memory")
    {
        Description = "The memory to serve, data and metadata; a quarter of what is available when not given.",
        HelpName = "SIZE",
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "A file of settings, JSON: those that options set, and access. Options beside it come first.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _quiet = new("--quiet")
    {
        Description = "Do not tell who comes and goes.",
    };

    private readonly ServeFlags _flags = new();

    /// <summary>Makes the command.</summary>
    /// <param name="console">Where it writes.</param>
    public ServeCommand(ToolConsole console)
        : base("serve", "Serve a page store to the processes of this machine, over a Unix socket, until it is stopped.")
    {
        _console = console;
        Add(_socket);
        Add(_memory);
        Add(_config);
        Add(_quiet);
        _flags.AddTo(this);
        SetAction(RunAsync);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; } =
    [
        ("tmem serve", "Serves a quarter of the available memory to this user's processes."),
        ("tmem serve --memory 4GiB --socket /run/tmem.sock", "Serves 4 GiB at that socket."),
        ("tmem serve --config /etc/tmem/tmem.json", "Serves as the file says: who may connect, and what they get."),
        ("tmem serve --memory 4GiB --swap-safe", "Serves machines and processes that swap onto it."),
        ("tmem serve --prometheus 9464", "Has metrics, health and readiness at http://127.0.0.1:9464."),
    ];

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
        {
            _console.Error.WriteLine("tmem serve: the daemon knows its clients by what Linux says of them; this is another system.");
            return ExitCode.Usage;
        }

        try
        {
            ServeSettings settings = arguments.GetValue(_config) is string file ? ServeSettings.Read(file) : new ServeSettings();
            settings = _flags.Over(settings, arguments) with
            {
                Socket = arguments.GetValue(_socket) ?? settings.Socket,
                Memory = arguments.GetValue(_memory) ?? settings.Memory,
            };
            return await ServeAsync(settings, isQuiet: arguments.GetValue(_quiet), cancellation);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InsufficientMemoryException
            or IOException or InvalidDataException or UnauthorizedAccessException or Win32Exception or PlatformNotSupportedException
            or SystemRefusalException)
        {
            _console.Error.WriteLine("tmem serve: " + e.Message);
            return ExitCode.Usage;
        }
    }

    [SupportedOSPlatform("linux")]
    private async Task<int> ServeAsync(ServeSettings settings, bool isQuiet, CancellationToken cancellation)
    {
        TmemHostOptions hostOptions = settings.HostOptions();
        TmemServerOptions options = settings.ServerOptions() with { Log = isQuiet ? null : _console.Error.WriteLine };
        MetricsOptions metrics = settings.Metrics?.ToOptions() ?? new();
        SwapSafetyOptions safety = settings.SafetyOptions();
        new ProcessSafety(safety, _console.Error.WriteLine).Take();
        using var host = new TmemHost(hostOptions);
        if (safety.Prefault)
        {
            _console.Error.WriteLine($"Got {ByteSize.Format(StoreFill.Run(host))} of memory for the store.");
        }

        await using var server = new TmemServer(host, options);
        var health = new DaemonHealth(() => host.GetStatistics(), s_healthPatience);
        using MeterProvider? meters = MetricsExport.Begin(metrics);
        await using HttpEndpoint? http = metrics.Prometheus is null ? null : await HttpEndpoint.StartAsync(metrics.Prometheus, health, meters!);
        using IHost process = ProcessOf(server, health);
        await process.StartAsync(cancellation);
        Announce(host, options, http?.Address);
        await process.WaitForShutdownAsync(cancellation);
        return ExitCode.Success;
    }

    /// <summary>The life of the process: signals, and what is told to a service manager.</summary>
    [SupportedOSPlatform("linux")]
    private static IHost ProcessOf(TmemServer server, DaemonHealth health)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddSystemd();
        builder.Services.AddHostedService(_ => new ServeService(server, health));
        if (SystemdHelpers.IsSystemdService() && WatchdogService.ToldInterval() is TimeSpan interval)
        {
            builder.Services.AddHostedService(services => new WatchdogService(services.GetRequiredService<ISystemdNotifier>(), health, interval));
        }

        return builder.Build();
    }

    private void Announce(TmemHost host, TmemServerOptions options, string? http)
    {
        string socket = Path.GetFullPath(options.SocketPath);
        string compression = host.Options.CompressByDefault ? $", pages made smaller ({host.Compression})" : "";
        _console.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Serving {ByteSize.Format(host.CapacityBytes)} at {socket}, {options.MaxConnections:N0} connections at most{compression}."));
        _console.Output.WriteLine($"See it with    tmem list --all --socket {socket}");
        _console.Output.WriteLine($"Use it in C#   using TmemConnection tmem = TmemConnection.Connect(\"{socket}\");");
        if (http is not null)
        {
            _console.Output.WriteLine($"Watch it at    {http}/metrics, {http}/health, {http}/ready");
        }

        _console.Output.Flush();
    }
}
