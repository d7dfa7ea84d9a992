using TmemCore;
using TmemCore.Abi;
using TmemCore.AotSmoke;

// A round trip for publishing as native code: pools by their types, and the same store through the bytes of the ABI.
using var host = new TmemHost(new() { CapacityBytes = 8L << 20 });
using TmemClient client = host.CreateClient(new() { Name = "smoke", PersistentAllowanceBytes = 4L << 20 });

byte[] page = new byte[TmemPool.PageBytes];
byte[] buffer = new byte[TmemPool.PageBytes];
new Random(1).NextBytes(page);
using EphemeralPool cache = client.CreateEphemeralPool();
Check("put, ephemeral", cache.TryPut(1, 0, page), true);
Check("take", cache.Take(1, 0, buffer), GetResult.Hit);
Check("page", buffer.AsSpan().SequenceEqual(page), true);
Check("take again", cache.Take(1, 0, buffer), GetResult.Empty);

foreach (TmemAbi abi in TmemAbi.All())
{
    byte[][] frames = [page, new byte[TmemPool.PageBytes]];
    var guest = new GuestOps.Caller<LoopbackPort>(abi, new LoopbackPort(abi, new GuestHandler(client, frames)));
    int pool = (int)guest.NewPool(new() { Flags = TmemPoolFlags.Persistent });
    Check($"{abi}: put", guest.PutPage(new() { PoolId = pool, Object = 7, Index = 3, Frame = 0 }), 1L);
    Check($"{abi}: get", guest.GetPage(new() { PoolId = pool, Object = 7, Index = 3, Frame = 1 }), 1L);
    Check($"{abi}: page", frames[1].AsSpan().SequenceEqual(page), true);
    Check($"{abi}: flush", guest.FlushPage(new() { PoolId = pool, Object = 7, Index = 3 }), 1L);
    Check($"{abi}: get again", guest.GetPage(new() { PoolId = pool, Object = 7, Index = 3, Frame = 1 }), (long)GetResult.Empty);
    Check($"{abi}: destroy", guest.DestroyPool(new() { PoolId = pool }), 1L);
}

Check("verify", string.Join("; ", host.Verify()), "");
Console.WriteLine("round trip done");

static void Check<T>(string what, T actual, T expected)
{
    if (!EqualityComparer<T>.Default.Equals(actual, expected))
    {
        throw new InvalidOperationException($"{what}: expected {expected}, got {actual}.");
    }
}
