using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using TmemCore.Memory;

namespace TmemCore.Statistics;

/// <summary>
/// Takes the samples of latencies. Threads count in stripes and without a lock or a locked instruction: two that count in one bucket of one stripe
/// at the same moment may lose a sample, which is rarer than the sample is.
/// </summary>
internal sealed class LatencyRecorder
{
    private const int Operations = (int)LatencyOperation.ObjectFlush + 1;
    private const int MostStripes = 64;

    private static readonly double s_nanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private readonly long[] _counts;
    private readonly int _stripeMask;

    public LatencyRecorder(int shards)
    {
        int processors = (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount);
        int stripes = Math.Min(Math.Min(shards, processors), MostStripes);
        _stripeMask = stripes - 1;
        _counts = new long[stripes * Operations * LatencyHistogram.Length];
    }

    /// <summary>Counts an operation that began at a timestamp and ends now.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Note(LatencyOperation operation, int shard, long start) =>
        Note(operation, shard, (ulong)Math.Max((Stopwatch.GetTimestamp() - start) * s_nanosecondsPerTick, 0));

    /// <summary>Counts an operation that took so long.</summary>
    public void Note(LatencyOperation operation, int shard, ulong nanoseconds) =>
        _counts[PlaceOf(operation, shard & _stripeMask) + LatencyHistogram.BucketOf(nanoseconds)]++;

    /// <summary>All samples so far.</summary>
    public LatencyStatistics Read() => new()
    {
        Put = Read(LatencyOperation.Put),
        Get = Read(LatencyOperation.Get),
        PageFlush = Read(LatencyOperation.PageFlush),
        ObjectFlush = Read(LatencyOperation.ObjectFlush),
    };

    /// <summary>Passes what lies outside of the arena on to a successor.</summary>
    public void PassOn(StateTransfer state)
    {
        for (int operation = 0; operation < Operations; operation++)
        {
            long[] counts = Sum((LatencyOperation)operation);
            state.Pass(ref counts);

            // The successor may have another number of stripes: it counts on in all of them, from sums in the first.
            int length = LatencyHistogram.Length;
            for (int stripe = 0; stripe <= _stripeMask; stripe++)
            {
                _counts.AsSpan(PlaceOf((LatencyOperation)operation, stripe), length).Clear();
            }

            counts.AsSpan(0, Math.Min(counts.Length, length)).CopyTo(_counts.AsSpan(PlaceOf((LatencyOperation)operation, 0), length));
        }
    }

    private static int PlaceOf(LatencyOperation operation, int stripe) =>
        ((stripe * Operations) + (int)operation) * LatencyHistogram.Length;

    private LatencyHistogram Read(LatencyOperation operation) => new(Sum(operation));

    private long[] Sum(LatencyOperation operation)
    {
        var sum = new long[LatencyHistogram.Length];
        for (int stripe = 0; stripe <= _stripeMask; stripe++)
        {
            ReadOnlySpan<long> counts = _counts.AsSpan(PlaceOf(operation, stripe), sum.Length);
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += counts[i];
            }
        }

        return sum;
    }
}

/// <summary>What is timed.</summary>
internal enum LatencyOperation
{
    Put,
    Get,
    PageFlush,
    ObjectFlush,
}
