namespace TmemCore.Statistics;

/// <summary>What <see cref="TmemEventSource"/> tells, summed over hosts.</summary>
internal readonly record struct EventTotals(
    long Pages,
    long CommittedBytes,
    long Puts,
    long Refusals,
    long Gets,
    long GetHits,
    long Flushes,
    long Evictions)
{
    /// <summary>What goes on counting when a host is gone; its pages and its memory do not.</summary>
    public EventTotals WithoutLevels => this with { Pages = 0, CommittedBytes = 0 };

    public static EventTotals Of(HostStatistics statistics) => new(
        statistics.Pages,
        statistics.CommittedBytes,
        statistics.Puts,
        statistics.Refusals.Total,
        statistics.Gets,
        statistics.GetHits,
        statistics.Flushes,
        statistics.Evictions);

    public EventTotals And(in EventTotals other) => new(
        Pages + other.Pages,
        CommittedBytes + other.CommittedBytes,
        Puts + other.Puts,
        Refusals + other.Refusals,
        Gets + other.Gets,
        GetHits + other.GetHits,
        Flushes + other.Flushes,
        Evictions + other.Evictions);
}
