namespace TmemCore.Tool.Guest;

/// <summary>What a run has shown. Unless said otherwise figures are of the passes after the first.</summary>
internal sealed record GuestReport
{
    /// <summary>Files read.</summary>
    public required int Files { get; init; }

    /// <summary>Pages of all files.</summary>
    public required long Pages { get; init; }

    /// <summary>The guest's own memory in bytes.</summary>
    public required long GuestCacheBytes { get; init; }

    /// <summary>Pages visited, the first pass included.</summary>
    public required long Visits { get; init; }

    /// <summary>Pages that came back from tmem and were compared with what had been put, the first pass included.</summary>
    public required long PagesVerified { get; init; }

    /// <summary>Pages among them that were wrong, and pages of the persistent pool that did not come back.</summary>
    public required long PagesWrong { get; init; }

    /// <summary>Pages read from disk in the first pass.</summary>
    public required long FirstReads { get; init; }

    /// <summary>Pages read from disk.</summary>
    public required long DiskReads { get; init; }

    /// <summary>Clean pages that the ephemeral pool gave back.</summary>
    public required long CleanPagesBack { get; init; }

    /// <summary>Anonymous pages that the persistent pool gave back.</summary>
    public required long AnonymousPagesBack { get; init; }

    /// <summary>Pages that need not be read from disk.</summary>
    public long DiskReadsAvoided => CleanPagesBack + AnonymousPagesBack;

    /// <summary>Reads avoided per page that the guest's own memory did not have.</summary>
    public required double HitRatio { get; init; }

    /// <summary>Memory that tmem held per page that it kept, data and metadata, when it kept most.</summary>
    public required double BytesPerPage { get; init; }

    /// <summary>The median of puts, in nanoseconds.</summary>
    public required double PutNsP50 { get; init; }

    /// <summary>The 99th percentile of puts, in nanoseconds.</summary>
    public required double PutNsP99 { get; init; }

    /// <summary>The median of gets that found the page, in nanoseconds.</summary>
    public required double GetNsP50 { get; init; }

    /// <summary>The 99th percentile of gets that found the page, in nanoseconds.</summary>
    public required double GetNsP99 { get; init; }

    /// <summary>How long all passes took, the first included.</summary>
    public required double Seconds { get; init; }

    /// <summary>The hit ratio over the whole run, in equal parts; null where the guest's own memory had everything.</summary>
    public required IReadOnlyList<double?> History { get; init; }

    /// <summary>Passes after the first.</summary>
    public required int Passes { get; init; }

    /// <summary>Whether the run was stopped before its end.</summary>
    public required bool IsInterrupted { get; init; }

    /// <summary>What is wrong with the store's structures; empty when all is well.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}
