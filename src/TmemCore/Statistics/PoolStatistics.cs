namespace TmemCore.Statistics;

/// <summary>A pool's totals at one moment. Counters begin with the pool.</summary>
public sealed record PoolStatistics
{
    /// <summary>The pool's id at its owner.</summary>
    public int Id { get; init; }

    /// <summary>Whether its pages stay until they are flushed.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>Whether several clients may join it.</summary>
    public bool IsShared { get; init; }

    /// <summary>The uuid given when it was made, for private pools too.</summary>
    public PoolUuid Uuid { get; init; }

    /// <summary>Pages now.</summary>
    public long Pages { get; init; }

    /// <summary>Pages at most.</summary>
    public long PagesMax { get; init; }

    /// <summary>Objects now.</summary>
    public long Objects { get; init; }

    /// <summary>Objects at most.</summary>
    public long ObjectsMax { get; init; }

    /// <summary>Index nodes now.</summary>
    public long Nodes { get; init; }

    /// <summary>Index nodes at most.</summary>
    public long NodesMax { get; init; }

    /// <summary>How its new pages are made smaller.</summary>
    public PageCompression Compression { get; init; }

    /// <summary>Pages kept in fewer bytes than a frame now.</summary>
    public long PackedPages { get; init; }

    /// <summary>Those bytes.</summary>
    public long PackedBytes { get; init; }

    /// <summary>New pages that were to be made smaller, did not get smaller by an eighth, and are kept whole.</summary>
    public long PutsIncompressible { get; init; }

    /// <summary>Puts.</summary>
    public long Puts { get; init; }

    /// <summary>Puts that stored the page, replacements too.</summary>
    public long PutsStored { get; init; }

    /// <summary>Puts that replaced a page.</summary>
    public long PutsReplaced { get; init; }

    /// <summary>Puts that failed and took an older page with them.</summary>
    public long PutsDropped { get; init; }

    /// <summary>Puts of new pages that were refused.</summary>
    public long PutsRefused { get; init; }

    /// <summary>
    /// Puts that stored nothing, by reason: with <see cref="PutsStored"/> all <see cref="Puts"/>, but for <see cref="PutRefusals.Reserve"/>,
    /// which is not among them.
    /// </summary>
    public PutRefusals Refusals { get; init; } = new();

    /// <summary>Pages evicted.</summary>
    public long Evictions { get; init; }

    /// <summary>What the pages are kept in, without descriptors and index, in bytes: 4,096 each, or what they became when they were packed.</summary>
    public long DataBytes { get; init; }

    /// <summary>What the pool takes beside <see cref="DataBytes"/>: descriptors, index and what the slots of packed pages leave unused.</summary>
    public long MetadataBytes { get; init; }

    /// <summary>Gets, those on the empty pool not counted.</summary>
    public long Gets { get; init; }

    /// <summary>Gets that found a page.</summary>
    public long GetHits { get; init; }

    /// <summary>Flushes of a page.</summary>
    public long PageFlushes { get; init; }

    /// <summary>Flushes of a page that was there.</summary>
    public long PageFlushesFound { get; init; }

    /// <summary>Flushes of an object.</summary>
    public long ObjectFlushes { get; init; }

    /// <summary>Flushes of an object that was there.</summary>
    public long ObjectFlushesFound { get; init; }
}
