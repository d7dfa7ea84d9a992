using System.Diagnostics;
using TmemCore.Tool.Guest;
using Xunit;

namespace TmemCore.Tool.Tests.Guest;

public sealed class LatencyRecorderTests
{
    private static readonly double s_nanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    [Fact]
    public void Percentiles_are_right_within_3_percent()
    {
        var recorder = new LatencyRecorder();
        for (int i = 1; i <= 100_000; i++)
        {
            recorder.Record(i);
        }

        foreach (double share in new[] { 0.0001, 0.001, 0.1, 0.5, 0.9, 0.99, 1 })
        {
            double exact = share * 100_000 * s_nanosecondsPerTick;
            Assert.InRange(recorder.Nanoseconds(share), exact * 0.97, exact * 1.03);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1L << 40)]
    [InlineData(long.MaxValue)]
    public void One_duration_is_every_percentile(long ticks)
    {
        var recorder = new LatencyRecorder();
        recorder.Record(ticks);

        Assert.InRange(recorder.Nanoseconds(0.5), ticks * s_nanosecondsPerTick * 0.97, ticks * s_nanosecondsPerTick * 1.03);
        Assert.Equal(recorder.Nanoseconds(0.5), recorder.Nanoseconds(0.99));
    }

    [Fact]
    public void Nothing_recorded_is_zero()
    {
        var recorder = new LatencyRecorder();
        recorder.Record(-5);
        recorder.Record(500);
        recorder.Clear();

        Assert.Equal(0, recorder.Nanoseconds(0.5));
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        var recorder = new LatencyRecorder();
        recorder.Record(1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            recorder.Record(i * 37L);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
