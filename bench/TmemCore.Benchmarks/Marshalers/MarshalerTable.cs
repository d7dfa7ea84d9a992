using System.Diagnostics;
using System.Globalization;

namespace TmemCore.Benchmarks.Marshalers;

/// <summary>Generated code against an overlay and against code by hand, in turns: one short run of each, and so on.</summary>
internal static class MarshalerTable
{
    private const int CallsPerRun = 40;
    private const int WarmUpRounds = 400;
    private const double MostRatio = 1.1;
    private const double MostExtraNs = 1;

    public static void Write(int rounds, TextWriter output)
    {
        WarmUp();
        for (int kind = 0; kind < Work.Names.Count; kind++)
        {
            output.WriteLine();
            output.WriteLine($"| {Work.Names[kind]} | generated, ns | overlay, ns | by hand, ns | to overlay | bytes allocated | met |");
            output.WriteLine("|---|---|---|---|---|---|---|");
            foreach (OpCase op in OpCases.All)
            {
                output.WriteLine(Row(op, kind, rounds));
            }
        }
    }

    /// <summary>All ops in turns, so that the runtime has compiled everything for good and for no op more than for another.</summary>
    private static void WarmUp()
    {
        for (int round = 0; round < WarmUpRounds; round++)
        {
            foreach (OpCase op in OpCases.All)
            {
                for (int kind = 0; kind < Work.Names.Count; kind++)
                {
                    op.Generated[kind]();
                    op.Overlay[kind]();
                    op.ByHand[kind]();
                }
            }

            if (round % 100 == 99)
            {
                Thread.Sleep(300);
            }
        }
    }

    private static string Row(OpCase op, int kind, int rounds)
    {
        Func<long>[] ways = [op.Generated[kind], op.Overlay[kind], op.ByHand[kind]];
        double[][] ns = [new double[rounds], new double[rounds], new double[rounds]];
        long allocated = 0;
        for (int round = -10; round < rounds; round++)
        {
            for (int way = 0; way < ways.Length; way++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                double time = Time(ways[way]);
                allocated += way == 0 ? GC.GetAllocatedBytesForCurrentThread() - before : 0;
                if (round >= 0)
                {
                    ns[way][round] = time;
                }
            }
        }

        double generated = Tables.Median(ns[0]), overlay = Tables.Median(ns[1]), byHand = Tables.Median(ns[2]);
        double ratio = Tables.Median(ns[0].Zip(ns[1], static (mine, theirs) => mine / theirs));
        double extra = Tables.Median(ns[0].Zip(ns[1], static (mine, theirs) => mine - theirs));
        string met = (ratio <= MostRatio || extra <= MostExtraNs) && allocated == 0 ? "yes" : "NO";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {op.Name} | {generated:0.00} | {overlay:0.00} | {byHand:0.00} | {ratio:0.00}, {extra:+0.00;-0.00} ns | {allocated} | {met} |");
    }

    private static double Time(Func<long> work)
    {
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < CallsPerRun; i++)
        {
            work();
        }

        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / (CallsPerRun * Layout.Ops);
    }
}
