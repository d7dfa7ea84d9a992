using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using TmemCore.Codecs;
using TmemCore.Statistics;
using TmemCore.Store;
using TmemCore.Tests.Statistics;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>Which locks an operation takes: seen from inside its copy, and by closing all others.</summary>
[Collection(nameof(MetricsTests))]
public sealed class LockTests
{
    private const int ShardCount = 16;

    private static readonly FieldInfo s_state = typeof(ShardLock).GetField("_state", BindingFlags.NonPublic | BindingFlags.Instance)!;
    private static readonly FieldInfo s_held = s_state.FieldType.GetField("Held")!;

    private readonly byte[] _page = Pages.Of(1);
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    public static TheoryData<string> Operations => ["get", "take", "put", "put over", "put that evicts", "get shared", "refresh"];

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_copy_is_made_under_the_lock_of_one_shard_and_no_other(string operation)
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 8 * Hosts.Mebibyte, Shards = ShardCount });
        var copy = new Copy(host.Store);

        Run(host, operation, copy);

        Assert.Equal(1, copy.Count);
        Assert.Equal(1, copy.ShardsHeld);
        Assert.False(copy.IsControlHeld);
        Assert.All(Inside.Shards(host.Store), shard => Assert.False(IsHeld(shard)));
    }

    [Theory]
    [InlineData("get")]
    [InlineData("miss")]
    [InlineData("miss object")]
    [InlineData("take")]
    [InlineData("put")]
    [InlineData("put over")]
    [InlineData("flush page")]
    [InlineData("flush object")]
    [SuppressMessage("Usage", "TMEM207", Justification = "A host whose shards are closed cannot be disposed; its arena is.")]
    public void An_operation_needs_no_lock_but_its_own_shards(string operation)
    {
        var host = new TmemHost(Hosts.Small with { CapacityBytes = 8 * Hosts.Mebibyte, Shards = ShardCount });

        // Whoever collects figures asks all hosts, and one with closed shards has none to tell.
        HostRegistry.Remove(host);
        PersistentPool persistent = host.CreateClient().CreatePersistentPool();
        EphemeralPool ephemeral = host.CreateClient().CreateEphemeralPool();
        Assert.Equal(PutResult.Stored, persistent.Put(1, 1, _page));
        Assert.True(ephemeral.TryPut(1, 1, _page));
        PoolHandle handle = operation == "take" ? ephemeral.Handle : persistent.Handle;
        Shard own = Inside.ShardOf(host.Store, Inside.Hash(host.Store).OfObject(handle.Pool, operation == "miss object" ? 99UL : 1UL));
        foreach (Shard other in Inside.Shards(host.Store).Where(shard => shard != own))
        {
            other.Lock.Enter();
            other.Lock.Close();
        }

        switch (operation)
        {
            case "get":
                Assert.Equal(GetResult.Hit, persistent.Get(1, 1, _buffer));
                break;
            case "miss":
                Assert.Equal(GetResult.Miss, persistent.Get(1, 2, _buffer));
                break;
            case "miss object":
                Assert.Equal(GetResult.Miss, persistent.Get(99, 1, _buffer));
                break;
            case "take":
                Assert.Equal(GetResult.Hit, ephemeral.Take(1, 1, _buffer));
                break;
            case "put":
                Assert.Equal(PutResult.Stored, persistent.Put(1, 2, _page));
                break;
            case "put over":
                Assert.Equal(PutResult.Stored, persistent.Put(1, 1, _page));
                break;
            case "flush page":
                Assert.Equal(FlushResult.Done, persistent.FlushPage(1, 1));
                break;
            case "flush object":
                Assert.Equal(FlushResult.Done, persistent.FlushObject(1));
                break;
        }

        // A host with closed shards cannot be disposed as others are.
        Inside.Arena(host.Store).Dispose();
    }

    [Fact]
    public void The_measure_sees_a_lock_that_is_held()
    {
        using var host = new TmemHost(Hosts.Small with { Shards = 4 });
        var copy = new Copy(host.Store);
        Inside.Shards(host.Store)[2].Lock.Enter();
        lock (host.Store.Control)
        {
            copy.Look();
        }

        Inside.Shards(host.Store)[2].Lock.Exit();
        Assert.Equal(1, copy.ShardsHeld);
        Assert.True(copy.IsControlHeld);
    }

    [Theory]
    [InlineData("put", 0)]
    [InlineData("put over", 1)]
    [InlineData("put entry", 0)]
    public void A_codec_works_under_no_lock(string operation, uint index)
    {
        using var host = new TmemHost(Hosts.Small with { Shards = ShardCount, CompressByDefault = true });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        Assert.Equal(PutResult.Stored, pool.Put(1, 1, new byte[TmemPool.PageBytes]));
        var copy = new Copy(host.Store);
        Inside.Packings(host.Store)[pool.Handle.Pool].Codec = new LookingCodec(copy);

        Assert.Equal(
            PutResult.Stored, operation == "put entry" ? pool.PutEntry(1, index, _page.AsSpan(1000)) : pool.Put(1, index, _page));

        Assert.Equal(1, copy.Count);
        Assert.Equal(0, copy.ShardsHeld);
        Assert.False(copy.IsControlHeld);
    }

    private static bool IsHeld(Shard shard) => (int)s_held.GetValue(s_state.GetValue(shard.Lock))! != 0;

    private void Run(TmemHost host, string operation, Copy copy)
    {
        var source = new LookingSource(copy);
        var target = new LookingTarget(copy);
        TmemClient client = host.CreateClient();
        switch (operation)
        {
            case "get":
                PersistentPool got = client.CreatePersistentPool();
                got.Put(1, 1, _page);
                Assert.Equal(GetResult.Hit, got.Get(1, 1, ref target));
                break;
            case "take":
                EphemeralPool taken = client.CreateEphemeralPool();
                taken.TryPut(1, 1, _page);
                Assert.Equal(GetResult.Hit, taken.Take(1, 1, ref target));
                break;
            case "put":
                Assert.Equal(PutResult.Stored, client.CreatePersistentPool().Put(1, 1, ref source));
                break;
            case "put over":
                PersistentPool over = client.CreatePersistentPool();
                over.Put(1, 1, _page);
                Assert.Equal(PutResult.Stored, over.Put(1, 1, ref source));
                break;
            case "put that evicts":
                RetainingPool full = client.CreateRetainingPool();
                Hosts.FillUp(full);
                long before = host.GetStatistics().Evictions;
                Assert.True(full.TryPut(1, 1, ref source, out _));
                Assert.Equal(before + 1, host.GetStatistics().Evictions);
                break;
            case "get shared":
                SharedEphemeralPool shared = client.Join(Hosts.Uuid);
                shared.TryPut(1, 1, _page);
                Assert.Equal(GetResult.Hit, shared.Get(1, 1, ref target));
                break;
            case "refresh":
                RetainingPool kept = client.CreateRetainingPool();
                kept.TryPut(1, 1, _page);
                Assert.Equal(GetResult.Hit, kept.Get(1, 1, ref target));
                break;
        }
    }

    /// <summary>What a copy saw of the locks around it.</summary>
    private sealed class Copy(PageStore store)
    {
        public int Count { get; private set; }

        public int ShardsHeld { get; private set; }

        public bool IsControlHeld { get; private set; }

        public void Look()
        {
            Count++;
            ShardsHeld = Inside.Shards(store).Count(IsHeld);
            IsControlHeld = store.Control.IsHeldByCurrentThread;
        }
    }

    /// <summary>Makes nothing smaller.</summary>
    private sealed class LookingCodec(Copy copy) : PageCodec
    {
        public override PageCodecId Id => PageCodecId.Lz4;

        public override string Name => "looking";

        public override int Compress(ReadOnlySpan<byte> page, Span<byte> output, CodecScratch scratch)
        {
            copy.Look();
            return 0;
        }

        public override bool TryDecompress(ReadOnlySpan<byte> data, Span<byte> page, CodecScratch scratch) => false;
    }

    private readonly struct LookingSource(Copy copy) : IPageSource
    {
        public bool TryRead(Span<byte> page)
        {
            copy.Look();
            return true;
        }
    }

    private readonly struct LookingTarget(Copy copy) : IPageTarget
    {
        public bool TryWrite(ReadOnlySpan<byte> page)
        {
            copy.Look();
            return true;
        }
    }
}
