using System.Diagnostics;
using System.Numerics;

namespace TmemCore.Tool.Guest;

/// <summary>
/// Counts durations in fixed buckets, 32 to each doubling: what it answers is right within 3 percent. Recording allocates
/// nothing.
/// </summary>
internal sealed class LatencyRecorder
{
    private const int SubBits = 5;
    private const int SubBuckets = 1 << SubBits;

    private readonly long[] _counts = new long[(64 - SubBits + 1) * SubBuckets];
    private long _total;

    /// <summary>Counts the time since a moment.</summary>
    /// <param name="start">The moment, from <see cref="Stopwatch.GetTimestamp"/>.</param>
    public void RecordSince(long start) => Record(Stopwatch.GetTimestamp() - start);

    /// <summary>Counts a duration.</summary>
    /// <param name="ticks">In ticks of <see cref="Stopwatch"/>.</param>
    public void Record(long ticks)
    {
        _counts[BucketOf((ulong)Math.Max(ticks, 0))]++;
        _total++;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        _total = 0;
    }

    /// <summary>The duration that a share of all stayed at or below.</summary>
    /// <param name="share">For example 0.99.</param>
    /// <returns>Nanoseconds; 0 when nothing was recorded.</returns>
    public double Nanoseconds(double share)
    {
        long wanted = Math.Max((long)Math.Ceiling(share * _total), 1);
        long seen = 0;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= wanted)
            {
                return MiddleOf(bucket) * (1e9 / Stopwatch.Frequency);
            }
        }

        return 0;
    }

    private static int BucketOf(ulong ticks)
    {
        int shift = Math.Max(BitOperations.Log2(ticks | 1) - SubBits, 0);
        return (shift * SubBuckets) + (int)(ticks >> shift);
    }

    private static double MiddleOf(int bucket)
    {
        int shift = Math.Max((bucket / SubBuckets) - 1, 0);
        double low = (bucket - (shift * SubBuckets)) * Math.Pow(2, shift);
        return low + ((Math.Pow(2, shift) - 1) / 2);
    }
}
