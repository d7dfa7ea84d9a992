// A swap device that trusts the store blindly.
public sealed class SwapDevice(PersistentPool pool, Stream file)
{
    private const ulong Device = 3;

    public void PageOut(uint slot, ReadOnlySpan<byte> page)
    {
        {|TMEM202:pool.Put(Device, slot, page)|};
    }

    public void PageOutMany(ReadOnlySpan<PageHandle> slots, ReadOnlySpan<byte> pages)
    {
        Span<PutResult> results = stackalloc PutResult[slots.Length];
        {|TMEM202:pool.PutMany(slots, pages, results)|};
    }

    public bool TryPageOut(uint slot, ReadOnlySpan<byte> page) => {|TMEM201:pool.Put(Device, slot, page) != 0|};

    public void CopyTo(uint slots)
    {
        byte[] page = new byte[4096];
        for (uint slot = 0; slot < slots; slot++)
        {
            {|TMEM206:pool.Get(Device, slot, page)|};
            file.Write(page);
        }
    }

    public byte FirstOf(uint slot)
    {
        Span<byte> page = stackalloc byte[4096];
        GetResult got = pool.Get(Device, slot, page);
        return got switch
        {
            GetResult.Hit => page[0],
            GetResult.Miss => {|TMEM206:page|}[1],
            _ => throw new IOException(),
        };
    }
}

public static class GuestPools
{
    public static long MakeOld(HypercallClient client) => client.NewPool(PoolUuid.Private, {|TMEM203:0x0000_0001|});

    public static void Store(HypercallClient client, GuestOps.Caller<OpPort> stubs, ulong frame)
    {
        {|TMEM202:client.Put(0, 1, 0, frame)|};
        {|TMEM202:stubs.PutPage(new PutPageOp { PoolId = 0, Object = 1, Index = 1, Frame = frame })|};
    }

    public static bool TryMake(HypercallClient client) => {|TMEM201:client.NewPool(PoolUuid.Private, HypercallClient.EphemeralPool) > 0|};
}

public static class Images
{
    public static void Drop(PersistentPool pool, Stream image) => pool.FlushPage(4, {|TMEM204:(uint)(image.Position >> 12)|});

    public static int Check(byte[] page)
    {
        TmemHost {|TMEM207:host|} = new();
        using TmemClient client = host.CreateClient();
        using EphemeralPool pool = client.CreateEphemeralPool();
        pool.TryPut(1, 0, page);
        return host.Verify().Count;
    }
}
