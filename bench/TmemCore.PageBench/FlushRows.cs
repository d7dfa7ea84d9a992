namespace TmemCore.PageBench;

/// <summary>Flushes; what was flushed is put back between the runs.</summary>
internal static class FlushRows
{
    public static void Run(BenchOptions options, FilledStore store, Report report)
    {
        int[] order = store.Order;
        if (options.Wants("flush page"))
        {
            report.Add(Paired.Run(
                options, "flush page", 0.25, "random", order.Length,
                (from, count) => store.CopyOut(order, from, count, store.Buffer),
                (from, count) => FlushPages(store, from, count),
                (from, count) => store.PutBack(order, from, count)));
        }

        if (options.Wants("flush object"))
        {
            RunObjects(options, store, report);
        }
    }

    private static void RunObjects(BenchOptions options, FilledStore store, Report report)
    {
        int objects = store.Pages / FilledStore.PagesPerObject;
        int[] order = [.. Enumerable.Range(0, objects)];
        new Random(2).Shuffle(order);
        int[] pages = [.. order.SelectMany(o => Enumerable.Range(o * FilledStore.PagesPerObject, FilledStore.PagesPerObject))];
        Row row = Paired.Run(
            options, "flush object", 0.12, "64 pages each, figures per page", objects,
            (from, count) => store.CopyOut(
                store.Order, from * FilledStore.PagesPerObject, count * FilledStore.PagesPerObject, store.Buffer),
            (from, count) => FlushObjects(store, order, from, count),
            (from, count) => store.PutBack(pages, from * FilledStore.PagesPerObject, count * FilledStore.PagesPerObject),
            Paired.StretchOperations / FilledStore.PagesPerObject);
        double perPage = 1.0 / FilledStore.PagesPerObject;
        report.Add(row with { Ns = row.Ns * perPage, P50 = row.P50 * perPage, P99 = row.P99 * perPage, P999 = row.P999 * perPage });
    }

    private static int FlushPages(FilledStore store, int from, int count)
    {
        int wrong = 0;
        for (int i = from; i < from + count; i++)
        {
            int page = store.Order[i];
            wrong += store.Pool.FlushPage(FilledStore.ObjectOf(page), FilledStore.IndexOf(page)) == FlushResult.Done ? 0 : 1;
        }

        return wrong;
    }

    private static int FlushObjects(FilledStore store, int[] order, int from, int count)
    {
        int wrong = 0;
        for (int i = from; i < from + count; i++)
        {
            wrong += store.Pool.FlushObject((ulong)order[i]) == FlushResult.Done ? 0 : 1;
        }

        return wrong;
    }
}
