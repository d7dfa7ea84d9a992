namespace TmemCore.PageBench;

/// <summary>Bytes: metadata for each page, and what operations leave on the garbage collector's heap.</summary>
internal static class MemoryRows
{
    public static void Run(BenchOptions options, Report report)
    {
        if (options.Wants("metadata 64"))
        {
            report.Add(Metadata(options, "metadata 64", FilledStore.PagesPerObject, 64));
        }

        if (options.Wants("metadata 1"))
        {
            report.Add(Metadata(options, "metadata 1", 1, 112));
        }

        if (options.Wants("gc bytes"))
        {
            report.Add(Allocation());
        }
    }

    private static Row Metadata(BenchOptions options, string name, int pagesPerObject, double must)
    {
        int pages = options.Pages / 2;
        long dataBytes = (long)pages * TmemPool.PageBytes;
        using var host = new TmemHost(new TmemHostOptions { CapacityBytes = dataBytes + (dataBytes / 8) + (64 << 20) });
        using TmemClient client = host.CreateClient();
        using PersistentPool pool = client.CreatePersistentPool();
        var page = new byte[TmemPool.PageBytes];
        for (int i = 0; i < pages; i++)
        {
            if (pool.Put((ulong)(i / pagesPerObject), (uint)(i % pagesPerObject), page) != PutResult.Stored)
            {
                throw new InvalidOperationException($"The host took {i} of {pages} pages.");
            }
        }

        double bytes = (double)host.Store.MetadataBytes / pages;
        return new Row(name, null, bytes, null, null, null, must, AtLeast: false, $"bytes per page, {pagesPerObject} pages an object");
    }

    private static Row Allocation()
    {
        const int Operations = 100_000;
        using var host = new TmemHost(new TmemHostOptions { CapacityBytes = 64 << 20 });
        using TmemClient client = host.CreateClient();
        using EphemeralPool pool = client.CreateEphemeralPool();
        var page = new byte[TmemPool.PageBytes];
        Churn(pool, page, Operations);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Churn(pool, page, Operations);
        double bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Operations;
        return new Row("gc bytes", null, bytes, null, null, null, 0, AtLeast: false, "bytes per put, take and flush");
    }

    private static void Churn(EphemeralPool pool, byte[] page, int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            pool.TryPut((ulong)i / 64, (uint)i % 64, page);
            pool.Take((ulong)(i - 100) / 64, (uint)(i - 100) % 64, page);
            pool.FlushPage((ulong)i / 128, (uint)i % 64);
        }
    }
}
