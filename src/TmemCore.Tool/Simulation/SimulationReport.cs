namespace TmemCore.Tool.Simulation;

/// <summary>What a simulation has shown.</summary>
internal sealed record SimulationReport
{
    /// <summary>How the trace is written.</summary>
    public required BlockTraceFormat Format { get; init; }

    /// <summary>Pages wanted.</summary>
    public required long Requests { get; init; }

    /// <summary>Pages among them that the guest's own cache had.</summary>
    public required long GuestHits { get; init; }

    /// <summary>One for each policy and size.</summary>
    public required IReadOnlyList<PoolReport> Pools { get; init; }

    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Whether it was stopped before the end of the trace.</summary>
    public required bool IsInterrupted { get; init; }

    /// <summary>Pages asked of each pool.</summary>
    public long Gets => Requests - GuestHits;
}

/// <summary>What one pool has done.</summary>
internal sealed record PoolReport
{
    /// <summary>What decided.</summary>
    public required string Policy { get; init; }

    /// <summary>Pages that the pool was made for.</summary>
    public required int Pages { get; init; }

    /// <summary>Pages that it has held at most.</summary>
    public required long PagesMax { get; init; }

    /// <summary>Pages that it did not have.</summary>
    public required long Misses { get; init; }

    /// <summary>Pages asked for.</summary>
    public required long Gets { get; init; }

    /// <summary>Bytes of bookkeeping per page.</summary>
    public required double BytesPerPage { get; init; }

    /// <summary>Pages that came back with another content than they were put with; always 0 for a policy alone.</summary>
    public long PagesWrong { get; init; }

    /// <summary>What is wrong with the store's structures.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Misses per get, from 0 to 1.</summary>
    public double MissRatio => Gets == 0 ? 0 : (double)Misses / Gets;
}
