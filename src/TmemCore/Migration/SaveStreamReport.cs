namespace TmemCore.Migration;

/// <summary>What a save stream holds.</summary>
public sealed record SaveStreamReport
{
    /// <summary>The version of the format.</summary>
    public int Version { get; init; }

    /// <summary>Whether the stream is the beginning of a move between two hosts, and not a save.</summary>
    public bool IsMove { get; init; }

    /// <summary>The client's settings; its id is the one that it had where it was saved.</summary>
    public required TmemClientOptions Client { get; init; }

    /// <summary>Whether its new pages are made smaller.</summary>
    public bool Compresses { get; init; }

    /// <summary>Whether it is frozen.</summary>
    public bool IsFrozen { get; init; }

    /// <summary>Its pools, in the order of their ids.</summary>
    public required IReadOnlyList<SavedPool> Pools { get; init; }

    /// <summary>Persistent pages that a client restored from the stream has.</summary>
    public long Pages { get; init; }

    /// <summary>Records of pages: a page that changed while it was saved has more than one.</summary>
    public long PageRecords { get; init; }

    /// <summary>Records of pages that went while the client was saved.</summary>
    public long PageGoneRecords { get; init; }

    /// <summary>Those of <see cref="PageRecords"/> in fewer bytes than the page has.</summary>
    public long PackedPageRecords { get; init; }

    /// <summary>Those of <see cref="PageRecords"/> that are entries of fewer than 4,096 bytes.</summary>
    public long EntryRecords { get; init; }

    /// <summary>Bytes from the header to the end mark.</summary>
    public long Bytes { get; init; }
}

/// <summary>What a saved pool is.</summary>
public enum SavedPoolKind
{
    /// <summary>A <see cref="EphemeralPool"/>; its pages are not saved.</summary>
    Ephemeral,

    /// <summary>A <see cref="RetainingPool"/>; its pages are not saved.</summary>
    Retaining,

    /// <summary>A <see cref="SharedEphemeralPool"/>; its pages are not saved.</summary>
    SharedEphemeral,

    /// <summary>A <see cref="PersistentPool"/>, with all its pages.</summary>
    Persistent,
}

/// <summary>A pool in a save stream.</summary>
public sealed record SavedPool
{
    /// <summary>The pool id.</summary>
    public int Id { get; init; }

    /// <summary>What it is.</summary>
    public SavedPoolKind Kind { get; init; }

    /// <summary>The name that it was made with.</summary>
    public PoolUuid Uuid { get; init; }

    /// <summary>How its new pages are made smaller; null when it follows the client.</summary>
    public PageCompression? Compression { get; init; }

    /// <summary>Records of its pages.</summary>
    public long PageRecords { get; internal set; }
}
