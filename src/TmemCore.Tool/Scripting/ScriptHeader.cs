using TmemCore.Tool.Replay;

namespace TmemCore.Tool.Scripting;

/// <summary>The first line of a script: the host that it is played on.</summary>
internal sealed record ScriptHeader
{
    private const string Mark = "# tmem-script 1";
    private const long CapacityBytesDefault = 64L << 20;

    /// <summary>Makes the host.</summary>
    public required Func<EmbeddedTarget> CreateHost { get; init; }

    /// <summary>Reads the line, of a script or of a trace.</summary>
    /// <exception cref="FormatException">It is neither, or an option is not known or out of its range.</exception>
    public static ScriptHeader Parse(string line)
    {
        if (!line.StartsWith(Mark, StringComparison.Ordinal))
        {
            return line.StartsWith("# tmem-golden", StringComparison.Ordinal)
                ? Of(TraceHeader.Parse(line))
                : throw new FormatException($"a script begins with \"{Mark}\" and its options, or as a trace does");
        }

        var options = new TmemHostOptions { CapacityBytes = CapacityBytesDefault };
        long? allowanceBytes = null;
        foreach (string word in line[Mark.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            (string key, string value) = equals < 0 ? (word, "") : (word[..equals], word[(equals + 1)..]);
            if (key == "allowance")
            {
                allowanceBytes = Size(word, value);
            }
            else
            {
                options = Apply(options, word, key, value);
            }
        }

        var terms = new TmemClientOptions { PersistentAllowanceBytes = allowanceBytes ?? options.CapacityBytes };
        return new ScriptHeader { CreateHost = () => new EmbeddedTarget(options, terms) };
    }

    private static ScriptHeader Of(TraceHeader header) => new() { CreateHost = () => new EmbeddedTarget(header, shards: 1) };

    private static TmemHostOptions Apply(TmemHostOptions options, string word, string key, string value) => key switch
    {
        "capacity" => options with { CapacityBytes = Size(word, value) },
        "profile" => options with { Profile = Choice(word, value, ("default", TmemProfile.Default), ("xen", TmemProfile.Xen)) },
        "shards" => options with { Shards = TraceNumber.TryParse(value, out ulong shards) && shards <= 4096 ? (int)shards : throw Wrong(word, "a power of two up to 4096, or 0 for the host's own choice") },
        "compress" => options with { CompressByDefault = Choice(word, value, ("0", false), ("1", true)) },
        "codec" => options with
        {
            Compression = Choice(word, value, ("same-filled", PageCompression.SameFilled), ("lz4", PageCompression.Lz4), ("zstd", PageCompression.Zstandard)),
        },
        "shared_auth" => options with { RequireSharedAuthorization = Choice(word, value, ("0", false), ("1", true)) },
        _ => throw new FormatException(
            $"the option \"{word}\" is not known; there are capacity, allowance, profile, shards, compress, codec and shared_auth"),
    };

    private static long Size(string word, string value) =>
        ByteSize.TryParse(value, out long bytes) ? bytes : throw Wrong(word, ByteSize.Forms);

    private static T Choice<T>(string word, string value, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        foreach ((string name, T choice) in choices)
        {
            if (name == value)
            {
                return choice;
            }
        }

        throw Wrong(word, string.Join(" or ", choices.ToArray().Select(static choice => choice.Name)));
    }

    private static FormatException Wrong(string word, string right) => new($"the option {word} is not {right}");
}
