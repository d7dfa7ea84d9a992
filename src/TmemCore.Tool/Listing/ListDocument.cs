using TmemCore.Statistics;

namespace TmemCore.Tool.Listing;

/// <summary>What <c>tmem list --format json</c> writes: the list, and what the list's text does not tell.</summary>
/// <param name="Host">The host; null in the list of one client.</param>
/// <param name="Memory">What it holds, how far it may go and why; null when that is not told.</param>
/// <param name="SharedPools">Shared pools.</param>
/// <param name="Clients">Clients.</param>
/// <param name="Pools">Pools of clients.</param>
/// <param name="Timings">Timings of old releases.</param>
internal sealed record ListDocument(
    TmemListHost? Host,
    MemoryStatistics? Memory,
    IReadOnlyList<TmemListSharedPool> SharedPools,
    IReadOnlyList<TmemListClient> Clients,
    IReadOnlyList<TmemListPool> Pools,
    IReadOnlyList<TmemListTiming> Timings);
