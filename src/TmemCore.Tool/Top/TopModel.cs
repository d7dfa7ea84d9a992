using TmemCore.Statistics;

namespace TmemCore.Tool.Top;

/// <summary>Makes rates and histories of lists that are taken one after the other.</summary>
internal sealed class TopModel
{
    private const int Looks = 20;

    private readonly Dictionary<int, List<double>> _hitRatios = [];
    private readonly List<double> _evictions = [];
    private TmemList? _last;

    /// <summary>Takes the next list, of the long form.</summary>
    /// <param name="list">The list.</param>
    /// <param name="seconds">Time since the one before.</param>
    /// <param name="memory">What the store holds, how far it may go and why; null when it does not tell.</param>
    public TopView Add(TmemList list, double seconds, MemoryStatistics? memory = null)
    {
        TmemListHost host = list.Host ?? new TmemListHost();
        TmemListHost? before = _last?.Host;
        double evictions = Rate(host.Evictions, before?.Evictions, seconds);
        Note(_evictions, evictions);
        var view = new TopView(
            host.Pages,
            host.EphemeralPages,
            host.FreeFrames,
            Rate(host.Operations, before?.Operations, seconds),
            evictions,
            [.. _evictions],
            [.. list.Clients.Select(client => ViewOf(list, client, seconds))],
            memory);
        foreach (int gone in _hitRatios.Keys.Except(list.Clients.Select(static client => client.Id)).ToArray())
        {
            _hitRatios.Remove(gone);
        }

        _last = list;
        return view;
    }

    private static double Rate(long now, long? before, double seconds) =>
        before is null || seconds <= 0 ? double.NaN : Math.Max(0, now - before.Value) / seconds;

    private static void Note(List<double> history, double value)
    {
        if (!double.IsNaN(value))
        {
            history.Add(value);
            history.RemoveRange(0, Math.Max(0, history.Count - Looks));
        }
    }

    /// <summary>
    /// What a client's pools have done since the last look; shared ones count for each who shares them. Each pool for itself: one that has gone, or has
    /// the number of another, would take from what the others did.
    /// </summary>
    private (long Puts, long Gets, long Hits) Since(IEnumerable<TmemListPool> pools)
    {
        (long puts, long gets, long hits) = (0, 0, 0);
        foreach (TmemListPool pool in pools)
        {
            TmemListPoolCounts before =
                _last?.Pools.FirstOrDefault(one => one.ClientId == pool.ClientId && one.Id == pool.Id)?.Counts ?? new TmemListPoolCounts();
            long found = Math.Max(0, pool.Counts.Gets - before.Gets);
            puts += Math.Max(0, pool.Counts.Puts - before.Puts);
            gets += found;
            hits += Math.Clamp(pool.Counts.GetHits - before.GetHits, 0, found);
        }

        return (puts, gets, hits);
    }

    private TopClient ViewOf(TmemList list, TmemListClient client, double seconds)
    {
        TmemListPool[] pools = [.. list.Pools.Where(pool => pool.ClientId == client.Id)];
        long pages = pools.Sum(static pool => pool.Counts.Pages);
        bool isFirst = _last?.Clients.Any(one => one.Id == client.Id) != true;
        (long puts, long gets, long hits) = isFirst ? default : Since(pools);
        double ratio = gets > 0 ? (double)hits / gets : double.NaN;
        if (!_hitRatios.TryGetValue(client.Id, out List<double>? history))
        {
            _hitRatios[client.Id] = history = [];
        }

        Note(history, ratio);
        long packedPages = Math.Min(client.PackedPages, pages);
        double bytes = pages == 0 ? double.NaN : (((double)(pages - packedPages) * TmemPool.PageBytes) + client.PackedBytes) / pages;
        return new TopClient(
            client.Id,
            client.IsFrozen ? "frozen" : client.Compresses ? "packs" : "",
            client.Weight,
            pages,
            pools.Where(static pool => pool.IsPersistent).Sum(static pool => pool.Counts.Pages),
            bytes,
            Rate(puts, isFirst ? null : 0, seconds),
            Rate(gets, isFirst ? null : 0, seconds),
            ratio,
            [.. history]);
    }
}
