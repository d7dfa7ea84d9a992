using System.Diagnostics;

namespace TmemCore.PageBench;

/// <summary>The slowest of single operations while all threads work on different objects, against the slowest bare copies likewise.</summary>
internal static class TailRows
{
    public const string GetName = "p999 threads get";
    public const string PutName = "p999 threads put";

    private const double Must = 2;
    private const int Operations = Paired.StretchOperations * 2;

    private delegate int Work(int[] order, int from, int count, byte[] buffer);

    public static void Run(BenchOptions options, FilledStore store, Report report)
    {
        if (options.Wants(GetName))
        {
            report.Add(Tail(options, store, GetName, store.CopyOut, store.Get));
        }

        if (options.Wants(PutName))
        {
            report.Add(Tail(options, store, PutName, store.CopyIn, store.Put));
        }
    }

    private static Row Tail(BenchOptions options, FilledStore store, string name, Work copy, Work operation)
    {
        var ratios = new double[options.Rounds];
        double[][] rounds = new double[options.Rounds][];
        Steady.Reach(() =>
        {
            Singles(store, copy, options.Threads);
            Singles(store, operation, options.Threads);
        });
        for (int round = 0; round < options.Rounds; round++)
        {
            double[] copies = Singles(store, copy, options.Threads);
            rounds[round] = Singles(store, operation, options.Threads);
            ratios[round] = Paired.At(rounds[round], 0.999) / Paired.At(copies, 0.999);
        }

        return Paired.RowOf(
            name,
            rounds,
            ratios,
            Must,
            $"p99.9 of {options.Threads} threads, relative to the copy's");
    }

    /// <summary>Nanoseconds of each operation of all threads, sorted; each thread works on a part of its own.</summary>
    private static double[] Singles(FilledStore store, Work work, int threads)
    {
        int part = store.Pages / threads;
        int count = Math.Min(part, Operations);
        var ns = new double[threads * count];
        Crew.Run(threads, thread =>
        {
            byte[] buffer = GC.AllocateArray<byte>(TmemPool.PageBytes, pinned: true);
            int from = (thread * part) + Random.Shared.Next(part - count + 1);
            int wrong = 0;
            for (int i = 0; i < count; i++)
            {
                long begin = Stopwatch.GetTimestamp();
                wrong += work(store.Order, from + i, 1, buffer);
                ns[(thread * count) + i] = Paired.Ns(begin, Stopwatch.GetTimestamp());
            }

            if (wrong != 0)
            {
                throw new InvalidDataException($"{wrong} of {count} operations gave a wrong answer or a wrong page.");
            }
        });
        Array.Sort(ns);
        return ns;
    }
}
