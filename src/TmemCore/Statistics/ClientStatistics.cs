namespace TmemCore.Statistics;

/// <summary>A client's settings and totals at one moment. Pools that it shares count for it while it owns them.</summary>
public sealed record ClientStatistics
{
    /// <summary>The client's id.</summary>
    public int Id { get; init; }

    /// <summary>Its weight, see <see cref="TmemClientOptions.Weight"/>.</summary>
    public uint Weight { get; init; }

    /// <summary>What its ephemeral pages may take, 0 for no limit, see <see cref="TmemClientOptions.EphemeralCapBytes"/>.</summary>
    public long EphemeralCapBytes { get; init; }

    /// <summary>What its ephemeral pages take, descriptors and index included; what weights and caps go by.</summary>
    public long EphemeralBytes { get; init; }

    /// <summary>Whether its new pages are to be compressed.</summary>
    public bool Compresses { get; init; }

    /// <summary>How its new pages are made smaller, where their pool says nothing else.</summary>
    public PageCompression Compression { get; init; }

    /// <summary>Its pages kept in fewer bytes than a frame now.</summary>
    public long PackedPages { get; init; }

    /// <summary>Those bytes.</summary>
    public long PackedBytes { get; init; }

    /// <summary>New pages that were to be made smaller, did not get smaller by an eighth, and are kept whole.</summary>
    public long PutsIncompressible { get; init; }

    /// <summary>Its puts that stored nothing, by reason; those of shared pools count for whoever owned them at that time.</summary>
    public PutRefusals Refusals { get; init; } = new();

    /// <summary>Puts among them that found no memory though the page had got smaller than a frame.</summary>
    public long PackedPutsRefused { get; init; }

    /// <summary>Its pages that were evicted.</summary>
    public long Evictions { get; init; }

    /// <summary>What its pages are kept in, without descriptors and index, in bytes: 4,096 each, or what they became when they were packed.</summary>
    public long DataBytes { get; init; }

    /// <summary>What it takes beside <see cref="DataBytes"/>: descriptors, index and what the slots of packed pages leave unused.</summary>
    public long MetadataBytes { get; init; }

    /// <summary>Whether it is frozen.</summary>
    public bool IsFrozen { get; init; }

    /// <summary>Gets that found a page in an ephemeral pool.</summary>
    public long EphemeralHits { get; init; }

    /// <summary>Puts into persistent pools that stored a page, replacements too.</summary>
    public long PersistentPuts { get; init; }

    /// <summary>Gets that found a page in a persistent pool.</summary>
    public long PersistentHits { get; init; }

    /// <summary>Ephemeral pages now.</summary>
    public long EphemeralPages { get; init; }

    /// <summary>Ephemeral pages at most.</summary>
    public long EphemeralPagesMax { get; init; }

    /// <summary>Bytes charged for its persistent pages, descriptors and index.</summary>
    public long PersistentBytes { get; init; }

    /// <summary>Bytes that may be charged.</summary>
    public long PersistentAllowanceBytes { get; init; }

    /// <summary>Bytes kept free for it.</summary>
    public long PersistentReservationBytes { get; init; }
}
