using TmemCore.Statistics;
using TmemCore.Store;
using Xunit;

namespace TmemCore.Tests.Statistics;

/// <summary>Buckets of durations, what is told from them, and which operations are timed. No test looks at how long anything took.</summary>
public sealed class LatencyTests
{
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Fact]
    public void Buckets_follow_one_another_and_none_is_wider_than_a_quarter()
    {
        Assert.Equal(0, LatencyHistogram.LowerOf(0));
        for (int bucket = 0; bucket < LatencyHistogram.Length; bucket++)
        {
            long lower = LatencyHistogram.LowerOf(bucket);
            long next = LatencyHistogram.LowerOf(bucket + 1);
            Assert.True(next > lower);
            Assert.True(lower < 8 ? next - lower == 1 : (next - lower) * 4 <= lower, $"{lower} to {next}");
            Assert.Equal(bucket, LatencyHistogram.BucketOf((ulong)lower));
            Assert.Equal(bucket, LatencyHistogram.BucketOf((ulong)next - 1));
        }

        Assert.Equal(LatencyHistogram.LongestNanoseconds, LatencyHistogram.LowerOf(LatencyHistogram.Length - 1));
        Assert.Equal(LatencyHistogram.Length - 1, LatencyHistogram.BucketOf(ulong.MaxValue));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void A_quantile_is_at_most_an_eighth_off(int shards)
    {
        var recorder = new LatencyRecorder(shards);
        var random = new Random(5);
        var durations = new List<long>();
        for (int i = 0; i < 20_000; i++)
        {
            long duration = (long)Math.Pow(2, random.NextDouble() * 34);
            durations.Add(duration);
            recorder.Note(LatencyOperation.Get, i, (ulong)duration);
        }

        durations.Sort();
        LatencyHistogram histogram = recorder.Read().Get;
        Assert.Equal(20_000, histogram.Samples);
        Assert.Equal(0, recorder.Read().Put.Samples);
        for (int thousandth = 0; thousandth <= 1000; thousandth++)
        {
            double part = thousandth / 1000.0;
            long real = durations[Math.Max((int)Math.Ceiling(part * durations.Count), 1) - 1];
            double told = histogram.QuantileNanoseconds(part);
            Assert.True(Math.Abs(told - real) <= real / 8.0, $"{part}: {told} for {real}");
        }

        Assert.Equal(histogram.QuantileNanoseconds(0.5), histogram.MedianNanoseconds);
        Assert.Equal(histogram.QuantileNanoseconds(0.99), histogram.P99Nanoseconds);
        Assert.Equal(histogram.QuantileNanoseconds(0.999), histogram.P999Nanoseconds);
    }

    [Fact]
    public void A_histogram_without_samples_has_no_quantile()
    {
        Assert.Equal(double.NaN, LatencyHistogram.Empty.MedianNanoseconds);
        Assert.Empty(LatencyHistogram.Empty.Buckets);
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => LatencyHistogram.Empty.QuantileNanoseconds(1.5));
        Assert.StartsWith("part is 1.5; it may be 0 to 1.", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => LatencyHistogram.Empty.QuantileNanoseconds(double.NaN));
    }

    [Fact]
    public void Histograms_tell_their_buckets_and_what_has_come_since()
    {
        var recorder = new LatencyRecorder(1);
        recorder.Note(LatencyOperation.Put, 0, 5UL);
        recorder.Note(LatencyOperation.Put, 0, 1000UL);
        LatencyHistogram earlier = recorder.Read().Put;
        recorder.Note(LatencyOperation.Put, 0, 1001UL);
        recorder.Note(LatencyOperation.ObjectFlush, 0, 1001UL);
        LatencyHistogram later = recorder.Read().Put;

        Assert.Equal([new(5, 6, 1), new(896, 1024, 2)], later.Buckets);
        Assert.Equal([new(896, 1024, 1)], later.Since(earlier).Buckets);
        Assert.Equal(later, recorder.Read().Put);
        Assert.NotEqual(earlier, later);
        Assert.Equal("3 samples, median 960 ns", later.ToString());
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(8, false)]
    [InlineData(1, true)]
    public void About_one_operation_in_1024_is_timed_of_each_kind(int shards, bool compresses)
    {
        using var host = new TmemHost(Hosts.Small with { Shards = shards, CompressByDefault = compresses });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        const int Rounds = 1 << 16;
        for (uint i = 0; i < Rounds; i++)
        {
            // Four that alternate: a counter to 1,024 would time one kind alone.
            pool.Put(i % 50, i % 8, _buffer);
            pool.Get(i % 50, i % 9, _buffer);
            pool.FlushPage(i % 50, i % 8);
            pool.FlushObject(i % 50);
        }

        LatencyStatistics latency = host.GetStatistics().Latency;
        foreach (LatencyHistogram histogram in new[] { latency.Put, latency.Get, latency.PageFlush, latency.ObjectFlush })
        {
            Assert.InRange(histogram.Samples, Rounds / 1024 * 7 / 10, Rounds / 1024 * 13 / 10);
        }
    }

    [Fact]
    public void Entries_batches_and_gets_of_packed_pages_are_timed_once_each()
    {
        using var host = new TmemHost(Hosts.Small with { CompressByDefault = true, CapacityBytes = 16 * Hosts.Mebibyte });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        const int Rounds = 1 << 16;
        var results = new PutResult[1];
        var got = new GetResult[1];
        for (uint i = 0; i < Rounds; i++)
        {
            pool.PutEntry(1, i % 8, _buffer.AsSpan(0, 100));
            pool.GetEntry(1, i % 8, _buffer, out _);
            pool.PutMany([new(2, i % 8)], _buffer, results);
            pool.GetMany([new(2, i % 8)], _buffer, got);
        }

        LatencyStatistics latency = host.GetStatistics().Latency;
        Assert.InRange(latency.Put.Samples, Rounds / 512 * 8 / 10, Rounds / 512 * 12 / 10);
        Assert.InRange(latency.Get.Samples, Rounds / 512 * 8 / 10, Rounds / 512 * 12 / 10);
    }

    [Fact]
    public void Nothing_is_timed_where_that_is_off()
    {
        using var host = new TmemHost(Hosts.Small with { MeasureLatency = false });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        for (uint i = 0; i < 5000; i++)
        {
            pool.Put(1, i % 100, _buffer);
            pool.Get(1, i % 100, _buffer);
        }

        Assert.Equal(new LatencyStatistics(), host.GetStatistics().Latency);
        Assert.False(Inside.Shards(host.Store)[0].Lock.IsDrawn);
    }

    [Fact]
    public void Draws_of_a_lock_have_no_period_that_an_operation_could_fall_into()
    {
        var shardLock = new ShardLock();
        Assert.False(shardLock.IsDrawn);
        shardLock.StartDrawing(7);
        foreach (int step in new[] { 1, 2, 3, 4, 1024 })
        {
            int drawn = 0;
            for (int i = 0; i < 256_000; i++)
            {
                for (int exit = 0; exit < step; exit++)
                {
                    shardLock.Enter();
                    shardLock.Exit();
                }

                drawn += shardLock.IsDrawn ? 1 : 0;
            }

            Assert.InRange(drawn, 200, 300);
        }
    }
}
