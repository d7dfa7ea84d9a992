namespace TmemCore.Migration;

/// <summary>What a restored client has otherwise than the saved one.</summary>
public sealed record RestoreOptions
{
    /// <summary>The client's id in this host; null, the default, takes the lowest one free.</summary>
    public int? Id { get; init; }

    /// <summary>The name for people; null, the default, keeps it.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// What its persistent pages may take, see <see cref="TmemClientOptions.PersistentAllowanceBytes"/>; null, the default, keeps it. A host of more
    /// shards needs up to 192 bytes more for each pool and shard.
    /// </summary>
    public long? PersistentAllowanceBytes { get; init; }

    /// <summary>What is kept free for them, see <see cref="TmemClientOptions.PersistentReservationBytes"/>; null, the default, keeps it.</summary>
    public long? PersistentReservationBytes { get; init; }

    /// <summary>
    /// Shared pools that the client is granted in this host before its pools are made; grants do not travel. Without one, a shared pool is refused
    /// before any page is read, unless the host wants no grants.
    /// </summary>
    public IReadOnlyCollection<PoolUuid> Grants { get; init; } = [];

    /// <summary>Whether to do without the client's shared pools, whose pages are not saved anyway; off by default.</summary>
    public bool LeavesOutSharedPools { get; init; }
}
