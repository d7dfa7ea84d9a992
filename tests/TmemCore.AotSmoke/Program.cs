using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using TmemCore;
using TmemCore.Abi;
using TmemCore.AotSmoke;
using TmemCore.Dispatch;
using TmemCore.Hypercalls;

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

using var xenHost = new TmemHost(new() { Profile = TmemProfile.Xen, CapacityBytes = 32L << 20 });
var dispatcher = new TmemDispatcher(xenHost);
foreach (AbiGeneration generation in (AbiGeneration[])[AbiGeneration.V1Hypercall, AbiGeneration.V1Sysctl46, AbiGeneration.V1Sysctl48])
{
    RoundTrip(dispatcher, page, generation);
}

await Caching();
Check("verify", string.Join("; ", host.Verify()), "");
Console.WriteLine("round trip done");

// The cache as services have it, in front of another, with options that are checked.
static async Task Caching()
{
    var collection = new ServiceCollection();
    collection.AddTmemCache("shared", static o => o.CapacityBytes = 8L << 20);
    collection.AddTmemCache(static o => o.CapacityBytes = 8L << 20).InFrontOf("shared", static o => o.LocalLifetime = TimeSpan.FromMinutes(1));
    await using ServiceProvider services = collection.BuildServiceProvider();
    IDistributedCache cache = services.GetRequiredService<IDistributedCache>();
    byte[] value = new byte[10_000];
    new Random(2).NextBytes(value);
    await cache.SetAsync("key", value, new() { SlidingExpiration = TimeSpan.FromMinutes(1) });
    Check("cached", (await cache.GetAsync("key")).AsSpan().SequenceEqual(value), true);
    Check("shared", services.GetRequiredKeyedService<IDistributedCache>("shared").Get("key").AsSpan().SequenceEqual(value), true);
    await cache.RemoveAsync("key");
    Check("removed", cache.Get("key") is null, true);
}

// Hypercalls in and out: a guest and its toolstack, whose control takes each of its forms, and a trace of them.
static void RoundTrip(TmemDispatcher dispatcher, byte[] page, AbiGeneration generation)
{
    ushort id = (ushort)(1 + generation);
    var memory = new GuestMemory();
    byte[] frames = new byte[2 * TmemPool.PageBytes];
    page.CopyTo(frames, 0);
    using GuestRegistration registration = memory.Register(0x100, frames, GuestAccess.ReadWrite);
    using var trace = new StringWriter();
    using var recorder = new TraceRecorder(trace);
    var guest = new HypercallClient(new RecordingPort(new InProcessPort(dispatcher, id, memory), recorder, id, memory));
    var toolstack = new InProcessPort(dispatcher, 0, memory, new() { Generation = generation, IsPrivileged = true });
    int pool = (int)guest.NewPool(default, HypercallClient.PersistentPool);
    Check($"{generation}: hypercall put", guest.Put(pool, 7, 3, 0x100), 1L);
    Check($"{generation}: hypercall get", guest.Get(pool, 7, 3, 0x101), 1L);
    Check($"{generation}: hypercall page", frames.AsSpan(TmemPool.PageBytes).SequenceEqual(page), true);
    Check($"{generation}: trace", trace.ToString().Contains($"client {id}\t0\n", StringComparison.Ordinal), true);
    if (OperatingSystem.IsLinux())
    {
        using var buffers = new HypercallBufferPool();
        var control = new HypercallControl(toolstack, ControlInterface.Detect(toolstack), buffers, memory);
        control.SetWeight(id, 60);
        control.Freeze(id);
        Check($"{generation}: frozen", guest.Put(pool, 7, 4, 0x100), (long)-Errno.EFROZEN);
        control.Thaw(id);
        Check($"{generation}: list", control.List(id, isLong: true).Contains("ww:60", StringComparison.Ordinal), true);
    }

    Check($"{generation}: hypercall destroy", guest.DestroyPool(pool), 1L);
}

static void Check<T>(string what, T actual, T expected)
{
    if (!EqualityComparer<T>.Default.Equals(actual, expected))
    {
        throw new InvalidOperationException($"{what}: expected {expected}, got {actual}.");
    }
}
