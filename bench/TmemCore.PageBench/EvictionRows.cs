namespace TmemCore.PageBench;

/// <summary>Puts of new pages into a full ephemeral pool: each costs the oldest page its place.</summary>
internal static class EvictionRows
{
    private const string Name = "put evict";

    public static void Run(BenchOptions options, Report report)
    {
        if (!options.Wants(Name))
        {
            return;
        }

        int pages = options.Pages;
        using var host = new TmemHost(new TmemHostOptions { CapacityBytes = (long)pages * TmemPool.PageBytes });
        using TmemClient client = host.CreateClient();
        using EphemeralPool pool = client.CreateEphemeralPool();
        var buffer = new byte[TmemPool.PageBytes];
        int put = 0;
        for (; put < pages + (pages / 8); put++)
        {
            Put(pool, put, pages, buffer);
        }

        uint[] frames = [.. Enumerable.Range(0, pages / 2).Select(frame => (uint)frame)];
        new Random(3).Shuffle(frames);
        report.Add(Paired.Run(
            options, Name, 0.90, "new pages, the oldest goes", pages / 2,
            (from, count) => CopyIn(host, frames, from, count, buffer),
            (_, count) =>
            {
                int wrong = 0;
                for (int i = 0; i < count; i++)
                {
                    wrong += Put(pool, put++, pages, buffer) ? 0 : 1;
                }

                return wrong;
            }));
    }

    /// <summary>The n-th of a long row of different pages, scattered over many objects.</summary>
    private static bool Put(EphemeralPool pool, int number, int pages, byte[] buffer)
    {
        uint mask = System.Numerics.BitOperations.RoundUpToPowerOf2((uint)pages * 4) - 1;
        uint key = ((uint)number * 0x9E37_79B1) & mask;
        FilledStore.Stamp(buffer, number);
        return pool.TryPut(key / FilledStore.PagesPerObject, key % FilledStore.PagesPerObject, buffer);
    }

    /// <summary>Frames of the store are written over: nothing is read from it any more.</summary>
    private static int CopyIn(TmemHost host, uint[] frames, int from, int count, byte[] buffer)
    {
        for (int i = from; i < from + count; i++)
        {
            FilledStore.Stamp(buffer, i);
            buffer.CopyTo(host.Store.Frame(frames[i]));
        }

        return 0;
    }
}
