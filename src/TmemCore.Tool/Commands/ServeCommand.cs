using System.CommandLine;
using System.Globalization;
using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TmemCore.Server;
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
        Description = "A file of settings, JSON: socket, mode, memory, compression, lockMemory, governor, maxConnections, access. Options beside it come first.",
        HelpName = "FILE",
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
        Add(_reserve);
        Add(_noGovernor);
        Add(_config);
        Add(_quiet);
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
        ("tmem serve --memory 8GiB --reserve 1GiB", "Serves up to 8 GiB, as long as 1 GiB stays available to others."),
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
                Governor = GovernorOf(settings.Governor ?? new ServeGovernor(), arguments),
            };
            return await ServeAsync(settings, isQuiet: arguments.GetValue(_quiet), cancellation);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InsufficientMemoryException
            or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            _console.Error.WriteLine("tmem serve: " + e.Message);
            return ExitCode.Usage;
        }
    }

    private ServeGovernor GovernorOf(ServeGovernor governor, ParseResult arguments) =>
        arguments.GetValue(_noGovernor) ? governor with { Enabled = false }
        : arguments.GetValue(_reserve) is string reserve ? governor with { Enabled = true, Reserve = reserve }
        : governor;

    [SupportedOSPlatform("linux")]
    private async Task<int> ServeAsync(ServeSettings settings, bool isQuiet, CancellationToken cancellation)
    {
        using var host = new TmemHost(settings.HostOptions());
        TmemServerOptions options = settings.ServerOptions() with { Log = isQuiet ? null : _console.Error.WriteLine };
        await using var server = new TmemServer(host, options);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddSystemd();
        builder.Services.AddHostedService(_ => new ServeService(server));
        using IHost process = builder.Build();
        await process.StartAsync(cancellation);
        Announce(host, options);
        await process.WaitForShutdownAsync(cancellation);
        return ExitCode.Success;
    }

    private void Announce(TmemHost host, TmemServerOptions options)
    {
        string socket = Path.GetFullPath(options.SocketPath);
        string compression = host.Options.CompressByDefault ? $", pages made smaller ({host.Compression})" : "";
        _console.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Serving {ByteSize.Format(host.CapacityBytes)} at {socket}, {options.MaxConnections:N0} connections at most{compression}."));
        _console.Output.WriteLine($"See it with    tmem list --all --socket {socket}");
        _console.Output.WriteLine($"Use it in C#   using TmemConnection tmem = TmemConnection.Connect(\"{socket}\");");
        _console.Output.Flush();
    }
}
