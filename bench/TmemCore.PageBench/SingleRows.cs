namespace TmemCore.PageBench;

/// <summary>Single operations on pages in random order.</summary>
internal static class SingleRows
{
    private const ulong NoSuchObject = 1UL << 40;

    public static void Run(BenchOptions options, FilledStore store, Report report)
    {
        int[] order = store.Order;
        byte[] buffer = store.Buffer;
        int CopyOut(int from, int count) => store.CopyOut(order, from, count, buffer);
        int CopyIn(int from, int count) => store.CopyIn(order, from, count, buffer);

        Add("get", 1.40, "persistent, random", CopyOut, (from, count) => store.Get(order, from, count, buffer));
        Add("put over", 0.95, "over existing, random", CopyIn, (from, count) => store.Put(order, from, count, buffer));
        Add("miss", 0.12, "object there, page not", CopyOut, (from, count) => Miss(store, from, count, 0, FilledStore.PagesPerObject));
        Add("miss object", 0.12, "object not there", CopyOut, (from, count) => Miss(store, from, count, NoSuchObject, 0));

        void Add(string name, double must, string note, Paired.Work copy, Paired.Work operation)
        {
            if (options.Wants(name))
            {
                report.Add(Paired.Run(options, name, must, note, order.Length, copy, operation));
            }
        }
    }

    private static int Miss(FilledStore store, int from, int count, ulong objectOffset, uint indexOffset)
    {
        int wrong = 0;
        for (int i = from; i < from + count; i++)
        {
            int page = store.Order[i];
            var id = new ObjectId(FilledStore.ObjectOf(page).Word0 + objectOffset);
            wrong += store.Pool.Get(id, FilledStore.IndexOf(page) + indexOffset, store.Buffer) == GetResult.Miss ? 0 : 1;
        }

        return wrong;
    }
}
