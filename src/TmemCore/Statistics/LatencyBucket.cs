namespace TmemCore.Statistics;

/// <summary>Samples of about the same duration.</summary>
/// <param name="FromNanoseconds">The shortest.</param>
/// <param name="ToNanoseconds">Shorter than this, but in the last bucket, which takes all that is longer.</param>
/// <param name="Samples">How many.</param>
public readonly record struct LatencyBucket(long FromNanoseconds, long ToNanoseconds, long Samples);
