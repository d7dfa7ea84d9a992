namespace TmemCore.Statistics;

/// <summary>A host's totals at one moment; those of pools and clients that are gone count on. Maxima are exact in the Xen profile; elsewhere the sum of the shards' maxima.</summary>
public sealed record HostStatistics
{
    /// <summary>The most memory that the host may hold, in bytes.</summary>
    public long CapacityBytes { get; init; }

    /// <summary>The memory that it holds now, data and metadata, in use and free, in bytes.</summary>
    public long CommittedBytes { get; init; }

    /// <summary>The part of <see cref="CommittedBytes"/> that is tables, descriptors and index.</summary>
    public long MetadataBytes { get; init; }

    /// <summary>How far it may go just now, and why no further.</summary>
    public MemoryStatistics Memory { get; init; } = new();

    /// <summary>Operations so far, failed ones too.</summary>
    public long Operations { get; init; }

    /// <summary>Operations that gave an error; a miss is none, an empty pool and a frozen client are.</summary>
    public long FailedOperations { get; init; }

    /// <summary>Pages that a source could not give or a target could not take.</summary>
    public long FailedCopies { get; init; }

    /// <summary>Puts, into all pools that ever were; those into pools already gone are not counted.</summary>
    public long Puts { get; init; }

    /// <summary>
    /// Puts that stored nothing, by reason. They are among <see cref="Puts"/>, but for <see cref="PutRefusals.Unavailable"/> and
    /// <see cref="PutRefusals.Reserve"/>.
    /// </summary>
    public PutRefusals Refusals { get; init; } = new();

    /// <summary>Gets and takes, those on empty pools too.</summary>
    public long Gets { get; init; }

    /// <summary>Gets and takes that gave a page.</summary>
    public long GetHits { get; init; }

    /// <summary>Flushes of pages and of objects.</summary>
    public long Flushes { get; init; }

    /// <summary>Frames held and free.</summary>
    public long FreeFrames { get; init; }

    /// <summary>Pages evicted.</summary>
    public long Evictions { get; init; }

    /// <summary>What they were evicted for.</summary>
    public EvictionReasons EvictionReasons { get; init; } = new();

    /// <summary>Attempts to evict.</summary>
    public long EvictionAttempts { get; init; }

    /// <summary>Ephemeral pages now.</summary>
    public long EphemeralPages { get; init; }

    /// <summary>Ephemeral pages at most.</summary>
    public long EphemeralPagesMax { get; init; }

    /// <summary>Clients now.</summary>
    public int Clients { get; init; }

    /// <summary>Objects now.</summary>
    public long Objects { get; init; }

    /// <summary>Objects at most.</summary>
    public long ObjectsMax { get; init; }

    /// <summary>Index nodes now: one for each 64 neighbouring indexes of an object with more than one page.</summary>
    public long Nodes { get; init; }

    /// <summary>Index nodes at most.</summary>
    public long NodesMax { get; init; }

    /// <summary>Pages now.</summary>
    public long Pages { get; init; }

    /// <summary>Pages at most.</summary>
    public long PagesMax { get; init; }

    /// <summary>What pages take, without descriptors and index, in bytes: 4,096 each, or what they became when they were packed.</summary>
    public long DataBytes { get; init; }

    /// <summary>Pages kept in fewer bytes than a frame now.</summary>
    public long PackedPages { get; init; }

    /// <summary>Those bytes; what their slots take besides is not among them.</summary>
    public long PackedBytes { get; init; }

    /// <summary>The same by what has made the pages smaller.</summary>
    public PackedStatistics Packed { get; init; } = new();

    /// <summary>New pages that were to be made smaller, did not get smaller by an eighth, and were kept whole.</summary>
    public long PutsIncompressible { get; init; }

    /// <summary>Frames that packed pages lie in.</summary>
    public long PackedFrames { get; init; }

    /// <summary>Frames that hold a whole page now.</summary>
    public long DataFrames { get; init; }

    /// <summary>Frames that held whole pages at most.</summary>
    public long DataFramesMax { get; init; }

    /// <summary>Calls of <see cref="Control.TmemControl.GiveBack"/>.</summary>
    public long GiveBacks { get; init; }

    /// <summary>Frames that these gave back to the system.</summary>
    public long FramesGivenBack { get; init; }

    /// <summary>The most pages that one of them evicted.</summary>
    public long GiveBackEvictionsMax { get; init; }

    /// <summary>Puts into ephemeral pools that stored a page where none was.</summary>
    public long NewEphemeralPuts { get; init; }

    /// <summary>How long operations took.</summary>
    public LatencyStatistics Latency { get; init; } = new();

    /// <summary>Pages now that <see cref="TmemHostOptions.ColdCompression"/> has made smaller while they were cold.</summary>
    public long ColdPages { get; init; }

    /// <summary>Gets and takes of such pages so far: each paid for the denser codec.</summary>
    public long ColdReads { get; init; }

    /// <summary>Pages made smaller while they were cold, so far.</summary>
    public long ColdRecompressions { get; init; }

    /// <summary>What that saved in all, in bytes, whatever became of the pages since.</summary>
    public long ColdBytesSaved { get; init; }

    /// <summary>Time that the search for cold pages, their recompression and the compaction behind it have taken so far.</summary>
    public TimeSpan ColdWorkTime { get; init; }
}
