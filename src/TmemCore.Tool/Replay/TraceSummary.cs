namespace TmemCore.Tool.Replay;

/// <summary>Totals of a trace.</summary>
internal sealed record TraceSummary
{
    /// <summary>Operations.</summary>
    public long Operations { get; init; }

    /// <summary>Gets that found the page.</summary>
    public long Hits { get; init; }

    /// <summary>Gets on ephemeral pools.</summary>
    public long EphemeralGets { get; init; }

    /// <summary>Gets on ephemeral pools that found the page.</summary>
    public long EphemeralHits { get; init; }

    /// <summary>Hits per get on ephemeral pools; 0 without gets.</summary>
    public double HitRate => EphemeralGets == 0 ? 0 : (double)EphemeralHits / EphemeralGets;

    /// <summary>Reads the last line of a trace.</summary>
    /// <param name="line">The line.</param>
    /// <exception cref="FormatException">A total is missing or no number.</exception>
    public static TraceSummary Parse(string line) => new()
    {
        Operations = Total(line, "ops"),
        Hits = Total(line, "hits"),
        EphemeralGets = Total(line, "eph_gets"),
        EphemeralHits = Total(line, "eph_hits"),
    };

    /// <summary>The totals with an operation of the reference added, as far as a line tells by itself.</summary>
    /// <param name="operation">The operation.</param>
    public TraceSummary Count(TraceOperation operation)
    {
        bool isHit = operation.Command == TraceCommand.Get && operation.Expected.StartsWith("1 ", StringComparison.Ordinal);
        return this with { Operations = Operations + 1, Hits = Hits + (isHit ? 1 : 0) };
    }

    private static long Total(string line, string key)
    {
        foreach (string word in line.Split(' '))
        {
            if (word.StartsWith(key, StringComparison.Ordinal)
                && word.AsSpan(key.Length).StartsWith('=')
                && TraceNumber.TryParse(word.AsSpan(key.Length + 1), out ulong value))
            {
                return (long)value;
            }
        }

        throw new FormatException($"the summary does not tell \"{key}\"");
    }
}
