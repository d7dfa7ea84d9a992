namespace TmemCore.Statistics;

/// <summary>
/// Pages and entries kept in fewer bytes than a frame now, by what has made them smaller. The bytes are those that are kept; what their
/// slots take besides is not among them. The sums are <see cref="HostStatistics.PackedPages"/> and <see cref="HostStatistics.PackedBytes"/>.
/// </summary>
public sealed record PackedStatistics
{
    /// <summary>Pages of one word over and over; they take no bytes of their own.</summary>
    public long SameFilledPages { get; init; }

    /// <summary>Pages and entries made smaller by LZ4.</summary>
    public long Lz4Pages { get; init; }

    /// <summary>The bytes they are kept in.</summary>
    public long Lz4Bytes { get; init; }

    /// <summary>Pages and entries made smaller by Zstandard, while they were put or while they were cold.</summary>
    public long ZstandardPages { get; init; }

    /// <summary>The bytes they are kept in.</summary>
    public long ZstandardBytes { get; init; }

    /// <summary>Entries shorter than a page that are kept as they came.</summary>
    public long PlainEntries { get; init; }

    /// <summary>Their bytes.</summary>
    public long PlainEntryBytes { get; init; }
}
