using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using TmemCore.Memory;
using TmemCore.Server;
using TmemCore.Server.Nbd;
using TmemCore.Tool.SwapSafety;

namespace TmemCore.Tool.Serving;

/// <summary>The file of settings of <c>tmem serve</c>, as JSON. What is not there has its default.</summary>
internal sealed record ServeSettings
{
    /// <summary>The most of the machine's available memory that is taken where nobody says how much.</summary>
    private const int DefaultShareOfAvailable = 4;

    /// <summary>
    /// Managed memory of a daemon without connections, and what each adds: 12 KiB were measured of one that is idle, and one that is busy has
    /// buffers of 64 KiB each way, and more for a list.
    /// </summary>
    private const long ManagedBytes = 64L << 20;
    private const long ManagedBytesPerConnection = 512L << 10;

    /// <summary>The socket's path.</summary>
    public string? Socket { get; init; }

    /// <summary>Who may open the socket, as an octal number such as 0660.</summary>
    public string? Mode { get; init; }

    /// <summary>The host's memory, data and metadata.</summary>
    public string? Memory { get; init; }

    /// <summary>How pages are made smaller: <c>none</c>, <c>same-filled</c>, <c>lz4</c> or <c>zstd</c>.</summary>
    public string? Compression { get; init; }

    /// <summary>Whether the store's memory is locked, so that the system never swaps it out.</summary>
    public bool? LockMemory { get; init; }

    /// <summary>Whether others may swap onto the daemon: what the settings below say where they are absent.</summary>
    public bool SwapSafe { get; init; }

    /// <summary>Whether all memory of the process is locked, code included.</summary>
    public bool? LockProcess { get; init; }

    /// <summary>Whether the store takes all its memory at the start.</summary>
    public bool? Prefault { get; init; }

    /// <summary>The score of the out-of-memory killer.</summary>
    public int? OutOfMemoryScore { get; init; }

    /// <summary>Whether the process is marked as one that memory is written out through.</summary>
    public bool? IoFlusher { get; init; }

    /// <summary>The most that managed memory may take.</summary>
    public string? ManagedHeap { get; init; }

    /// <summary>How metrics are exported.</summary>
    public ServeMetrics? Metrics { get; init; }

    /// <summary>How memory that lies fallow is followed.</summary>
    public ServeGovernor? Governor { get; init; }

    /// <summary>Connections at a time at most.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Who may connect and what they get; the first rule that fits decides.</summary>
    public IReadOnlyList<ServeAccess?>? Access { get; init; }

    /// <summary>Connections that share memory with the daemon at a time at most.</summary>
    public int? MaxChannels { get; init; }

    /// <summary>Whether another daemon may take over, see <c>--take-over</c>: on when absent. The store's memory is a memory file then.</summary>
    public bool? Takeover { get; init; }

    /// <summary>The path of the Unix socket where disks are served over NBD.</summary>
    public string? NbdSocketPath { get; init; }

    /// <summary>An address of this machine where disks are served over NBD, too, such as 127.0.0.1:10809.</summary>
    public string? NbdAddress { get; init; }

    /// <summary>Disks in memory.</summary>
    public IReadOnlyList<ServeDisk?>? Disks { get; init; }

    /// <summary>Caches in front of files and of other NBD servers.</summary>
    public IReadOnlyList<ServeCache?>? Caches { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is no JSON, or has a setting that is not known.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ServeSettings Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, ServeSettingsContext.Default.ServeSettings) ?? new ServeSettings();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>The host that they ask for.</summary>
    /// <exception cref="FormatException">A setting is none of its kind; it is named.</exception>
    public TmemHostOptions HostOptions()
    {
        PageCompression compression = CompressionOf(Compression ?? "lz4", "compression");
        return new TmemHostOptions
        {
            CapacityBytes = Memory is null ? DefaultCapacityBytes() : Size(Memory, "memory"),
            Compression = compression == PageCompression.None ? PageCompression.Lz4 : compression,
            CompressByDefault = compression != PageCompression.None,
            LockMemory = LockMemory ?? (SwapSafe || LockProcess == true),
            ClientMetrics = Metrics?.Clients ?? false,
            Backing = MayBeTakenOver ? BackingMemory.MemoryFile : BackingMemory.Anonymous,
            Governor = GovernorOptions(),
        };
    }

    /// <summary>The server that they ask for.</summary>
    /// <exception cref="FormatException">A setting is none of its kind; it is named.</exception>
    public TmemServerOptions ServerOptions()
    {
        TmemServerOptions options = new();
        return options with
        {
            SocketPath = Socket ?? options.SocketPath,
            TakeoverPath = MayBeTakenOver ? TakeoverPathOf(Socket ?? options.SocketPath) : null,
            SocketMode = Mode is null ? options.SocketMode : ModeOf(Mode),
            MaxConnections = MaxConnections ?? options.MaxConnections,
            MaxChannels = MaxChannels ?? options.MaxChannels,
            Access = Access is null ? options.Access : [.. Access.Select(RuleOf)],
        };
    }

    /// <summary>What they ask of the system for others to swap onto the daemon.</summary>
    /// <exception cref="FormatException">A setting is none of its kind, or contradicts another; it is named.</exception>
    public SwapSafetyOptions SafetyOptions()
    {
        bool locksProcess = LockProcess ?? (SwapSafe && LockMemory != false);
        if (locksProcess && LockMemory == false)
        {
            throw new FormatException("lockProcess is true and lockMemory is false; the process's memory is the store's, too: both may be true");
        }

        if (OutOfMemoryScore is < SwapSafetyOptions.ShieldedScore or > SwapSafetyOptions.FirstToGoScore)
        {
            throw new FormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"outOfMemoryScore is {OutOfMemoryScore}; it may be {SwapSafetyOptions.ShieldedScore} to {SwapSafetyOptions.FirstToGoScore}"));
        }

        return new SwapSafetyOptions
        {
            LockProcess = locksProcess,
            Prefault = Prefault ?? SwapSafe,
            OutOfMemoryScore = OutOfMemoryScore ?? (SwapSafe ? SwapSafetyOptions.ShieldedScore : null),
            IoFlusher = IoFlusher ?? SwapSafe,
            ManagedHeapBytes = ManagedHeap is not null ? Size(ManagedHeap, "managedHeap") : SwapSafe ? DefaultManagedHeapBytes() : null,
        };
    }

    /// <summary>Whether another daemon may take over.</summary>
    internal bool MayBeTakenOver => Takeover != false;

    /// <summary>How memory that lies fallow is followed. A store that is to have all its memory at hand follows nothing, unless it is asked to.</summary>
    private FallowMemoryOptions? GovernorOptions()
    {
        ServeGovernor governor = Governor ?? new ServeGovernor();
        return (governor with { Enabled = governor.Enabled ?? !(Prefault ?? SwapSafe) }).ToOptions();
    }

    /// <summary>Where a daemon offers itself to successors, by the path of its socket.</summary>
    internal static string TakeoverPathOf(string socketPath) => socketPath + ".takeover";

    /// <summary>The server of disks that they ask for; null when there are none.</summary>
    /// <exception cref="FormatException">A setting is none of its kind; it is named.</exception>
    public NbdServerOptions? NbdOptions()
    {
        NbdExportOptions[] exports =
        [
            .. (Disks ?? []).Select(static disk => disk?.ToExport() ?? throw new FormatException("disks has a null where a disk should be")),
            .. (Caches ?? []).Select(static cache => cache?.ToExport() ?? throw new FormatException("caches has a null where a cache should be")),
        ];
        if (exports.Length == 0)
        {
            return NbdSocketPath is null && NbdAddress is null
                ? null
                : throw new FormatException("there is a place to serve disks at, and neither a disk nor a cache to serve");
        }

        NbdServerOptions options = new() { Exports = exports };
        return options with
        {
            // A place is not served by itself where another is named.
            SocketPath = NbdSocketPath ?? (NbdAddress is null ? options.SocketPath : null),
            SocketMode = Mode is null ? options.SocketMode : ModeOf(Mode),
            EndPoint = NbdAddress is null ? null : EndPointOf(NbdAddress),
            LocksProcess = SafetyOptions().LockProcess,
        };
    }

    internal static long Size(string text, string name) =>
        ByteSize.TryParse(text, out long bytes) ? bytes : throw new FormatException($"{name} is \"{text}\", which is not {ByteSize.Forms}");

    internal static PageCompression CompressionOf(string text, string name) => text switch
    {
        "none" => PageCompression.None,
        "same-filled" => PageCompression.SameFilled,
        "lz4" => PageCompression.Lz4,
        "zstd" => PageCompression.Zstandard,
        _ => throw new FormatException($"{name} is \"{text}\"; it may be none, same-filled, lz4 or zstd"),
    };

    private static TmemAccess RuleOf(ServeAccess? rule) => rule?.ToRule() ?? throw new FormatException("access has a null where a rule should be");

    private static IPEndPoint EndPointOf(string text) => IPEndPoint.TryParse(text, out IPEndPoint? place) && place.Port != 0
        ? place
        : throw new FormatException($"nbdAddress is \"{text}\", which is no address with a port such as 127.0.0.1:10809");

    private static UnixFileMode ModeOf(string text)
    {
        const int Digits = 3;
        string digits = text.StartsWith('0') ? text[1..] : text;
        if (digits.Length != Digits || digits.Any(static digit => digit is < '0' or > '7'))
        {
            throw new FormatException($"mode is \"{text}\", which is no octal number such as 0660");
        }

        return (UnixFileMode)digits.Aggregate(0, static (mode, digit) => (mode << Digits) | (digit - '0'));
    }

    private long DefaultManagedHeapBytes() =>
        ManagedBytes + ((MaxConnections ?? new TmemServerOptions().MaxConnections) * ManagedBytesPerConnection);

    /// <summary>A quarter of what is available: what the others of the machine get is theirs to grow into.</summary>
    private static long DefaultCapacityBytes() =>
        Math.Max(MachineMemory.AvailableBytes() / DefaultShareOfAvailable, TmemHostOptions.MinimumCapacityBytes);
}

/// <summary>Reading the settings without reflection; what is not known is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(ServeSettings))]
internal sealed partial class ServeSettingsContext : JsonSerializerContext;
