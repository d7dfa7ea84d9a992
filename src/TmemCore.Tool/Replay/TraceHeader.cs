namespace TmemCore.Tool.Replay;

/// <summary>The options in the first line of a trace.</summary>
internal sealed record TraceHeader
{
    /// <summary>What the trace is about.</summary>
    public string Theme { get; init; } = "";

    /// <summary>What its expected results are worth.</summary>
    public TraceClass Class { get; init; }

    /// <summary>The rules to replay it under; the original's unless the header names others.</summary>
    public TmemProfile Profile { get; init; } = TmemProfile.Xen;

    /// <summary>Frames of 4,096 bytes that the store may use.</summary>
    public long ArenaFrames { get; init; }

    /// <summary>Whether frames of data alone count, and metadata is free.</summary>
    public bool IsMetadataFree { get; init; }

    /// <summary>Whether pages are compressed.</summary>
    public bool Compresses { get; init; }

    /// <summary>Whether equal pages share a frame.</summary>
    public bool Deduplicates { get; init; }

    /// <summary>Whether trailing zeros take no memory.</summary>
    public bool EliminatesZeros { get; init; }

    /// <summary>Whether a client needs a grant before it shares a pool.</summary>
    public bool RequiresAuthorization { get; init; }

    /// <summary>Frames that the persistent pools of one client may hold.</summary>
    public long PersistentFrames { get; init; }

    /// <summary>Whether results may depend on how small a codec makes the pages.</summary>
    public bool DependsOnCodec => Compresses || Deduplicates || EliminatesZeros;

    /// <summary>Reads the options.</summary>
    /// <param name="line">The first line of a trace.</param>
    /// <exception cref="FormatException">It is none, or an option is missing or out of its range.</exception>
    public static TraceHeader Parse(string line)
    {
        const string Mark = "# tmem-golden 1 ";
        if (!line.StartsWith(Mark, StringComparison.Ordinal))
        {
            throw new FormatException($"a trace begins with \"{Mark.TrimEnd()}\" and its options");
        }

        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string word in line[Mark.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new FormatException($"the option \"{word}\" is not of the form key=value");
            }

            options[word[..equals]] = word[(equals + 1)..];
        }

        return new TraceHeader
        {
            Theme = options.GetValueOrDefault("theme", ""),
            Class = Choice<TraceClass>(options, "class", null),
            Profile = Choice<TmemProfile>(options, "profile", nameof(TmemProfile.Xen)),
            ArenaFrames = Number(options, "arena", 1, uint.MaxValue),
            IsMetadataFree = Number(options, "metafree", 0, 1) != 0,
            Compresses = Number(options, "compress", 0, 1) != 0,
            Deduplicates = Number(options, "dedup", 0, 1) != 0,
            EliminatesZeros = Number(options, "tze", 0, 1) != 0,
            RequiresAuthorization = Number(options, "shared_auth", 0, 1) != 0,
            PersistentFrames = Number(options, "maxpages", 0, uint.MaxValue),
        };
    }

    private static long Number(Dictionary<string, string> options, string key, long least, long most)
    {
        string text = options.GetValueOrDefault(key)
            ?? throw new FormatException($"the header has no option \"{key}\"");
        return TraceNumber.TryParse(text, out ulong value) && value >= (ulong)least && value <= (ulong)most
            ? (long)value
            : throw new FormatException($"the option {key}={text} is not a number from {least} to {most}");
    }

    private static T Choice<T>(Dictionary<string, string> options, string key, string? absent)
        where T : struct, Enum
    {
        string text = options.GetValueOrDefault(key, absent ?? "");
        return text.All(char.IsAsciiLetter) && Enum.TryParse(text, ignoreCase: true, out T value)
            ? value
            : throw new FormatException(
                $"the option {key}={text} is none of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}");
    }
}
