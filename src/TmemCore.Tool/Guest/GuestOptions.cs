namespace TmemCore.Tool.Guest;

/// <summary>What a run of the guest is made of.</summary>
internal sealed record GuestOptions
{
    /// <summary>256 MiB.</summary>
    public const long DefaultMemoryBytes = 256L << 20;

    /// <summary>Tmem's capacity in bytes, data and metadata together.</summary>
    public long MemoryBytes { get; init; } = DefaultMemoryBytes;

    /// <summary>The guest's own memory in bytes; null for an eighth of the data, and no more than tmem has.</summary>
    public long? GuestCacheBytes { get; init; }

    /// <summary>Passes over the data after the first.</summary>
    public int Passes { get; init; } = 2;

    /// <summary>Chooses the order of visits.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>What the persistent pool may take in bytes; null for half of the memory.</summary>
    public long? PersistentAllowanceBytes { get; init; }

    /// <summary>Spoils pages on their way back.</summary>
    public PageTamper? Tamper { get; init; }
}
