using System.Diagnostics;
using System.Globalization;

namespace TmemCore.PageBench;

/// <summary>
/// Fairness: gets and puts of one client while another does its worst from a second thread, against the same gets and puts while nobody does.
/// The same done to another host, which shares the machine with them and nothing else, tells what of that is the machine's.
/// </summary>
internal static class HostileRows
{
    private const string Flood = "flood";
    private const double Must = 2;

    /// <summary>What a hostile client does; those with a step that fills begin on a full host.</summary>
    private static readonly (string Name, string Note, Func<TmemClient, Action<long>> Begin)[] s_attacks =
    [
        (Flood, "a flood of new pages", static client =>
        {
            EphemeralPool pool = client.CreateEphemeralPool();
            var page = new byte[TmemPool.PageBytes];
            return number => Put(pool, number, page);
        }),
        ("hostile noise", "new pages that a codec tries in vain", static client =>
        {
            client.SetCompression(PageCompression.Lz4);
            EphemeralPool pool = client.CreateEphemeralPool();
            var page = new byte[TmemPool.PageBytes];
            new Random(3).NextBytes(page);
            return number => Put(pool, number, page);
        }),
        ("hostile objects", "new objects of a page, in one-word pages", static client =>
        {
            client.SetCompression(PageCompression.SameFilled);
            EphemeralPool pool = client.CreateEphemeralPool();
            var page = new byte[TmemPool.PageBytes];
            return number => pool.TryPut((ulong)number, 0, page);
        }),
        ("hostile pools", "pools made, filled with an object of 1,024 pages and destroyed", static client =>
        {
            EphemeralPool pool = client.CreateEphemeralPool();
            var page = new byte[TmemPool.PageBytes];
            return number =>
            {
                pool.TryPut(1, (uint)(number % 1024), page);
                if (number % 1024 == 1023)
                {
                    pool.Dispose();
                    pool = client.CreateEphemeralPool();
                }
            };
        }),
        ("hostile statistics", "its own statistics, asked for without end", static client =>
        {
            EphemeralPool pool = client.CreateEphemeralPool();
            var page = new byte[TmemPool.PageBytes];
            Put(pool, 0, page);
            return _ => client.GetStatistics();
        }),
    ];

    public static void Run(BenchOptions options, Report report)
    {
        foreach ((string name, string note, Func<TmemClient, Action<long>> begin) in s_attacks)
        {
            if (options.Wants(name) && (name == Flood || !options.IsQuick))
            {
                report.Add(Measure(options, name, note, begin));
            }
        }
    }

    private static Row Measure(BenchOptions options, string name, string note, Func<TmemClient, Action<long>> begin)
    {
        int pages = options.Pages / 4;
        using var host = new TmemHost(new TmemHostOptions { CapacityBytes = (long)pages * 2 * TmemPool.PageBytes });
        using TmemClient victim = host.CreateClient();
        using PersistentPool pool = victim.CreatePersistentPool();
        var buffer = new byte[TmemPool.PageBytes];
        for (int page = 0; page < pages; page++)
        {
            Require(Put(pool, page, buffer));
        }

        using var hostile = new Intruder(begin(host.CreateClient()), pages);
        using var otherHost = new TmemHost(new TmemHostOptions { CapacityBytes = (long)pages * TmemPool.PageBytes });
        using var elsewhere = new Intruder(begin(otherHost.CreateClient()), pages);
        int[] order = [.. Enumerable.Range(0, pages)];
        new Random(5).Shuffle(order);
        Row row = Measure(options, name, note, pool, hostile, elsewhere, order, buffer);
        if (name == Flood && host.GetStatistics().Evictions == 0)
        {
            throw new InvalidOperationException("The flood never filled the host.");
        }

        return row;
    }

    private static Row Measure(
        BenchOptions options, string name, string note, PersistentPool pool, Intruder hostile, Intruder elsewhere, int[] order, byte[] buffer)
    {
        int stretch = Math.Min(Paired.StretchOperations, order.Length / 2);
        var ratios = new double[options.Rounds];
        double[][] flooded = new double[options.Rounds][];
        var otherRatios = new double[options.Rounds];
        int at = 0;
        for (int round = -1; round < options.Rounds; round++)
        {
            double[] alone = Next();
            hostile.Begin();
            double[] beside = Next();
            hostile.End();
            elsewhere.Begin();
            double[] besideOther = Next();
            elsewhere.End();
            if (round >= 0)
            {
                ratios[round] = Paired.At(beside, 0.99) / Paired.At(alone, 0.99);
                otherRatios[round] = Paired.At(besideOther, 0.99) / Paired.At(alone, 0.99);
                flooded[round] = beside;
            }
        }

        double[] Next() => Singles(pool, order, Paired.Next(ref at, stretch, order.Length), stretch, buffer);
        return Paired.RowOf(
            name,
            flooded,
            ratios,
            Must,
            string.Create(
                CultureInfo.InvariantCulture,
                $"p99 of a client beside {note}, relative to without; beside the same on another host {Paired.Median(otherRatios):0.00}"));
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

    private static void Put(EphemeralPool pool, long number, byte[] page)
    {
        FilledStore.Stamp(page, (int)number);
        pool.TryPut((ulong)number / FilledStore.PagesPerObject, (uint)(number % FilledStore.PagesPerObject), page);
    }

    /// <summary>A thread that takes step after step while it is told to, and sleeps otherwise.</summary>
    private sealed class Intruder : IDisposable
    {
        private readonly Action<long> _step;
        private readonly ManualResetEventSlim _isWanted = new();
        private readonly ManualResetEventSlim _isIdle = new(initialState: true);
        private readonly Thread _thread;
        private volatile bool _isOver;
        private long _steps;

        /// <summary>Takes as many steps as fill the host first: from then on every put evicts.</summary>
        public Intruder(Action<long> step, int pages)
        {
            _step = step;
            for (int i = 0; i < pages + (pages / 4); i++)
            {
                Next();
            }

            _thread = new Thread(Run) { IsBackground = true };
            _thread.Start();
        }

        public void Begin()
        {
            long before = Volatile.Read(ref _steps);
            _isIdle.Reset();
            _isWanted.Set();
            SpinWait.SpinUntil(() => Volatile.Read(ref _steps) > before);
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
                    Next();
                }

                _isIdle.Set();
            }
        }

        private void Next()
        {
            long number = _steps;
            _step(number);
            Volatile.Write(ref _steps, number + 1);
        }
    }
}
