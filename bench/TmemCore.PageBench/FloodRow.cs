using System.Diagnostics;
using System.Globalization;

namespace TmemCore.PageBench;

/// <summary>
/// Fairness: gets and puts of one client while another puts new pages as fast as it can from a second thread, each at the cost
/// of the oldest, against the same gets and puts while nobody does. A flood of another host, which shares the machine with them
/// and nothing else, tells what of that is the machine's.
/// </summary>
internal static class FloodRow
{
    private const string Name = "flood";
    private const double Must = 2;

    public static void Run(BenchOptions options, Report report)
    {
        if (!options.Wants(Name))
        {
            return;
        }

        int pages = options.Pages / 4;
        using var host = new TmemHost(new TmemHostOptions { CapacityBytes = (long)pages * 2 * TmemPool.PageBytes });
        using TmemClient victim = host.CreateClient();
        using PersistentPool pool = victim.CreatePersistentPool();
        var buffer = new byte[TmemPool.PageBytes];
        for (int page = 0; page < pages; page++)
        {
            Require(Put(pool, page, buffer));
        }

        using var flood = new Flood(host.CreateClient().CreateEphemeralPool(), pages);
        using var otherHost = new TmemHost(new TmemHostOptions { CapacityBytes = (long)pages * TmemPool.PageBytes });
        using var otherFlood = new Flood(otherHost.CreateClient().CreateEphemeralPool(), pages);
        int[] order = [.. Enumerable.Range(0, pages)];
        new Random(5).Shuffle(order);
        report.Add(Measure(options, pool, flood, otherFlood, order, buffer));
        if (host.GetStatistics().Evictions == 0)
        {
            throw new InvalidOperationException("The flood never filled the host.");
        }
    }

    private static Row Measure(BenchOptions options, PersistentPool pool, Flood flood, Flood otherFlood, int[] order, byte[] buffer)
    {
        int stretch = Math.Min(Paired.StretchOperations, order.Length / 2);
        var ratios = new double[options.Rounds];
        double[][] flooded = new double[options.Rounds][];
        var otherRatios = new double[options.Rounds];
        int at = 0;
        for (int round = -1; round < options.Rounds; round++)
        {
            double[] alone = Next();
            flood.Begin();
            double[] beside = Next();
            flood.End();
            otherFlood.Begin();
            double[] besideOther = Next();
            otherFlood.End();
            if (round >= 0)
            {
                ratios[round] = Paired.At(beside, 0.99) / Paired.At(alone, 0.99);
                otherRatios[round] = Paired.At(besideOther, 0.99) / Paired.At(alone, 0.99);
                flooded[round] = beside;
            }
        }

        double[] Next() => Singles(pool, order, Paired.Next(ref at, stretch, order.Length), stretch, buffer);
        double Share(double share) => Paired.Median([.. flooded.Select(ns => Paired.At(ns, share))]);
        return new Row(
            Name,
            Paired.Median([.. flooded.Select(ns => ns.Average())]),
            Paired.Median(ratios),
            Share(0.5),
            Share(0.99),
            Share(0.999),
            Must,
            AtLeast: false,
            string.Create(
                CultureInfo.InvariantCulture,
                $"p99 of a client beside a flood, relative to without; beside one of another host {Paired.Median(otherRatios):0.00}"));
    }

    /// <summary>Nanoseconds of gets and puts in turns, sorted.</summary>
    private static double[] Singles(PersistentPool pool, int[] order, int from, int count, byte[] buffer)
    {
        var ns = new double[count];
        for (int i = 0; i < count; i++)
        {
            int page = order[from + i];
            long begin = Stopwatch.GetTimestamp();
            bool isRight = i % 2 == 0 ? Get(pool, page, buffer) : Put(pool, page, buffer);
            ns[i] = Paired.Ns(begin, Stopwatch.GetTimestamp());
            Require(isRight);
        }

        Array.Sort(ns);
        return ns;
    }

    private static bool Get(PersistentPool pool, int page, byte[] buffer) =>
        pool.Get(FilledStore.ObjectOf(page), FilledStore.IndexOf(page), buffer) == GetResult.Hit && FilledStore.Carries(buffer, page);

    private static bool Put(PersistentPool pool, int page, byte[] buffer)
    {
        FilledStore.Stamp(buffer, page);
        return pool.Put(FilledStore.ObjectOf(page), FilledStore.IndexOf(page), buffer) == PutResult.Stored;
    }

    private static void Require(bool isRight)
    {
        if (!isRight)
        {
            throw new InvalidDataException("An operation gave a wrong answer or a wrong page.");
        }
    }

    /// <summary>A thread that puts page after page while it is told to, and sleeps otherwise.</summary>
    private sealed class Flood : IDisposable
    {
        private readonly EphemeralPool _pool;
        private readonly ManualResetEventSlim _isWanted = new();
        private readonly ManualResetEventSlim _isIdle = new(initialState: true);
        private readonly Thread _thread;
        private readonly byte[] _page = new byte[TmemPool.PageBytes];
        private volatile bool _isOver;
        private long _put;

        /// <summary>Fills the host first: from then on every put evicts.</summary>
        public Flood(EphemeralPool pool, int pages)
        {
            _pool = pool;
            for (int i = 0; i < pages + (pages / 4); i++)
            {
                PutNext();
            }

            _thread = new Thread(Run) { IsBackground = true };
            _thread.Start();
        }

        public void Begin()
        {
            long before = Volatile.Read(ref _put);
            _isIdle.Reset();
            _isWanted.Set();
            SpinWait.SpinUntil(() => Volatile.Read(ref _put) > before);
        }

        public void End()
        {
            _isWanted.Reset();
            _isIdle.Wait();
        }

        public void Dispose()
        {
            _isOver = true;
            _isWanted.Set();
            _thread.Join();
            _isWanted.Dispose();
            _isIdle.Dispose();
        }

        private void Run()
        {
            while (true)
            {
                _isWanted.Wait();
                if (_isOver)
                {
                    return;
                }

                while (_isWanted.IsSet && !_isOver)
                {
                    PutNext();
                }

                _isIdle.Set();
            }
        }

        private void PutNext()
        {
            long number = _put;
            FilledStore.Stamp(_page, (int)number);
            _pool.TryPut((ulong)number / FilledStore.PagesPerObject, (uint)(number % FilledStore.PagesPerObject), _page);
            Volatile.Write(ref _put, number + 1);
        }
    }
}
