namespace TmemCore.Tool.Density;

/// <summary>What pages came to under one codec.</summary>
internal sealed record DensityRow
{
    /// <summary>The codec's name.</summary>
    public required string Codec { get; init; }

    /// <summary>Pages kept.</summary>
    public required int Pages { get; init; }

    /// <summary>Pages that are one word of eight bytes over and over, and take no slot.</summary>
    public required int SameFilledPages { get; init; }

    /// <summary>Pages kept whole, since they did not get smaller by an eighth.</summary>
    public required int WholePages { get; init; }

    /// <summary>Bytes a page without anything around it.</summary>
    public required double PayloadBytesPerPage { get; init; }

    /// <summary>Bytes a page in frames and the records of spans: what the layout makes of the data.</summary>
    public required double ArenaBytesPerPage { get; init; }

    /// <summary>The same after half of the pages were replaced twice, and sparse spans emptied.</summary>
    public required double ArenaBytesPerPageChurned { get; init; }

    /// <summary>Bytes a page in its own record, its descriptor and its share of the index of handles, at 64 pages an object.</summary>
    public required double MetadataBytesPerPage { get; init; }

    /// <summary>All bytes a page takes: arena and metadata.</summary>
    public required double BytesPerPage { get; init; }

    /// <summary>The same after half of the pages were replaced twice, and sparse spans emptied.</summary>
    public required double BytesPerPageChurned { get; init; }

    /// <summary>Pages that a GiB holds.</summary>
    public required double PagesPerGiB { get; init; }

    /// <summary>A page's 4,096 bytes to what it takes.</summary>
    public required double Ratio { get; init; }

    /// <summary>Nanoseconds to copy a page into cold memory, one after the other.</summary>
    public required double CopyNs { get; init; }

    /// <summary>Nanoseconds to compress a page and copy the outcome into cold memory, measured in turns with the copy.</summary>
    public required double CompressNs { get; init; }

    /// <summary>The median, over the turns, of what compressing took divided by what copying took.</summary>
    public required double CompressToCopy { get; init; }

    /// <summary>Nanoseconds to keep a page, new memory from the system included.</summary>
    public required double PutNs { get; init; }

    /// <summary>Nanoseconds to copy it out again.</summary>
    public required double GetNs { get; init; }

    /// <summary>Pages that came back changed; 0, or there is a defect.</summary>
    public required int PagesWrong { get; init; }
}
