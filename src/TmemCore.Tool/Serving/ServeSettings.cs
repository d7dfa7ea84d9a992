using System.Text.Json;
using System.Text.Json.Serialization;
using TmemCore.Memory;
using TmemCore.Server;

namespace TmemCore.Tool.Serving;

/// <summary>The file of settings of <c>tmem serve</c>, as JSON. What is not there has its default.</summary>
internal sealed record ServeSettings
{
    /// <summary>The most of the machine's available memory that is taken where nobody says how much.</summary>
    private const int DefaultShareOfAvailable = 4;

    /// <summary>The socket's path.</summary>
    public string? Socket { get; init; }

    /// <summary>Who may open the socket, as an octal number such as 0660.</summary>
    public string? Mode { get; init; }

    /// <summary>The host's memory, data and metadata.</summary>
    public string? Memory { get; init; }

    /// <summary>How pages are made smaller: <c>none</c>, <c>same-filled</c>, <c>lz4</c> or <c>zstd</c>.</summary>
    public string? Compression { get; init; }

    /// <summary>Whether memory is locked, so that the system never swaps it out.</summary>
    public bool LockMemory { get; init; }

    /// <summary>How memory that lies fallow is followed.</summary>
    public ServeGovernor? Governor { get; init; }

    /// <summary>Connections at a time at most.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Who may connect and what they get; the first rule that fits decides.</summary>
    public IReadOnlyList<ServeAccess?>? Access { get; init; }

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
            LockMemory = LockMemory,
            Governor = (Governor ?? new ServeGovernor()).ToOptions(),
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
            SocketMode = Mode is null ? options.SocketMode : ModeOf(Mode),
            MaxConnections = MaxConnections ?? options.MaxConnections,
            Access = Access is null ? options.Access : [.. Access.Select(RuleOf)],
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
