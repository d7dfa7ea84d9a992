using System.Diagnostics;
using System.Runtime.CompilerServices;
using TmemCore.Statistics;

namespace TmemCore.Store;

/// <summary>Sampling how long operations take. Which are sampled is drawn in the line of their shard's lock, which they touch anyway.</summary>
internal sealed partial class PageStore
{
    private readonly LatencyRecorder _latency;

    private void StartSampling()
    {
        foreach (Shard shard in _shards)
        {
            shard.Lock.StartDrawing((uint)shard.Number);
        }
    }

    /// <summary>The moment at which an operation begins if it is to be timed, otherwise 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long StartOf(Shard shard) => shard.Lock.IsDrawn ? Now() : 0;

    // Reading the clock is a call into the system's library: inlined, its frame would be set up by operations that do not read it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Now() => Stopwatch.GetTimestamp();
}
