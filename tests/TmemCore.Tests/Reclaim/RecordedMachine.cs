using System.Globalization;

namespace TmemCore.Tests.Reclaim;

/// <summary>One line of a recording: what a machine told at a moment.</summary>
/// <param name="TotalBytes">All of its memory.</param>
/// <param name="AvailableBytes">What was available.</param>
/// <param name="SomeTime">The time in which some task had waited for memory since the recording began.</param>
/// <param name="FullTime">The time in which none had got on.</param>
internal readonly record struct RecordedReading(long TotalBytes, long AvailableBytes, TimeSpan SomeTime, TimeSpan FullTime);

/// <summary>
/// Recordings of a real machine without a host, ten readings a second: lines of milliseconds, KiB in all, KiB available, and microseconds of
/// <c>some</c> and <c>full</c> of <c>/proc/pressure/memory</c>, below comments that tell what happened meanwhile.
/// </summary>
internal static class RecordedMachine
{
    public static IReadOnlyList<RecordedReading> Read(string name)
    {
        string[] lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Reclaim", "Traces", name));
        return [.. lines.SkipWhile(static line => line.StartsWith('#')).Skip(1).Select(static line =>
        {
            long[] numbers = [.. line.Split(',').Select(static cell => long.Parse(cell, CultureInfo.InvariantCulture))];
            return new RecordedReading(numbers[1] << 10, numbers[2] << 10, TimeSpan.FromMicroseconds(numbers[3]), TimeSpan.FromMicroseconds(numbers[4]));
        })];
    }
}
