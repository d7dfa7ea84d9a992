using System.CommandLine;
using System.ComponentModel;
using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TmemCore.Server;
using TmemCore.Server.Nbd;
using TmemCore.Tool.Serving;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary>The command <c>tmem serve</c>: a page store for the processes of this machine.</summary>
internal sealed class ServeCommand : ToolCommand
{
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
        Description = "A file of settings, JSON: socket, mode, memory, compression, lockMemory, maxConnections, access, nbdSocketPath, nbdAddress, disks, caches. Options beside it come first.",
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

    /// <summary>Makes the command.</summary>
    /// <param name="console">Where it writes.</param>
    public ServeCommand(ToolConsole console)
        : base("serve", "Serve a page store to the processes of this machine, over a Unix socket, until it is stopped.")
    {
        _console = console;
        Add(_socket);
        Add(_memory);
        Add(_config);
        Add(_disk);
        Add(_cache);
        Add(_nbdSocket);
        Add(_nbd);
        Add(_quiet);
        SetAction(RunAsync);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; } =
    [
        ("tmem serve", "Serves a quarter of the available memory to this user's processes."),
        ("tmem serve --memory 4GiB --socket /run/tmem.sock", "Serves 4 GiB at that socket."),
        ("tmem serve --disk swap=2GiB --memory 3GiB", "Serves a disk of 2 GiB over NBD, too; all of it is reserved."),
        ("tmem serve --disk big=64GiB,spill=/var/tmp", "Serves a disk larger than memory: what memory refuses goes to a file there."),
        ("tmem serve --cache image=/srv/image.raw", "Serves a file over NBD, with a cache in memory in front of it."),
        ("tmem serve --config /etc/tmem.json", "Serves as the file says: who may connect, and what they get."),
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
            settings = settings with
            {
                Socket = arguments.GetValue(_socket) ?? settings.Socket,
                Memory = arguments.GetValue(_memory) ?? settings.Memory,
                NbdSocketPath = arguments.GetValue(_nbdSocket) ?? settings.NbdSocketPath,
                NbdAddress = arguments.GetValue(_nbd) ?? settings.NbdAddress,
                Disks = [.. (arguments.GetValue(_disk) ?? []).Select(DiskOf), .. settings.Disks ?? []],
                Caches = [.. (arguments.GetValue(_cache) ?? []).Select(CacheOf), .. settings.Caches ?? []],
            };
            return await ServeAsync(settings, isQuiet: arguments.GetValue(_quiet), cancellation);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InsufficientMemoryException
            or IOException or InvalidDataException or UnauthorizedAccessException or Win32Exception)
        {
            _console.Error.WriteLine("tmem serve: " + e.Message);
            return ExitCode.Usage;
        }
    }

    private static ServeDisk DiskOf(string text) =>
        ServeDisk.TryParse(text, out ServeDisk? disk) ? disk : throw new FormatException($"--disk is \"{text}\", which is not {ServeDisk.Forms}");

    private static ServeCache CacheOf(string text) =>
        ServeCache.TryParse(text, out ServeCache? cache) ? cache : throw new FormatException($"--cache is \"{text}\", which is not {ServeCache.Forms}");

    [SupportedOSPlatform("linux")]
    private async Task<int> ServeAsync(ServeSettings settings, bool isQuiet, CancellationToken cancellation)
    {
        using var host = new TmemHost(settings.HostOptions());
        Action<string>? log = isQuiet ? null : _console.Error.WriteLine;
        TmemServerOptions options = settings.ServerOptions() with { Log = log };
        NbdServerOptions? diskOptions = settings.NbdOptions();
        await using var server = new TmemServer(host, options);
        await using NbdServer? disks = diskOptions is null ? null : new NbdServer(host, diskOptions with { Log = log });
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddSystemd();
        builder.Services.AddHostedService(_ => new ServeService(server, disks));
        using IHost process = builder.Build();
        await process.StartAsync(cancellation);
        ServeScreen.Write(_console.Output, host, options, disks, diskOptions?.SocketPath);
        await process.WaitForShutdownAsync(cancellation);
        return ExitCode.Success;
    }
}
