using System.Diagnostics;

namespace TmemCore.PageBench;

/// <summary>Ten million puts, gets and flushes at random on a full host: what they leave to the garbage collector.</summary>
internal static class ChurnRows
{
    private const string CollectionsName = "churn gen2";
    private const string BytesName = "churn gc bytes";
    private const int Operations = 10_000_000;

    public static void Run(BenchOptions options, Report report)
    {
        if (!options.Wants(CollectionsName) && !options.Wants(BytesName))
        {
            return;
        }

        int pages = options.Pages / 4;
        using var host = new TmemHost(new TmemHostOptions { CapacityBytes = (long)pages * TmemPool.PageBytes });
        using TmemClient client = host.CreateClient();
        using RetainingPool pool = client.CreateRetainingPool();
        var random = new Random(4);
        var page = new byte[TmemPool.PageBytes];
        Churn(pool, random, page, pages * 2, pages * 4);
        long evictions = host.GetStatistics().Evictions;

        int collections = GC.CollectionCount(2);
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        long begin = Stopwatch.GetTimestamp();
        int hits = Churn(pool, random, page, pages * 2, Operations);
        double ns = Paired.Ns(begin, Stopwatch.GetTimestamp()) / Operations;
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        collections = GC.CollectionCount(2) - collections;

        evictions = host.GetStatistics().Evictions - evictions;
        string note = $"{Operations:N0} operations, {evictions:N0} evictions, {hits:N0} hits";
        Add(CollectionsName, collections, $"gen-2 collections; {note}");
        Add(BytesName, (double)bytes / Operations, $"bytes per operation; {note}");
        if (evictions == 0)
        {
            throw new InvalidOperationException("Nothing was evicted: the host was never full.");
        }

        void Add(string name, double value, string text)
        {
            if (options.Wants(name))
            {
                report.Add(new Row(name, ns, value, null, null, null, 0, AtLeast: false, text));
            }
        }
    }

    /// <summary>Half puts, four tenths gets, one tenth flushes; returns the hits, each of which had the right page.</summary>
    private static int Churn(RetainingPool pool, Random random, byte[] page, int keys, int operations)
    {
        int hits = 0;
        for (int i = 0; i < operations; i++)
        {
            int key = random.Next(keys);
            (ObjectId id, uint index) = (FilledStore.ObjectOf(key), FilledStore.IndexOf(key));
            switch (random.Next(10))
            {
                case < 5:
                    FilledStore.Stamp(page, key);
                    pool.TryPut(id, index, page);
                    break;
                case < 9 when pool.Get(id, index, page) == GetResult.Hit:
                    hits += FilledStore.Carries(page, key) ? 1 : throw new InvalidDataException($"Page {key} has the content of another.");
                    break;
                case 9:
                    pool.FlushPage(id, index);
                    break;
            }
        }

        return hits;
    }
}
