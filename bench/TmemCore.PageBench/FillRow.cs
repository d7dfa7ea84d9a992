namespace TmemCore.PageBench;

/// <summary>Filling a new host, beside the bare copy of as many pages into another whose memory nobody has touched either.</summary>
internal static class FillRow
{
    public const string Name = "fill";

    /// <summary>Each round takes and gives back the memory of two hosts.</summary>
    private const int MostRounds = 7;

    public static void Run(BenchOptions options, Report report)
    {
        if (!options.Wants(Name))
        {
            return;
        }

        int rounds = Math.Min(options.Rounds, MostRounds);
        var times = new double[rounds];
        var ratios = new double[rounds];
        var buffer = new byte[TmemPool.PageBytes];
        int[] order = [.. Enumerable.Range(0, options.Pages)];
        for (int round = -1; round < rounds; round++)
        {
            double copyNs = CopyNs(options.Pages, buffer);
            double fillNs = FillNs(order, buffer);
            if (round >= 0)
            {
                times[round] = fillNs;
                ratios[round] = fillNs / copyNs;
            }
        }

        report.Add(new Row(
            Name, Paired.Median(times), Paired.Median(ratios), null, null, null, null, AtLeast: false,
            "a new host, first touch of its memory included"));
    }

    private static double CopyNs(int pages, byte[] buffer)
    {
        using TmemHost host = FilledStore.NewHost(pages);
        return Paired.Time(
            (from, count) =>
            {
                for (int page = from; page < from + count; page++)
                {
                    FilledStore.Stamp(buffer, page);
                    buffer.CopyTo(host.Store.Frame((uint)page));
                }

                return 0;
            },
            0,
            pages);
    }

    private static double FillNs(int[] order, byte[] buffer)
    {
        using TmemHost host = FilledStore.NewHost(order.Length);
        using TmemClient client = host.CreateClient();
        using PersistentPool pool = client.CreatePersistentPool();
        double ns = Paired.Time((from, count) => FilledStore.Put(pool, order, from, count, buffer), 0, order.Length);
        foreach (int page in order)
        {
            if (pool.Get(FilledStore.ObjectOf(page), FilledStore.IndexOf(page), buffer) != GetResult.Hit || !FilledStore.Carries(buffer, page))
            {
                throw new InvalidDataException($"Page {page} is not what was put.");
            }
        }

        return ns;
    }
}
