namespace TmemCore.Tool.Guest;

/// <summary>The hit ratio over the time of a run, in equal parts of its visits.</summary>
internal sealed class HitRatioHistory(int points)
{
    private readonly long[] _hits = new long[points];
    private readonly long[] _all = new long[points];

    /// <summary>Adds what has happened since the last time.</summary>
    /// <param name="progress">How far the run is, from 0 to 1.</param>
    /// <param name="hits">Disk reads avoided.</param>
    /// <param name="all">Disk reads, avoided or not.</param>
    public void Add(double progress, long hits, long all)
    {
        int point = Math.Clamp((int)(progress * points), 0, points - 1);
        _hits[point] += hits;
        _all[point] += all;
    }

    /// <summary>The ratio of each part; null where nothing was asked for.</summary>
    public IReadOnlyList<double?> Ratios() =>
        [.. _hits.Zip(_all, static (hits, all) => all == 0 ? (double?)null : (double)hits / all)];
}
