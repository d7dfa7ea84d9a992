// A swap device that keeps what the store refuses, and asks before it believes.
public sealed class SwapDevice(PersistentPool pool, Stream file)
{
    private const ulong Device = 3;

    public void PageOut(uint slot, ReadOnlySpan<byte> page)
    {
        if (pool.Put(Device, slot, page) is not PutResult.Stored)
        {
            file.Position = slot * 4096L;
            file.Write(page);
        }
    }

    public void PageOutMany(ReadOnlySpan<PageHandle> slots, ReadOnlySpan<byte> pages)
    {
        Span<PutResult> results = stackalloc PutResult[slots.Length];
        if (pool.PutMany(slots, pages, results) == slots.Length)
        {
            return;
        }

        for (int i = 0; i < slots.Length; i++)
        {
            if (results[i] != PutResult.Stored)
            {
                file.Position = slots[i].Index * 4096L;
                file.Write(pages.Slice(i * 4096, 4096));
            }
        }
    }

    public void PageIn(uint slot, Span<byte> page)
    {
        switch (pool.Get(Device, slot, page))
        {
            case GetResult.Hit:
                break;
            case GetResult.Miss:
                file.Position = slot * 4096L;
                file.ReadExactly(page);
                break;
            default:
                throw new IOException("The store does not answer.");
        }
    }

    public async Task CopyToAsync(Stream target, uint slots)
    {
        byte[] page = new byte[4096];
        for (uint slot = 0; slot < slots; slot++)
        {
            if (pool.Get(Device, slot, page) != GetResult.Hit)
            {
                await file.ReadExactlyAsync(page);
            }

            await target.WriteAsync(page);
        }
    }
}

public static class GuestPools
{
    public static int Make(HypercallClient client)
    {
        long pool = client.NewPool(PoolUuid.Private, HypercallClient.PersistentPool);
        return pool >= 0 ? (int)pool : throw new IOException($"No pool: {pool}.");
    }

    public static bool TryTake(HypercallClient client, int pool, ulong frame) => client.Get(pool, 1, 0, frame) == 1;
}

public static class Images
{
    public static void Drop(PersistentPool pool, Stream image)
    {
        long page = image.Position >> 12;
        pool.FlushPage(new ObjectId(4, (ulong)page >> 32), (uint)page);
    }

    public static TmemClient Open(TmemHostOptions options)
    {
        TmemHost host = new(options);
        TmemClient client = host.CreateClient();
        return client;
    }
}
