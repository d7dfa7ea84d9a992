using System.Diagnostics;

namespace TmemCore.PageBench;

/// <summary>Several threads on different objects, against what the bare copy gains by as many.</summary>
internal static class ThreadRows
{
    public static void Run(BenchOptions options, FilledStore store, Report report)
    {
        if (options.Wants("get threads"))
        {
            report.Add(Scaling(options, store, "get threads", "speed-up, relative to the copy's", store.CopyOut, store.Get));
        }

        if (options.Wants("put threads"))
        {
            report.Add(Scaling(options, store, "put threads", "speed-up, relative to the copy's", store.CopyIn, store.Put));
        }
    }

    private delegate int Work(int[] order, int from, int count, byte[] buffer);

    private static Row Scaling(BenchOptions options, FilledStore store, string name, string note, Work copy, Work operation)
    {
        var ratios = new double[options.Rounds];
        var times = new double[options.Rounds];
        Steady.Reach(() =>
        {
            Time(store, copy, options.Threads);
            Time(store, operation, options.Threads);
        });
        for (int round = 0; round < options.Rounds; round++)
        {
            double copyGain = Time(store, copy, 1) / Time(store, copy, options.Threads);
            times[round] = Time(store, operation, options.Threads);
            ratios[round] = Time(store, operation, 1) / times[round] / copyGain;
        }

        return new Row(name, Paired.Median(times), Paired.Median(ratios), null, null, null, 0.95, AtLeast: true, $"{options.Threads} threads; {note}");
    }

    /// <summary>Nanoseconds per operation of all threads together; each works on a part of its own.</summary>
    private static double Time(FilledStore store, Work work, int threads)
    {
        int part = store.Pages / threads;
        int count = Math.Min(part, Paired.StretchOperations * 2);
        using var begin = new Barrier(threads + 1);
        long first = long.MaxValue;
        long last = 0;
        var gate = new Lock();
        var running = new Thread[threads];
        for (int t = 0; t < threads; t++)
        {
            int from = (t * part) + Random.Shared.Next(part - count + 1);
            running[t] = new Thread(() =>
            {
                byte[] buffer = GC.AllocateArray<byte>(TmemPool.PageBytes, pinned: true);
                begin.SignalAndWait();
                long start = Stopwatch.GetTimestamp();
                int wrong = work(store.Order, from, count, buffer);
                long end = Stopwatch.GetTimestamp();
                lock (gate)
                {
                    first = Math.Min(first, start);
                    last = Math.Max(last, wrong == 0 ? end : long.MaxValue);
                }
            });
            running[t].Start();
        }

        begin.SignalAndWait();
        foreach (Thread thread in running)
        {
            thread.Join();
        }

        return last == long.MaxValue
            ? throw new InvalidDataException("An operation of a thread gave a wrong answer or a wrong page.")
            : Stopwatch.GetElapsedTime(first, last).TotalNanoseconds / ((double)count * threads);
    }
}
