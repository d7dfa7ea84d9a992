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

    private static readonly TimeSpan s_endOfPredecessor = TimeSpan.FromMilliseconds(100);

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

    private readonly Option<bool> _takeOver = new(ServeWords.TakeOver)
    {
        Description = "Take the store and all connections over from the daemon that serves at the socket now; it ends then. Nothing is lost, and clients wait a moment.",
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
        Add(_takeOver);
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
        ("tmem serve --take-over", "Goes on with the store of the daemon that runs: after an upgrade, or with other settings."),
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
            return await ServeAsync(settings, arguments.GetValue(_takeOver), isQuiet: arguments.GetValue(_quiet), cancellation);
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
    private async Task<int> ServeAsync(ServeSettings settings, bool takesOver, bool isQuiet, CancellationToken cancellation)
    {
        TmemHostOptions hostOptions = settings.HostOptions();
        TmemServerOptions options = settings.ServerOptions() with { Log = isQuiet ? null : _console.Error.WriteLine };
        MetricsOptions metrics = settings.Metrics?.ToOptions() ?? new();
        SwapSafetyOptions safety = settings.SafetyOptions();
        new ProcessSafety(safety, _console.Error.WriteLine).Take();

        // Before anything is taken over: from then on a signal that nobody expects would end it.
        using SuccessorProcess? successor = options.TakeoverPath is null ? null : new SuccessorProcess(_console.Error.WriteLine);
        using TmemHost host = takesOver ? TakeOver(settings, options, hostOptions, out TmemServer server) : Make(hostOptions, options, out server);
        if (safety.Prefault)
        {
            Prefault(host, takesOver);
        }

        await using TmemServer served = server;
        var health = new DaemonHealth(() => host.GetStatistics(), s_healthPatience);
        using MeterProvider? meters = MetricsExport.Begin(metrics);
        await using HttpEndpoint? http = await ListenAsync(metrics, health, meters, takesOver);
        using IHost process = ProcessOf(server, health, takesOver);
        await process.StartAsync(cancellation);
        Announce(host, options, http?.Address);
        await Task.WhenAny(process.WaitForShutdownAsync(cancellation), server.HandedOver);
        if (server.HandedOver.IsCompletedSuccessfully && ServiceManager.IsThere)
        {
            // A service manager follows the successor from now on.
            process.Services.GetRequiredService<ISystemdNotifier>().Notify(new ServiceState($"MAINPID={await server.HandedOver}"));
        }

        return ExitCode.Success;
    }

    /// <summary>Takes the store's memory. Where a store was taken over that has no room for it, the store is worth more.</summary>
    private void Prefault(TmemHost host, bool takesOver)
    {
        try
        {
            _console.Error.WriteLine($"Got {ByteSize.Format(StoreFill.Run(host))} of memory for the store.");
        }
        catch (Exception e) when (takesOver && e is (InsufficientMemoryException or InvalidOperationException))
        {
            _console.Error.WriteLine($"The store keeps the memory that it has, {ByteSize.Format(host.CommittedBytes)}: {e.Message}");
        }
    }

    [SupportedOSPlatform("linux")]
    private static TmemHost Make(TmemHostOptions hostOptions, TmemServerOptions options, out TmemServer server)
    {
        var host = new TmemHost(hostOptions);
        server = new TmemServer(host, options);
        return host;
    }

    /// <summary>
    /// Listens for those who watch. A daemon that was taken over may still do so for a moment, and what it had is not to be lost for that.
    /// </summary>
    private async Task<HttpEndpoint?> ListenAsync(MetricsOptions metrics, DaemonHealth health, MeterProvider? meters, bool takesOver)
    {
        const int MostTries = 50;
        if (metrics.Prometheus is null)
        {
            return null;
        }

        for (int tries = 1; ; tries++)
        {
            try
            {
                return await HttpEndpoint.StartAsync(metrics.Prometheus, health, meters!);
            }
            catch (Exception e) when (takesOver)
            {
                if (tries == MostTries)
                {
                    _console.Error.WriteLine($"There are no metrics over HTTP: {e.Message}");
                    return null;
                }
            }

            await Task.Delay(s_endOfPredecessor);
        }
    }

    /// <summary>Goes on with what another process serves; what the settings say otherwise is done then.</summary>
    [SupportedOSPlatform("linux")]
    private TmemHost TakeOver(ServeSettings settings, TmemServerOptions options, TmemHostOptions hostOptions, out TmemServer server)
    {
        server = TmemServer.TakeOver(
            options with { TakeoverPath = options.TakeoverPath ?? ServeSettings.TakeoverPathOf(options.SocketPath) }, hostOptions);
        TmemHost host = server.Host;
        host.SetCompression(hostOptions.Compression);
        if (settings.Memory is not null && hostOptions.CapacityBytes != host.CapacityBytes)
        {
            try
            {
                host.SetCapacity(hostOptions.CapacityBytes);
            }
            catch (Exception e) when (e is ArgumentOutOfRangeException or InsufficientMemoryException)
            {
                _console.Error.WriteLine($"The memory stays at {ByteSize.Format(host.CapacityBytes)}. {e.Message}");
            }
        }

        return host;
    }

    /// <summary>The life of the process: signals, and what is told to a service manager.</summary>
    [SupportedOSPlatform("linux")]
    private static IHost ProcessOf(TmemServer server, DaemonHealth health, bool isTakenOver)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        ServiceManager.AddTo(builder.Services);
        builder.Services.AddHostedService(_ => new ServeService(server, health, isTakenOver));
        if (ServiceManager.IsThere && WatchdogService.ToldInterval() is TimeSpan interval)
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
