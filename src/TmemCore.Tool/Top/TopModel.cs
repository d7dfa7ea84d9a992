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
    public TopView Add(TmemList list, double seconds)
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
            [.. list.Clients.Select(client => ViewOf(list, client, seconds))]);
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

    /// <summary>Sums over a client's pools; shared ones count for each who shares them.</summary>
    private static (long Pages, long Persistent, long Puts, long Gets, long Hits)? SumOf(TmemList? list, int client)
    {
        if (list?.Clients.Any(one => one.Id == client) != true)
        {
            return null;
        }

        TmemListPool[] pools = [.. list.Pools.Where(pool => pool.ClientId == client)];
        return (
            pools.Sum(static pool => pool.Counts.Pages),
            pools.Where(static pool => pool.IsPersistent).Sum(static pool => pool.Counts.Pages),
            pools.Sum(static pool => pool.Counts.Puts),
            pools.Sum(static pool => pool.Counts.Gets),
            pools.Sum(static pool => pool.Counts.GetHits));
    }

    private TopClient ViewOf(TmemList list, TmemListClient client, double seconds)
    {
        (long pages, long persistent, long puts, long gets, long hits) = SumOf(list, client.Id)!.Value;
        (_, _, long putsBefore, long getsBefore, long hitsBefore) = SumOf(_last, client.Id) ?? (0, 0, puts, gets, hits);
        bool isFirst = SumOf(_last, client.Id) is null;
        double ratio = gets > getsBefore ? (double)Math.Max(0, hits - hitsBefore) / (gets - getsBefore) : double.NaN;
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
            persistent,
            bytes,
            Rate(puts, isFirst ? null : putsBefore, seconds),
            Rate(gets, isFirst ? null : getsBefore, seconds),
            ratio,
            [.. history]);
    }
}
