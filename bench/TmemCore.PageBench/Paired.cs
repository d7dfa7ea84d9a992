using System.Diagnostics;

namespace TmemCore.PageBench;

/// <summary>Runs an operation and its yardstick in turns over fresh stretches of the same random order.</summary>
internal static class Paired
{
    /// <summary>Operations of one run: 32 MiB of pages, so that no run finds the pages of the last one in a cache.</summary>
    public const int StretchOperations = 8192;

    private const int LatencyStretches = 6;

    /// <summary>What is timed: operations <c>from</c> to <c>from + count</c> of an order; returns how many were wrong.</summary>
    public delegate int Work(int from, int count);

    /// <summary>Called between runs, not timed.</summary>
    public delegate void Restore(int from, int count);

    public static Row Run(
        BenchOptions options,
        string name,
        double? must,
        string note,
        int orderLength,
        Work copy,
        Work operation,
        Restore? restore = null,
        int stretch = StretchOperations)
    {
        stretch = Math.Min(stretch, orderLength / 2);
        var ratios = new double[options.Rounds];
        var times = new double[options.Rounds];
        int at = 0;
        Steady.Reach(() => Pair());
        for (int round = 0; round < options.Rounds; round++)
        {
            (double copyNs, double operationNs) = Pair();
            ratios[round] = operationNs / copyNs;
            times[round] = operationNs;
        }

        double[] single = Singles(operation, restore, stretch, orderLength, ref at);
        return new Row(
            name, Median(times), Median(ratios), At(single, 0.5), At(single, 0.99), At(single, 0.999), must, AtLeast: false, note);

        (double CopyNs, double OperationNs) Pair()
        {
            double copyNs = Time(copy, Next(ref at, stretch, orderLength), stretch);
            int from = Next(ref at, stretch, orderLength);
            double operationNs = Time(operation, from, stretch);
            restore?.Invoke(from, stretch);
            return (copyNs, operationNs);
        }
    }

    /// <summary>A row of single operations that were timed round by round.</summary>
    /// <param name="name">The row's name.</param>
    /// <param name="rounds">Nanoseconds of each operation, sorted, for each round.</param>
    /// <param name="ratios">What is judged, for each round.</param>
    /// <param name="must">What it must not pass.</param>
    /// <param name="note">What it is.</param>
    public static Row RowOf(string name, double[][] rounds, double[] ratios, double must, string note)
    {
        double Share(double share) => Median([.. rounds.Select(ns => At(ns, share))]);
        return new Row(
            name, Median([.. rounds.Select(ns => ns.Average())]), Median(ratios), Share(0.5), Share(0.99), Share(0.999), must, AtLeast: false, note);
    }

    public static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>Nanoseconds between two timestamps, all of them: a time span would round to hundreds.</summary>
    public static double Ns(long begin, long end) => (end - begin) * (1e9 / Stopwatch.Frequency);

    /// <summary>The value below which a share of the sorted ones lies.</summary>
    public static double At(double[] sorted, double share) => sorted[(int)(sorted.Length * share)];

    /// <summary>Where the next stretch of an order begins.</summary>
    public static int Next(ref int at, int stretch, int orderLength)
    {
        if (at + stretch > orderLength)
        {
            at = 0;
        }

        int from = at;
        at += stretch;
        return from;
    }

    /// <summary>Nanoseconds for each operation of a stretch.</summary>
    public static double Time(Work work, int from, int count)
    {
        long begin = Stopwatch.GetTimestamp();
        int wrong = work(from, count);
        double ns = Stopwatch.GetElapsedTime(begin).TotalNanoseconds / count;
        return wrong == 0 ? ns : throw new InvalidDataException($"{wrong} of {count} operations gave a wrong answer or a wrong page.");
    }

    private static double[] Singles(Work work, Restore? restore, int stretch, int orderLength, ref int at)
    {
        var ns = new double[stretch * LatencyStretches];
        for (int i = 0; i < LatencyStretches; i++)
        {
            int from = Next(ref at, stretch, orderLength);
            for (int j = 0; j < stretch; j++)
            {
                long begin = Stopwatch.GetTimestamp();
                work(from + j, 1);
                ns[(i * stretch) + j] = Ns(begin, Stopwatch.GetTimestamp());
            }

            restore?.Invoke(from, stretch);
        }

        Array.Sort(ns);
        return ns;
    }
}
