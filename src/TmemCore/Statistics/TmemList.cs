namespace TmemCore.Statistics;

/// <summary>What the list command of the original, or <see cref="Control.TmemControl.List(bool)"/>, has told; see <see cref="TmemListReader"/>.</summary>
public sealed record TmemList
{
    /// <summary>The host's line (G); null in the list of one client.</summary>
    public TmemListHost? Host { get; init; }

    /// <summary>Shared pools (S), in the order of the lines.</summary>
    public IReadOnlyList<TmemListSharedPool> SharedPools { get; init; } = [];

    /// <summary>Clients (C), in the order of the lines.</summary>
    public IReadOnlyList<TmemListClient> Clients { get; init; } = [];

    /// <summary>Pools (P), in the order of the lines. A shared pool is listed under each client that shares it.</summary>
    public IReadOnlyList<TmemListPool> Pools { get; init; } = [];

    /// <summary>Timings (T) of releases before 4.4, in the order of the text; later ones have none.</summary>
    public IReadOnlyList<TmemListTiming> Timings { get; init; } = [];
}
