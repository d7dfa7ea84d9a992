namespace TmemCore.Migration;

/// <summary>What has gone through a stream; both ends count the same.</summary>
internal struct StreamCounts
{
    /// <summary>Records of any kind.</summary>
    public long Records;

    /// <summary>Records of pages, and those of pages that have gone.</summary>
    public long Pages;
    public long PagesGone;

    /// <summary>Header and records.</summary>
    public long Bytes;

    /// <summary>The sum of the records' checksums, in their order.</summary>
    public uint Sum;
}
