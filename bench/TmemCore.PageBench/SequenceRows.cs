namespace TmemCore.PageBench;

/// <summary>Operations on neighbouring pages, the copy likewise.</summary>
internal static class SequenceRows
{
    private const int SwapObjects = 16;

    public static void Run(BenchOptions options, FilledStore store, Report report)
    {
        int[] sequence = [.. Enumerable.Range(0, store.Pages)];
        byte[] buffer = store.Buffer;
        if (options.Wants("get sequence"))
        {
            report.Add(Paired.Run(
                options, "get sequence", 1.50, "consecutive indexes", sequence.Length,
                (from, count) => store.CopyOut(sequence, from, count, buffer),
                (from, count) => store.Get(sequence, from, count, buffer)));
        }

        if (options.Wants("put sequence"))
        {
            report.Add(Paired.Run(
                options, "put sequence", 1.50, "consecutive indexes, over existing", sequence.Length,
                (from, count) => store.CopyIn(sequence, from, count, buffer),
                (from, count) => store.Put(sequence, from, count, buffer)));
        }

        if (options.Wants("swap sequence"))
        {
            RunSwap(options, report);
        }
    }

    /// <summary>Linux's swap guest: neighbouring offsets lie in 16 objects in turn, at index offset / 16.</summary>
    private static void RunSwap(BenchOptions options, Report report)
    {
        int pages = options.Pages / 4;
        long dataBytes = (long)pages * TmemPool.PageBytes;
        using var host = new TmemHost(new TmemHostOptions { CapacityBytes = dataBytes + (dataBytes / 16) + (64 << 20) });
        using TmemClient client = host.CreateClient();
        using PersistentPool pool = client.CreatePersistentPool();
        var buffer = new byte[TmemPool.PageBytes];
        for (int page = 0; page < pages; page++)
        {
            FilledStore.Stamp(buffer, page);
            if (pool.Put(ObjectOf(page), IndexOf(page), buffer) != PutResult.Stored)
            {
                throw new InvalidOperationException($"The host took {page} of {pages} pages.");
            }
        }

        report.Add(Paired.Run(
            options, "swap sequence", null, "get; consecutive offsets over 16 objects", pages,
            (from, count) => CopyAll(host, from, count, buffer),
            (from, count) => GetAll(pool, from, count, buffer)));
    }

    private static ObjectId ObjectOf(int page) => (ulong)page % SwapObjects;

    private static uint IndexOf(int page) => (uint)page / SwapObjects;

    private static int CopyAll(TmemHost host, int from, int count, byte[] buffer)
    {
        // Frames in their own order: what a store that keeps neighbours together could reach.
        for (int i = from; i < from + count; i++)
        {
            host.Store.Frame((uint)i).CopyTo(buffer);
        }

        return 0;
    }

    private static int GetAll(PersistentPool pool, int from, int count, byte[] buffer)
    {
        int wrong = 0;
        for (int page = from; page < from + count; page++)
        {
            GetResult result = pool.Get(ObjectOf(page), IndexOf(page), buffer);
            wrong += result == GetResult.Hit && FilledStore.Carries(buffer, page) ? 0 : 1;
        }

        return wrong;
    }
}
