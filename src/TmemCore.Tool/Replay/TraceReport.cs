namespace TmemCore.Tool.Replay;

/// <summary>What a replay has shown.</summary>
internal sealed record TraceReport
{
    /// <summary>How far below the reference's hit rate a store may stay: 2 points of 100.</summary>
    private const double HitRateTolerance = 0.02;

    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>The trace's options.</summary>
    public required TraceHeader Header { get; init; }

    /// <summary>Operations replayed.</summary>
    public long Operations { get; init; }

    /// <summary>Results that differ; in a statistical trace, pages with the wrong content.</summary>
    public long Mismatches { get; init; }

    /// <summary>The first ten of them.</summary>
    public IReadOnlyList<TraceMismatch> FirstMismatches { get; init; } = [];

    /// <summary>Hits per get on ephemeral pools, in a statistical trace.</summary>
    public double HitRate { get; init; }

    /// <summary>The reference's.</summary>
    public double ReferenceHitRate { get; init; }

    /// <summary>The trace's name: the file's, without extensions.</summary>
    public string Name
    {
        get
        {
            string name = System.IO.Path.GetFileName(Path);
            int dot = name.IndexOf('.', StringComparison.Ordinal);
            return dot > 0 ? name[..dot] : name;
        }
    }

    /// <summary>Whether the target did what the trace demands.</summary>
    public bool IsPassed => Header.Class switch
    {
        TraceClass.Exact => Mismatches == 0,
        TraceClass.Statistical => Mismatches == 0 && (!IsHitRateBinding || HitRate >= ReferenceHitRate - HitRateTolerance),
        _ => true,
    };

    /// <summary>
    /// Whether the hit rate is demanded: pages that the reference shared or shrank left it more room than there is here.
    /// </summary>
    public bool IsHitRateBinding => !Header.DependsOnCodec;
}
