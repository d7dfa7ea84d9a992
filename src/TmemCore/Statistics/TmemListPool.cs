namespace TmemCore.Statistics;

/// <summary>The line of a pool under a client (P).</summary>
public sealed record TmemListPool
{
    /// <summary>The client that is listed (CI).</summary>
    public int ClientId { get; init; }

    /// <summary>The pool's id (PI), of a shared pool the one it has at its owner.</summary>
    public int Id { get; init; }

    /// <summary>Whether its pages stay until they are flushed (first letter of PT).</summary>
    public bool IsPersistent { get; init; }

    /// <summary>Whether several clients may join it (second letter of PT).</summary>
    public bool IsShared { get; init; }

    /// <summary>Its uuid (U0, U1) if it is shared, otherwise 0.</summary>
    public PoolUuid Uuid { get; init; }

    /// <summary>The counters of the long form.</summary>
    public TmemListPoolCounts Counts { get; init; } = new();
}
