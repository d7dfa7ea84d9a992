namespace TmemCore.Statistics;

/// <summary>
/// How long operations took, from a sample of about one in 1,024 that is drawn at random. Waiting for others, making room and compression are
/// part of it. All empty with <see cref="TmemHostOptions.MeasureLatency"/> off.
/// </summary>
/// <example><code>
/// LatencyStatistics latency = host.GetStatistics().Latency;
/// Console.WriteLine($"{latency.Get.Samples:N0} gets: {latency.Get.MedianNanoseconds:N0} ns, one in a thousand above {latency.Get.P999Nanoseconds:N0} ns");
/// </code></example>
public sealed record LatencyStatistics
{
    /// <summary>Puts of pages and entries, refused ones too.</summary>
    public LatencyHistogram Put { get; init; } = LatencyHistogram.Empty;

    /// <summary>Gets and takes, misses too.</summary>
    public LatencyHistogram Get { get; init; } = LatencyHistogram.Empty;

    /// <summary>Flushes of a page.</summary>
    public LatencyHistogram PageFlush { get; init; } = LatencyHistogram.Empty;

    /// <summary>Flushes of an object, which take time for each of its pages.</summary>
    public LatencyHistogram ObjectFlush { get; init; } = LatencyHistogram.Empty;
}
