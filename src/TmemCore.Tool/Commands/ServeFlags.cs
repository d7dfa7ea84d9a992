using System.CommandLine;
using TmemCore.Tool.Serving;

namespace TmemCore.Tool.Commands;

/// <summary>Settings of <c>tmem serve</c> that may be given as options, too. What is not given leaves the file's word.</summary>
internal sealed class ServeFlags
{
    private readonly Option<string?> _mode = Text("--mode", "MODE", "Who may open the socket at all, as an octal number: 0600 when not given.");

    private readonly Option<string?> _compression = Text(
        "--compression", "CODEC", "How pages are made smaller: none, same-filled, lz4 or zstd; lz4 when not given.");

    private readonly Option<int?> _maxConnections = Number("--max-connections", "Connections at a time at most; 1,024 when not given.");

    private readonly Option<int?> _maxChannels = Number("--max-channels", "Connections that share memory with the daemon at a time at most, 0 for none; 16 when not given.");

    private readonly Option<bool?> _swapSafe = Switch(
        "--swap-safe", "Let others swap onto the daemon: sets all of the following that are not given, and does not start without them.");

    private readonly Option<bool?> _lockMemory = Switch("--lock-memory", "Lock the store's memory, so that it is never swapped out.");

    private readonly Option<bool?> _lockProcess = Switch("--lock-process", "Lock all memory of the process, code and the store included.");

    private readonly Option<bool?> _prefault = Switch("--prefault", "Take all of the store's memory at the start.");

    private readonly Option<int?> _outOfMemoryScore = Number(
        "--out-of-memory-score", "How soon the process is killed when memory is out: -1000 never, 1000 first.");

    private readonly Option<bool?> _ioFlusher = Switch(
        "--io-flusher", "Mark the process as one that memory is written out through, so that it never waits for itself.");

    private readonly Option<string?> _managedHeap = Text("--managed-heap", "SIZE", "What managed memory may take at most; the store is not part of it.");

    private readonly Option<bool?> _takeover = Switch(
        "--takeover", "Let a later daemon take over: on when not given. The store lies in a memory file then, which may get no huge pages.");

    private readonly Option<string?> _prometheus = Text(
        "--prometheus", "[ADDRESS:]PORT", "Serve metrics, health and readiness over HTTP there; of a port alone, to this machine only.");

    private readonly Option<string?> _otlp = Text("--otlp", "URL", "Send metrics to a collector there, by OTLP over HTTP.");

    /// <summary>Gives a command the options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_mode);
        command.Add(_compression);
        command.Add(_maxConnections);
        command.Add(_maxChannels);
        command.Add(_swapSafe);
        command.Add(_lockMemory);
        command.Add(_lockProcess);
        command.Add(_prefault);
        command.Add(_outOfMemoryScore);
        command.Add(_ioFlusher);
        command.Add(_managedHeap);
        command.Add(_takeover);
        command.Add(_prometheus);
        command.Add(_otlp);
    }

    /// <summary>Settings, and what the command line says instead.</summary>
    public ServeSettings Over(ServeSettings settings, ParseResult arguments)
    {
        ServeMetrics metrics = settings.Metrics ?? new();
        return settings with
        {
            Mode = arguments.GetValue(_mode) ?? settings.Mode,
            Compression = arguments.GetValue(_compression) ?? settings.Compression,
            MaxConnections = arguments.GetValue(_maxConnections) ?? settings.MaxConnections,
            MaxChannels = arguments.GetValue(_maxChannels) ?? settings.MaxChannels,
            SwapSafe = arguments.GetValue(_swapSafe) ?? settings.SwapSafe,
            LockMemory = arguments.GetValue(_lockMemory) ?? settings.LockMemory,
            LockProcess = arguments.GetValue(_lockProcess) ?? settings.LockProcess,
            Prefault = arguments.GetValue(_prefault) ?? settings.Prefault,
            OutOfMemoryScore = arguments.GetValue(_outOfMemoryScore) ?? settings.OutOfMemoryScore,
            IoFlusher = arguments.GetValue(_ioFlusher) ?? settings.IoFlusher,
            ManagedHeap = arguments.GetValue(_managedHeap) ?? settings.ManagedHeap,
            Takeover = arguments.GetValue(_takeover) ?? settings.Takeover,
            Metrics = metrics with
            {
                Prometheus = arguments.GetValue(_prometheus) ?? metrics.Prometheus,
                Otlp = arguments.GetValue(_otlp) ?? metrics.Otlp,
            },
        };
    }

    private static Option<string?> Text(string name, string form, string description) => new(name) { Description = description, HelpName = form };

    private static Option<int?> Number(string name, string description) => new(name) { Description = description, HelpName = "N" };

    private static Option<bool?> Switch(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "true|false",
        Arity = ArgumentArity.ZeroOrOne,
    };
}
