namespace TmemCore;

/// <summary>Which set of rules a host follows where the original and common sense part ways.</summary>
public enum TmemProfile
{
    /// <summary>No fixed reserve, 65,536 shared pools, statistics maxima kept per shard.</summary>
    Default,

    /// <summary>
    /// Results equal those of the original hypervisor's store: a reserve of 256 free frames before every put, ten failed
    /// attempts to evict at most, 16 shared pools, eviction in the exact global order, exact maxima.
    /// </summary>
    Xen,
}
