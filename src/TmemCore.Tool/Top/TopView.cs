using TmemCore.Statistics;

namespace TmemCore.Tool.Top;

/// <summary>A store between two looks at it.</summary>
/// <param name="Pages">Pages now.</param>
/// <param name="EphemeralPages">Those of them that may be dropped.</param>
/// <param name="FreeFrames">Frames that hold nothing.</param>
/// <param name="OperationsPerSecond">Operations since the last look; not a number at the first.</param>
/// <param name="EvictionsPerSecond">Evictions likewise.</param>
/// <param name="Evictions">The evictions of the last looks, per second, the latest last.</param>
/// <param name="Clients">The clients.</param>
/// <param name="Memory">What the store holds, how far it may go and why; null when it does not tell.</param>
internal sealed record TopView(
    long Pages,
    long EphemeralPages,
    long FreeFrames,
    double OperationsPerSecond,
    double EvictionsPerSecond,
    IReadOnlyList<double> Evictions,
    IReadOnlyList<TopClient> Clients,
    MemoryStatistics? Memory = null);
