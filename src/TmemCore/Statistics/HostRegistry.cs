using System.Globalization;

namespace TmemCore.Statistics;

/// <summary>
/// The hosts of the process that are not disposed, for instruments that are asked. Held weakly: a host that nobody has any more is not kept
/// for its figures.
/// </summary>
internal static class HostRegistry
{
    private static readonly Lock s_lock = new();
    private static readonly List<Entry> s_hosts = [];
    private static EventTotals s_past;

    private readonly record struct Entry(WeakReference<TmemHost> Host, string Name);

    /// <summary>
    /// Takes a host in. Its figures bear its own name, with a number behind it if another host has that, or the lowest free number.
    /// </summary>
    public static void Add(TmemHost host)
    {
        TmemMetrics.Publish();
        TmemEventSource.Publish();
        lock (s_lock)
        {
            s_hosts.RemoveAll(static entry => !entry.Host.TryGetTarget(out _));
            s_hosts.Add(new Entry(new WeakReference<TmemHost>(host), FreeName(host.Options.Name)));
        }
    }

    /// <summary>Leaves a host out that is about to be disposed. Where rates are polled, what it has counted stays in the sums.</summary>
    public static void Remove(TmemHost host)
    {
        lock (s_lock)
        {
            int place = s_hosts.FindIndex(entry => entry.Host.TryGetTarget(out TmemHost? other) && other == host);
            if (place < 0)
            {
                return;
            }

            if (TmemEventSource.IsPolled && host.Store.TryReadStatistics(withLatency: false) is HostStatistics statistics)
            {
                s_past = s_past.And(EventTotals.Of(statistics).WithoutLevels);
            }

            s_hosts.RemoveAt(place);
        }
    }

    /// <summary>The hosts, in the order in which they were made, and the names that their figures bear.</summary>
    public static List<(TmemHost Host, string Name)> Living()
    {
        var living = new List<(TmemHost Host, string Name)>();
        lock (s_lock)
        {
            foreach (Entry entry in s_hosts)
            {
                if (entry.Host.TryGetTarget(out TmemHost? host))
                {
                    living.Add((host, entry.Name));
                }
            }
        }

        return living;
    }

    /// <summary>The sums over all hosts, and what those counted that are gone; no host comes or goes meanwhile.</summary>
    public static EventTotals ReadTotals()
    {
        lock (s_lock)
        {
            EventTotals totals = s_past;
            foreach ((TmemHost host, _) in Living())
            {
                if (host.Store.TryReadStatistics(withLatency: false) is HostStatistics statistics)
                {
                    totals = totals.And(EventTotals.Of(statistics));
                }
            }

            return totals;
        }
    }

    private static string FreeName(string? wanted)
    {
        for (int number = 1; ; number++)
        {
            string digits = number.ToString(CultureInfo.InvariantCulture);
            string name = wanted is null ? digits : number == 1 ? wanted : $"{wanted}-{digits}";
            if (!s_hosts.Exists(entry => entry.Name == name))
            {
                return name;
            }
        }
    }
}
