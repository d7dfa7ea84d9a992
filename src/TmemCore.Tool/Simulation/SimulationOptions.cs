using TmemCore.Tool.Guest;

namespace TmemCore.Tool.Simulation;

/// <summary>What is simulated.</summary>
internal sealed record SimulationOptions
{
    /// <summary>The trace.</summary>
    public required string TracePath { get; init; }

    /// <summary>How it is written; null to find out.</summary>
    public BlockTraceFormat? Format { get; init; }

    /// <summary>The policies, at least one unless the engine is asked for.</summary>
    public required IReadOnlyList<SimulatedPolicy> Policies { get; init; }

    /// <summary>The pools' sizes in pages.</summary>
    public required IReadOnlyList<int> Sizes { get; init; }

    /// <summary>Whether a get takes the page out.</summary>
    public bool IsExclusive { get; init; }

    /// <summary>The pages of the guest's own cache, 0 for none.</summary>
    public int GuestCachePages { get; init; }

    /// <summary>Whether to ask the engine, too.</summary>
    public bool UsesEngine { get; init; }

    /// <summary>Spoils pages on their way back from the engine, to see whether it is noticed; null otherwise.</summary>
    public PageTamper? Tamper { get; init; }
}
