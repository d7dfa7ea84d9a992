namespace TmemCore.Statistics;

/// <summary>
/// The line of a shared pool (S). Releases of the original print the names of the first such pool for the later ones, too; sharers and
/// counters are right.
/// </summary>
public sealed record TmemListSharedPool
{
    /// <summary>Its place among the shared pools (SI).</summary>
    public int Slot { get; init; }

    /// <summary>Whether its pages stay until they are flushed (first letter of PT); until release 4.4 only.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>Its uuid (U0, U1).</summary>
    public PoolUuid Uuid { get; init; }

    /// <summary>The clients that share it, in the order of joining (SC); one that has joined twice is there twice.</summary>
    public IReadOnlyList<int> Sharers { get; init; } = [];

    /// <summary>The counters of the long form.</summary>
    public TmemListPoolCounts Counts { get; init; } = new();
}
