using System.Globalization;
using System.Numerics;

namespace TmemCore.Statistics;

/// <summary>
/// Durations in buckets, four to each doubling: a bucket is a quarter to a seventh of its lower bound wide, and a duration told from it is at most
/// an eighth off. Below 8 ns the buckets are whole nanoseconds; the last one, from <see cref="LongestNanoseconds"/> on, takes the rest.
/// Immutable; equal when all counts are.
/// </summary>
public sealed class LatencyHistogram : IEquatable<LatencyHistogram>
{
    /// <summary>Where the last bucket begins: about 16 minutes.</summary>
    public const long LongestNanoseconds = 7L << 37;

    /// <summary>Buckets.</summary>
    internal const int Length = ((MostOctave - 1) * Parts) + Parts;

    private const int MostOctave = 39;
    private const int PartBits = 2;
    private const int Parts = 1 << PartBits;

    private readonly long[] _counts;

    internal LatencyHistogram(long[] counts)
    {
        _counts = counts;
        Samples = counts.Sum();
    }

    /// <summary>No samples.</summary>
    public static LatencyHistogram Empty { get; } = new(new long[Length]);

    /// <summary>Samples in all.</summary>
    public long Samples { get; }

    /// <summary>Half of the samples took no longer, see <see cref="QuantileNanoseconds"/>.</summary>
    public double MedianNanoseconds => QuantileNanoseconds(0.5);

    /// <summary>99 of 100 samples took no longer, see <see cref="QuantileNanoseconds"/>.</summary>
    public double P99Nanoseconds => QuantileNanoseconds(0.99);

    /// <summary>999 of 1,000 samples took no longer, see <see cref="QuantileNanoseconds"/>.</summary>
    public double P999Nanoseconds => QuantileNanoseconds(0.999);

    /// <summary>The buckets that have samples, shortest first.</summary>
    public IReadOnlyList<LatencyBucket> Buckets =>
    [
        .. Enumerable.Range(0, Length)
            .Where(bucket => _counts[bucket] != 0)
            .Select(bucket => new LatencyBucket(LowerOf(bucket), LowerOf(bucket + 1), _counts[bucket])),
    ];

    /// <summary>
    /// Estimates the duration that a part of the samples does not exceed: the middle of the bucket of the sample of that rank, hence at most an
    /// eighth off that sample's duration (below 8 ns not a nanosecond). How far the sample is from all operations is another matter: of n samples, the
    /// part that is really below p is p ± √(p(1-p)/n), so that a quantile of 0.999 wants some 10,000 samples.
    /// </summary>
    /// <param name="part">The part, 0 to 1.</param>
    /// <returns>The estimate in nanoseconds; not a number (<see cref="double.NaN"/>) without samples.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The part is not from 0 to 1.</exception>
    public double QuantileNanoseconds(double part)
    {
        if (!(part is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(part), part, string.Create(CultureInfo.InvariantCulture, $"part is {part}; it may be 0 to 1."));
        }

        double rank = Math.Max(Math.Ceiling(part * Samples), 1);
        long passed = 0;
        for (int bucket = 0; bucket < Length; bucket++)
        {
            passed += _counts[bucket];
            if (passed >= rank)
            {
                return (LowerOf(bucket) + LowerOf(bucket + 1) - 1) / 2.0;
            }
        }

        return double.NaN;
    }

    /// <summary>The samples that have come since an earlier moment of the same host and operation.</summary>
    /// <param name="earlier">What was then.</param>
    /// <returns>The difference, bucket by bucket; where the earlier one has more, nothing.</returns>
    public LatencyHistogram Since(LatencyHistogram earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return new LatencyHistogram([.. _counts.Zip(earlier._counts, static (now, then) => Math.Max(now - then, 0))]);
    }

    /// <inheritdoc/>
    public bool Equals(LatencyHistogram? other) => other is not null && _counts.AsSpan().SequenceEqual(other._counts);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LatencyHistogram);

    /// <inheritdoc/>
    public override int GetHashCode() => Samples.GetHashCode();

    /// <summary>Says how many samples there are, and the median.</summary>
    /// <returns>Such as <c>1,024 samples, median 210 ns</c>.</returns>
    public override string ToString() => Samples == 0
        ? "0 samples"
        : string.Create(CultureInfo.InvariantCulture, $"{Samples:N0} samples, median {MedianNanoseconds:N0} ns");

    /// <summary>The bucket of a duration.</summary>
    internal static int BucketOf(ulong nanoseconds)
    {
        if (nanoseconds < Parts)
        {
            return (int)nanoseconds;
        }

        int octave = BitOperations.Log2(nanoseconds);
        int part = (int)(nanoseconds >> (octave - PartBits)) & (Parts - 1);
        return Math.Min(((octave - 1) * Parts) + part, Length - 1);
    }

    /// <summary>The shortest duration of a bucket.</summary>
    internal static long LowerOf(int bucket)
    {
        if (bucket < Parts)
        {
            return bucket;
        }

        int octave = (bucket / Parts) + 1;
        return (long)(Parts + (bucket % Parts)) << (octave - PartBits);
    }
}
