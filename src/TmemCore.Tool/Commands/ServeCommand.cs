using System.CommandLine;
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using OpenTelemetry.Metrics;
using TmemCore.Server;
using TmemCore.Server.Nbd;
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

    private static readonly TimeSpan s_betweenTries = TimeSpan.FromMilliseconds(500);

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

    private readonly Option<string?> _reserve = new("--reserve")
    {
        Description = "What is to stay available to others: memory is given back before they are short of it. A twentieth of the machine's, at least 256 MiB, when not given.",
        HelpName = "SIZE",
    };

    private readonly Option<bool> _noGovernor = new("--no-governor")
    {
        Description = "Keep to --memory alone, whatever others need.",
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "A file of settings, JSON: those that options set, and access. Options beside it come first.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _disk = new("--disk")
    {
        Description = "A disk in memory, served over NBD; it is reserved, or what memory refuses goes to a spill file. May be given again.",
        HelpName = "NAME=SIZE[,spill=PATH]",
    };

    private readonly Option<string[]> _cache = new("--cache")
    {
        Description = "A cache in front of a file, a block device or another NBD server, served over NBD. May be given again.",
        HelpName = "NAME=BACKING",
    };

    private readonly Option<string?> _nbdSocket = new("--nbd-socket")
    {
        Description = "Where to serve disks and caches; tmem-nbd.sock beside the other socket's place when neither this nor --nbd is given.",
        HelpName = "PATH",
    };

    private readonly Option<string?> _nbd = new("--nbd")
    {
        Description = "An address of this machine to serve disks and caches at by TCP: 127.0.0.1 or ::1. All users of the machine can connect.",
        HelpName = "ADDRESS:PORT",
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
        Add(_reserve);
        Add(_noGovernor);
        Add(_config);
        Add(_disk);
        Add(_cache);
        Add(_nbdSocket);
        Add(_nbd);
        Add(_quiet);
        Add(_takeOver);
        _flags.AddTo(this);
        Validators.Add(result =>
        {
            if (result.GetValue(_noGovernor) && result.GetResult(_reserve) is not null)
            {
                result.AddError("Give --reserve or --no-governor, not both.");
            }
        });
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
        ("tmem serve --disk swap=2GiB --memory 3GiB", "Serves a disk of 2 GiB over NBD, too; all of it is reserved."),
        ("tmem serve --disk big=64GiB,spill=/var/tmp", "Serves a disk larger than memory: what memory refuses goes to a file there."),
        ("tmem serve --cache image=/srv/image.raw", "Serves a file over NBD, with a cache in memory in front of it."),
        ("tmem serve --memory 8GiB --reserve 1GiB", "Serves up to 8 GiB, as long as 1 GiB stays available to others."),
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
                NbdSocketPath = arguments.GetValue(_nbdSocket) ?? settings.NbdSocketPath,
                NbdAddress = arguments.GetValue(_nbd) ?? settings.NbdAddress,
                Disks = [.. (arguments.GetValue(_disk) ?? []).Select(DiskOf), .. settings.Disks ?? []],
                Caches = [.. (arguments.GetValue(_cache) ?? []).Select(CacheOf), .. settings.Caches ?? []],
                Governor = GovernorOf(settings.Governor ?? new ServeGovernor(), arguments),
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

    private static ServeDisk DiskOf(string text) =>
        ServeDisk.TryParse(text, out ServeDisk? disk) ? disk : throw new FormatException($"--disk is \"{text}\", which is not {ServeDisk.Forms}");

    private static ServeCache CacheOf(string text) =>
        ServeCache.TryParse(text, out ServeCache? cache) ? cache : throw new FormatException($"--cache is \"{text}\", which is not {ServeCache.Forms}");

    private ServeGovernor GovernorOf(ServeGovernor governor, ParseResult arguments) =>
        arguments.GetValue(_noGovernor) ? governor with { Enabled = false }
        : arguments.GetValue(_reserve) is string reserve ? governor with { Enabled = true, Reserve = reserve }
        : governor;

    [SupportedOSPlatform("linux")]
    private async Task<int> ServeAsync(ServeSettings settings, bool takesOver, bool isQuiet, CancellationToken cancellation)
    {
        TmemHostOptions hostOptions = settings.HostOptions();
        Action<string>? log = isQuiet ? null : _console.Error.WriteLine;
        TmemServerOptions options = settings.ServerOptions() with { Log = log };
        NbdServerOptions? diskOptions = settings.NbdOptions();
        diskOptions = diskOptions is null ? null : diskOptions with { Log = log };
        if (takesOver && options.TakeoverPath is null)
        {
            throw new FormatException($"{ServeWords.TakeOver} needs settings that let the next daemon take over as well: takeover not false");
        }

        MetricsOptions metrics = settings.Metrics?.ToOptions() ?? new();
        SwapSafetyOptions safety = settings.SafetyOptions();
        new ProcessSafety(safety, _console.Error.WriteLine).Take();

        // Before anything is taken over: from then on a signal that nobody expects would end it.
        using var successor = new SuccessorProcess(_console.Error.WriteLine, mayBeTakenOver: options.TakeoverPath is not null);
        using TmemHost host = takesOver
            ? TakeOver(settings, options, hostOptions, diskOptions, out TmemServer server, out NbdServer? disks)
            : Make(hostOptions, options, diskOptions, out server, out disks);
        if (safety.Prefault)
        {
            Prefault(host, takesOver);
        }

        await using TmemServer served = server;
        await using NbdServer? servedDisks = disks;
        var health = new DaemonHealth(() => host.GetStatistics(), s_healthPatience);
        using MeterProvider? meters = MetricsExport.Begin(metrics);
        await using HttpEndpoint? http = await ListenAsync(metrics, health, meters, takesOver);
        using IHost process = ProcessOf(new ServeService(server, disks, health, takesOver), health);
        await process.StartAsync(cancellation);
        ServeScreen.Write(_console.Output, host, options, disks, diskOptions?.SocketPath, http?.Address);
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
    private static TmemHost Make(
        TmemHostOptions hostOptions, TmemServerOptions options, NbdServerOptions? diskOptions, out TmemServer server, out NbdServer? disks)
    {
        var host = new TmemHost(hostOptions);
        server = new TmemServer(host, options);
        disks = diskOptions is null ? null : new NbdServer(host, diskOptions);
        if (disks is not null)
        {
            server.HandOverTogether(disks);
        }

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
    private TmemHost TakeOver(
        ServeSettings settings,
        TmemServerOptions options,
        TmemHostOptions hostOptions,
        NbdServerOptions? diskOptions,
        out TmemServer server,
        out NbdServer? disks)
    {
        server = TakeOver(options, hostOptions, diskOptions, out disks);
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

    /// <summary>Tries some times: a client that is just within an answer, or a machine that is busy, is another matter a moment later.</summary>
    [SupportedOSPlatform("linux")]
    private TmemServer TakeOver(TmemServerOptions options, TmemHostOptions hostOptions, NbdServerOptions? diskOptions, out NbdServer? disks)
    {
        const int MostTries = 20;
        for (int tries = 1; ; tries++)
        {
            try
            {
                return TmemServer.TakeOverWithDisks(options, hostOptions, diskOptions, out disks);
            }
            catch (IOException e) when (tries < MostTries && !IsNobodyThere(e))
            {
                _console.Error.WriteLine($"Trying again: {e.Message}");
            }

            Thread.Sleep(s_betweenTries);
        }
    }

    private static bool IsNobodyThere(IOException e) =>
        e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.AddressNotAvailable };

    /// <summary>The life of the process: signals, and what is told to a service manager.</summary>
    [SupportedOSPlatform("linux")]
    private static IHost ProcessOf(ServeService service, DaemonHealth health)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        ServiceManager.AddTo(builder.Services);
        builder.Services.AddHostedService(_ => service);
        if (ServiceManager.IsThere && WatchdogService.ToldInterval() is TimeSpan interval)
        {
            builder.Services.AddHostedService(services => new WatchdogService(services.GetRequiredService<ISystemdNotifier>(), health, interval));
        }

        return builder.Build();
    }
}
