namespace TmemCore.Benchmarks.Peers;

/// <summary>What a round of one store gave.</summary>
/// <param name="GetP50">The median get, in nanoseconds, the clock's own time included, as in all that follow.</param>
/// <param name="GetP99">The 99th percentile of gets.</param>
/// <param name="GetP999">The 99.9th percentile of gets.</param>
/// <param name="PutP50">The median put.</param>
/// <param name="PutP99">The 99th percentile of puts.</param>
/// <param name="PutP999">The 99.9th percentile of puts.</param>
/// <param name="PutMean">The mean put: what the puts cost in all, collections included.</param>
/// <param name="PutLongest">The longest put.</param>
/// <param name="AllocatedBytes">Bytes on the garbage collector's heap for each put.</param>
/// <param name="Collections">Gen-2 collections.</param>
/// <param name="PausedMs">Milliseconds for which the collector stopped everything.</param>
/// <param name="OverheadBytes">Resident memory beyond the values themselves for each entry, at the end of the round.</param>
internal sealed record PeerRound(
    double GetP50,
    double GetP99,
    double GetP999,
    double PutP50,
    double PutP99,
    double PutP999,
    double PutMean,
    double PutLongest,
    double AllocatedBytes,
    int Collections,
    double PausedMs,
    double OverheadBytes);
