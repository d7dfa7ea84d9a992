namespace TmemCore.PageBench;

/// <summary>Pages that the engine packs, against liblz4 alone; pages that cannot be packed, against a pool that does not try; and what slots take.</summary>
internal static class PackedRows
{
    /// <summary>As many as the rows of the codec have.</summary>
    private const int Pages = 1 << 15;

    /// <summary>As many as the mixed recipe of `corpus.sh` has: the fewer there are, the more the one span of each size weighs that is half filled.</summary>
    private const int SlotPages = 53_000;

    private const string PutName = "put packed";
    private const string GetName = "get packed";
    private const string PoorName = "put poor";
    private const string FreshName = "slots fresh";
    private const string ChurnedName = "slots churned";

    public static void Run(BenchOptions options, Report report)
    {
        if (options.Wants(PutName) || options.Wants(GetName))
        {
            RunCodec(options, report);
        }

        if (options.Wants(PoorName))
        {
            RunPoor(options, report);
        }

        if (options.Wants(FreshName) || options.Wants(ChurnedName))
        {
            RunSlots(report);
        }
    }

    private static TmemHost HostFor(int pages) => new(new TmemHostOptions
    {
        CapacityBytes = ((long)pages * (TmemPool.PageBytes + 128)) + (64 << 20),
    });

    private static void RunCodec(BenchOptions options, Report report)
    {
        if (!CodecCorpus.HasYardstick)
        {
            report.Say($"The rows of packed pages are left out: there is no {Native.Lz4}. Debian's package liblz4-1 has it.");
            return;
        }

        var corpus = new CodecCorpus(Pages);
        using TmemHost host = HostFor(2 * Pages);
        using TmemClient client = host.CreateClient();
        using PersistentPool whole = client.CreatePersistentPool();
        using PersistentPool packed = client.CreatePersistentPool();
        packed.TrySetCompression(PageCompression.Lz4);
        if (corpus.PutAll(whole) + corpus.PutAll(packed) != 0)
        {
            throw new InvalidOperationException($"The host did not take twice {Pages} pages.");
        }

        if (options.Wants(PutName))
        {
            report.Add(Paired.Run(
                options, PutName, 1.40, "over existing; liblz4's compression and a put of the whole page", corpus.Pages,
                (from, count) => corpus.CompressYardstick(from, count) + corpus.Put(whole, from, count),
                (from, count) => corpus.Put(packed, from, count)));
        }

        if (options.Wants(GetName))
        {
            report.Add(Paired.Run(
                options, GetName, 1.20, "liblz4's decompression of the same pages", corpus.Blocks,
                corpus.DecompressYardstick,
                (from, count) => corpus.Get(packed, from, count)));
        }
    }

    /// <summary>Random pages, to a pool that packs and to one that does not, after the first 64.</summary>
    private static void RunPoor(BenchOptions options, Report report)
    {
        const int Objects = 64;
        var pages = new byte[256 * TmemPool.PageBytes];
        new Random(4).NextBytes(pages);
        using TmemHost host = HostFor(2 * Pages);
        using TmemClient client = host.CreateClient();
        using PersistentPool whole = client.CreatePersistentPool();
        using PersistentPool packed = client.CreatePersistentPool();
        packed.TrySetCompression(PageCompression.Lz4);
        int[] order = [.. Enumerable.Range(0, Pages)];
        new Random(5).Shuffle(order);
        Put(whole, 0, Pages);
        Put(packed, 0, Pages);
        report.Add(Paired.Run(
            options, PoorName, 1.05, "random pages; the same put without compression", Pages,
            (from, count) => Put(whole, from, count),
            (from, count) => Put(packed, from, count)));

        int Put(PersistentPool pool, int from, int count)
        {
            int wrong = 0;
            for (int i = from; i < from + count; i++)
            {
                int page = order[i];
                ReadOnlySpan<byte> bytes = pages.AsSpan(page % 256 * TmemPool.PageBytes, TmemPool.PageBytes);
                wrong += pool.Put((ulong)(page / Objects), (uint)(page % Objects), bytes) == PutResult.Stored ? 0 : 1;
            }

            return wrong;
        }
    }

    /// <summary>Frames that spans hold over the bytes that are kept in them, after compaction; then again after four times as many puts and flushes as pages.</summary>
    private static void RunSlots(Report report)
    {
        PageCorpus corpus = PageCorpus.Make(SlotPages, seed: 1);
        foreach (PageCompression compression in new[] { PageCompression.Lz4, PageCompression.Zstandard })
        {
            using TmemHost host = HostFor(SlotPages);
            using TmemClient client = host.CreateClient();
            using PersistentPool pool = client.CreatePersistentPool();
            pool.TrySetCompression(compression);
            for (int page = 0; page < SlotPages; page++)
            {
                Put(pool, page, corpus[page]);
            }

            string name = compression == PageCompression.Lz4 ? "lz4" : "zstd";
            report.Add(RowOf(host, $"{FreshName} {name}", 1.04));
            var random = new Random(6);
            for (int i = 0; i < 4 * SlotPages; i++)
            {
                int place = random.Next(SlotPages);
                if (random.Next(3) == 0)
                {
                    pool.FlushPage((ulong)(place / 64), (uint)(place % 64));
                }
                else
                {
                    Put(pool, place, corpus[random.Next(SlotPages)]);
                }
            }

            report.Add(RowOf(host, $"{ChurnedName} {name}", 1.05));
        }
    }

    private static void Put(PersistentPool pool, int place, ReadOnlySpan<byte> page)
    {
        PutResult result = pool.Put((ulong)(place / 64), (uint)(place % 64), page);
        if (result != PutResult.Stored)
        {
            throw new InvalidOperationException($"Page {place} was not stored: {result}.");
        }
    }

    private static Row RowOf(TmemHost host, string name, double must)
    {
        host.Store.CompactAll();
        Statistics.HostStatistics statistics = host.GetStatistics();
        double ratio = (double)statistics.PackedFrames * TmemPool.PageBytes / statistics.PackedBytes;
        return new Row(name, null, ratio, null, null, null, must, AtLeast: false, $"bytes of slots for each of {statistics.PackedPages:N0} pages' bytes");
    }
}
