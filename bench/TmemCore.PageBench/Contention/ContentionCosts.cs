using System.Diagnostics;
using TmemCore.Store;

namespace TmemCore.PageBench.Contention;

/// <summary>What a contention model is made of, measured on this machine with the clock's own time and the slowest thousandth taken out.</summary>
internal sealed class ContentionCosts
{
    private const int SmallPages = 1 << 14;
    private const int Operations = 1 << 16;
    private const int LineChanges = 4_000_000;

    private readonly BenchOptions _options;
    private readonly double _clockNs = Paired.Median([.. Sample(Operations, static _ => { })]);

    public ContentionCosts(BenchOptions options)
    {
        _options = options;
        OutsideNs = HashNs();
        using (var store = new FilledStore(options.Pages))
        {
            GetNs = Singles(i => store.Get(store.Order, i, 1, store.Buffer));
            PutOverNs = Singles(i => store.Put(store.Order, i, 1, store.Buffer));
            HandoverNs = Handover(store);
        }

        (PutNewNs, PutEvictNs) = Puts();
        EvictNs = Math.Max(PutEvictNs.Average() - PutNewNs.Average(), 0);
        LineNs = SharedLineNs();
    }

    /// <summary>Of an operation, what lies outside the lock: the hash of the handle.</summary>
    public double OutsideNs { get; }

    /// <summary>Gets at random, each in nanoseconds.</summary>
    public double[] GetNs { get; }

    /// <summary>Puts over existing pages at random.</summary>
    public double[] PutOverNs { get; }

    /// <summary>Puts of new pages into an ephemeral pool with room.</summary>
    public double[] PutNewNs { get; }

    /// <summary>Puts of new pages into a full one.</summary>
    public double[] PutEvictNs { get; }

    /// <summary>An eviction: by how much a put that evicts takes longer than one that does not.</summary>
    public double EvictNs { get; }

    /// <summary>A change of a counter that two processors change all the time.</summary>
    public double LineNs { get; }

    /// <summary>By how much a hold of a lock is longer when another thread waits for it.</summary>
    public double HandoverNs { get; }

    private static double[] Sample(int count, Action<int> work)
    {
        var ns = new double[count];
        for (int i = 0; i < count; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            work(i);
            ns[i] = Paired.Ns(begin, Stopwatch.GetTimestamp());
        }

        return ns;
    }

    private static double HashNs()
    {
        var hash = new KeyHash(1);
        ulong sum = 0;
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < LineChanges; i++)
        {
            sum ^= hash.OfObject(1, (ulong)i ^ (sum & 1));
        }

        double ns = Paired.Ns(begin, Stopwatch.GetTimestamp()) / LineChanges;
        GC.KeepAlive(sum);
        return ns;
    }

    /// <summary>Two threads that change one counter.</summary>
    private static double SharedLineNs()
    {
        int[] line = new int[64];
        long begin = Stopwatch.GetTimestamp();
        Crew.Run(2, _ =>
        {
            for (int i = 0; i < LineChanges; i++)
            {
                Interlocked.Increment(ref line[32]);
            }
        });
        return Paired.Ns(begin, Stopwatch.GetTimestamp()) / (2.0 * LineChanges);
    }

    /// <summary>Two threads at pages of one object, so of one shard, against one thread there.</summary>
    private static double Handover(FilledStore store)
    {
        double Time(int threads)
        {
            long begin = Stopwatch.GetTimestamp();
            Crew.Run(threads, thread =>
            {
                byte[] buffer = GC.AllocateArray<byte>(TmemPool.PageBytes, pinned: true);
                for (int i = 0; i < Operations; i++)
                {
                    store.Pool.Get(1, (uint)((thread * 7) + i) % FilledStore.PagesPerObject, buffer);
                }
            });
            return Paired.Ns(begin, Stopwatch.GetTimestamp()) / ((double)threads * Operations);
        }

        var extra = new double[9];
        for (int round = 0; round < extra.Length; round++)
        {
            extra[round] = Time(2) - Time(1);
        }

        return Math.Max(Paired.Median(extra), 0);
    }

    private double[] Singles(Func<int, int> work)
    {
        int count = Math.Min(Operations, _options.Pages / 2);

        // The runtime compiles what runs often while the first half runs.
        _ = Sample(count, Check);
        return Tidied(Sample(count, i => Check(count + i)));

        void Check(int i)
        {
            if (work(i) != 0)
            {
                throw new InvalidDataException("An operation gave a wrong answer or a wrong page.");
            }
        }
    }

    /// <summary>Without the slowest thousandth either: those are interruptions of this machine, whatever runs on it.</summary>
    private double[] Tidied(double[] ns) => [.. ns.Order().Take((int)(ns.Length * 0.999)).Select(time => Math.Max(time - _clockNs, 1))];

    private (double[] New, double[] Evict) Puts()
    {
        int pages = Math.Max(_options.Pages / 4, SmallPages);
        using var host = new TmemHost(new TmemHostOptions { CapacityBytes = (long)pages * TmemPool.PageBytes });
        EphemeralPool pool = host.CreateClient().CreateEphemeralPool();
        var page = new byte[TmemPool.PageBytes];
        int put = 0;
        void PutNext(int _)
        {
            uint key = (uint)put++ * 0x9E37_79B1;
            FilledStore.Stamp(page, (int)key);
            pool.TryPut(key / FilledStore.PagesPerObject, key % FilledStore.PagesPerObject, page);
        }

        // A round first that touches all memory; what is then flushed leaves frames that need no first touch.
        _ = Sample(pages + (pages / 8), PutNext);
        pool.Dispose();
        pool = host.CreateClient().CreateEphemeralPool();
        double[] fresh = Sample(pages * 3 / 4, PutNext);
        _ = Sample(pages / 2, PutNext);
        long evictions = host.GetStatistics().Evictions;
        double[] evicting = Sample(pages / 2, PutNext);
        evictions = host.GetStatistics().Evictions - evictions;
        return evictions >= evicting.Length
            ? (Tidied(fresh), Tidied(evicting))
            : throw new InvalidOperationException($"{evictions:N0} of {evicting.Length:N0} puts evicted.");
    }
}
