namespace TmemCore.Statistics;

/// <summary>The line of the host (G). What a line does not name is 0.</summary>
public sealed record TmemListHost
{
    /// <summary>Whether the line has counters of the long form.</summary>
    public bool IsLong { get; init; }

    /// <summary>Operations (Tt).</summary>
    public long Operations { get; init; }

    /// <summary>Operations that gave an error (Te), empty pools and frozen clients among them.</summary>
    public long FailedOperations { get; init; }

    /// <summary>Pages that could not be copied from or to the guest (Cf).</summary>
    public long FailedCopies { get; init; }

    /// <summary>Failed allocations of less than a page (Af); here puts refused for want of records.</summary>
    public long FailedRecordAllocations { get; init; }

    /// <summary>Failed allocations of a frame (Pf); here puts refused for want of a frame or a slot.</summary>
    public long FailedFrameAllocations { get; init; }

    /// <summary>Frames held and free (Ta).</summary>
    public long FreeFrames { get; init; }

    /// <summary>Low-memory events (Lm), always 0.</summary>
    public long LowMemoryEvents { get; init; }

    /// <summary>Pages evicted (Et).</summary>
    public long Evictions { get; init; }

    /// <summary>Attempts to evict (Ea).</summary>
    public long EvictionAttempts { get; init; }

    /// <summary>Frames given back (Rt).</summary>
    public long FramesGivenBack { get; init; }

    /// <summary>Requests for frames (Ra).</summary>
    public long GiveBacks { get; init; }

    /// <summary>The most evictions in one request (Rx).</summary>
    public long GiveBackEvictionsMax { get; init; }

    /// <summary>Flushes of pools (Fp), always 0.</summary>
    public long PoolFlushes { get; init; }

    /// <summary>Ephemeral pages now (Ec).</summary>
    public long EphemeralPages { get; init; }

    /// <summary>Ephemeral pages at most (Em).</summary>
    public long EphemeralPagesMax { get; init; }

    /// <summary>Objects now (Oc).</summary>
    public long Objects { get; init; }

    /// <summary>Objects at most (Om).</summary>
    public long ObjectsMax { get; init; }

    /// <summary>Nodes of the index now (Nc).</summary>
    public long Nodes { get; init; }

    /// <summary>Nodes of the index at most (Nm).</summary>
    public long NodesMax { get; init; }

    /// <summary>Pages now (Pc).</summary>
    public long Pages { get; init; }

    /// <summary>Pages at most (Pm).</summary>
    public long PagesMax { get; init; }

    /// <summary>Frames that hold a whole page (Fc); from release 4.0.1 on.</summary>
    public long DataFrames { get; init; }

    /// <summary>Such frames at most (Fm).</summary>
    public long DataFramesMax { get; init; }

    /// <summary>Descriptors of contents that pages share (Sc); 0 from release 4.8 on.</summary>
    public long Contents { get; init; }

    /// <summary>Such descriptors at most (Sm).</summary>
    public long ContentsMax { get; init; }

    /// <summary>New pages stored by puts into ephemeral pools (Ep).</summary>
    public long NewEphemeralPuts { get; init; }

    /// <summary>Puts whose content was there already (Gd); 0 from release 4.8 on.</summary>
    public long DeduplicatedPuts { get; init; }

    /// <summary>Bytes of contents without their trailing zeros (Zt); 0 from release 4.8 on.</summary>
    public long TrimmedBytes { get; init; }

    /// <summary>Bytes of contents that are compressed (Gz); 0 from release 4.8 on.</summary>
    public long CompressedContentBytes { get; init; }
}
