using TmemCore.Codecs;
using TmemCore.Memory;
using TmemCore.Store;
using Xunit;

namespace TmemCore.Tests.Store;

/// <summary>A verifier that cannot fail is worth nothing: each structure is broken in turn, and must be reported.</summary>
public sealed class VerifyTests
{
    private delegate void Break(PageStore store, Shard shard);

    private static readonly Dictionary<string, Break> s_breaks = new()
    {
        ["pages of an object"] = (_, shard) => shard.Object(ObjectWithLeaves(shard)).Pages++,
        ["name of an object"] = (_, shard) => shard.Object(FirstObject(shard)).Id = new ObjectId(77),
        ["hash of an object"] = (_, shard) => shard.Object(FirstObject(shard)).Hash ^= 64,
        ["pool of an object"] = (_, shard) => shard.Object(FirstObject(shard)).PoolShard = OtherPoolShard(shard),
        ["list of objects, next"] = (_, shard) => shard.PoolShard(EphemeralPoolShard(shard)).FirstObject = 0,
        ["list of objects, previous"] = (_, shard) => shard.Object(shard.Object(FirstObject(shard)).Next).Previous = 0,
        ["descriptor's object"] = (_, shard) => shard.Descriptor(FirstPage(shard)).Object ^= 1,
        ["descriptor's index"] = (_, shard) => shard.Descriptor(FirstPage(shard)).Index++,
        ["descriptor's age"] = (_, shard) => shard.Descriptor(FirstPage(shard)).Sequence++,
        ["descriptor without age"] = (_, shard) => shard.Descriptor(FirstPage(shard)).Sequence = 0,
        ["age of a persistent page"] = (_, shard) => shard.Descriptor(PageOf(shard, PersistentPoolShard(shard))).Sequence = 5,
        ["bits of a leaf"] = (_, shard) => LeafOf(shard).Present <<= 1,
        ["place of a leaf"] = (_, shard) => LeafOf(shard).LeafIndex++,
        ["object of a leaf"] = (_, shard) => LeafOf(shard).Object = FirstObject(shard),
        ["pages of a pool in a shard"] = (_, shard) => shard.PoolShard(EphemeralPoolShard(shard)).Pages++,
        ["objects of a pool in a shard"] = (_, shard) => shard.PoolShard(EphemeralPoolShard(shard)).Objects--,
        ["leaves of a pool in a shard"] = (_, shard) => shard.PoolShard(EphemeralPoolShard(shard)).Leaves++,
        ["pool's name in a shard"] = (_, shard) => shard.PoolShard(EphemeralPoolShard(shard)).Pool++,
        ["entries of the list of ages"] = (_, shard) => shard.PoolShard(EphemeralPoolShard(shard)).Ages.Entries++,
        ["queue of a page"] = (_, shard) => shard.Descriptor(FirstPage(shard)).IsInMain ^= true,
        ["pages of the main queue"] = (_, shard) =>
            Inside.Arena(shard).Cell<MainQueue>(shard.PoolShard(EphemeralPoolShard(shard)).Main).Pages++,
        ["oldest age"] = (_, shard) => shard.PoolShard(EphemeralPoolShard(shard)).OldestSequence += 1000,
        ["place in the heap of ages"] = (_, shard) => shard.PoolShard(EphemeralPoolShard(shard)).HeapPlace++,
        ["order of the list of ages"] = (_, shard) => SwapAges(shard),
        ["shard's count of pools"] = (_, shard) => shard.Record.PoolShardCount++,
        ["shard's count of objects"] = (_, shard) => shard.Record.ObjectCount++,
        ["shard's count of leaves"] = (_, shard) => shard.Record.LeafCount++,
        ["shard's count of ephemeral pages"] = (_, shard) => shard.Record.EphemeralPages++,
        ["ephemeral pages counted as persistent"] = (_, shard) =>
        {
            shard.Record.EphemeralPages--;
            shard.Record.PersistentPages++;
        },
        ["shard's count of cells"] = (_, shard) => shard.Record.Heap.Cells++,
        ["entries of the object table"] = (_, shard) => shard.Record.Objects.Count++,
        ["marks of the object table, too many"] = (_, shard) => shard.Record.Objects.Marked++,
        ["marks of the object table, too few"] = (_, shard) => shard.Record.Objects.Marked--,
        ["mark of an object without leaves"] = (_, shard) =>
        {
            uint cell = ObjectWithoutLeaves(shard);
            Inside.Objects(shard).SetMark(shard.Object(cell).FullHash, cell);
        },
        ["object with leaves and without a mark"] = (_, shard) =>
        {
            uint cell = ObjectWithLeaves(shard);
            ulong hash = shard.Object(cell).FullHash;
            Inside.Objects(shard).Remove(hash, cell);
            Assert.True(Inside.Objects(shard).TryAdd(hash, cell));
        },
        ["marks of the leaf table"] = (_, shard) => shard.Record.Leaves.Marked++,
        ["entries of the leaf table"] = (_, shard) => shard.Record.Leaves.Count++,
        ["pool's shards with pages"] = (store, _) => store.Pool(0).ShardsWithPages++,
        ["pool's charge"] = (store, _) => store.Pool(PersistentPool(store)).ChargedBytes += 64,
        ["pool's owner"] = (store, _) => store.Pool(PersistentPool(store)).Owner = 1,
        ["pool's state"] = (store, _) => store.Pool(PersistentPool(store)).State = PoolState.Free,
        ["owner's state noted at a pool"] = (store, _) => store.Pool(PersistentPool(store)).OwnerState = OwnerFlags.Frozen,
        ["pool's sharers"] = (store, _) => store.Pool(SharedPool(store)).FirstSharer = 0,
        ["pool's shared slot"] = (store, _) => store.Pool(SharedPool(store)).SharedSlot = 1,
        ["client's charge, too much"] = (store, _) => store.Client(0).PersistentBytes++,
        ["client's charge, too little"] = (store, _) => store.Client(0).PersistentBytes--,
        ["client's pool id"] = (store, _) => store.Client(0).Pools[0] = 0,
        ["list of clients"] = (store, _) => store.Client(1).Previous = PoolRecord.None,
        ["count of clients"] = (store, _) => Inside.HostRecord(store).ClientCount++,
        ["reservation"] = (store, _) => store.Client(0).ReservationBytes += 4096,
        ["free frame that holds a page"] = (store, shard) => Inside.Frames(store).Release(FirstPage(shard)),
        ["free frame that no search finds"] = (store, _) => HideFrames(store),
        ["frame that nobody has"] = (store, _) => TakeFrame(store),
        ["budget, too much"] = (store, _) => Inside.Budget(store).TryCommit(4096),
        ["budget, too little"] = (store, _) => Inside.Budget(store).Release(4096),
        ["packed pages of a pool in a shard"] = (_, shard) => shard.PoolShard(PackedPoolShard(shard)).PackedPages++,
        ["packed bytes of a pool in a shard"] = (_, shard) => shard.PoolShard(PackedPoolShard(shard)).PackedBytes++,
        ["packed pages of a shard"] = (_, shard) => shard.Record.Packed[(int)PageCodecId.Lz4].Pages++,
        ["packed bytes of a shard"] = (_, shard) => shard.Record.Packed[(int)PageCodecId.Lz4].Bytes++,
        ["packed pages of another codec"] = (_, shard) =>
        {
            shard.Record.Packed[(int)PageCodecId.Lz4].Pages--;
            shard.Record.Packed[(int)PageCodecId.Zstandard].Pages++;
        },
        ["reasons of evictions"] = (_, shard) => shard.Record.OtherEvictions[(int)EvictionReason.Cap] = shard.Record.Evictions + 1,
        ["reasons of a pool's refusals"] = (store, _) => store.Pool(0).Refusals[(int)RefusalReason.Frozen]++,
        ["puts of a pool"] = (_, shard) => shard.PoolShard(PackedPoolShard(shard)).Counters.Puts++,
        ["bytes of a shard's ephemeral pages"] = (_, shard) => shard.Record.EphemeralBytes++,
        ["bytes of a shard's persistent pages"] = (_, shard) => shard.Record.PersistentBytes--,
        ["record of a packed page that says free"] = (_, shard) => PackedOf(shard).Kind = PackedPlace.Nowhere,
        ["record of a packed page of another shard"] = (_, shard) => PackedOf(shard).Shard++,
        ["bytes of a packed page"] = (_, shard) => PackedOf(shard).Bytes += 64,
        ["slot of a packed page"] = (_, shard) => PackedOf(shard).Place++,
        ["tag of a page"] = (_, shard) => PackedOf(shard).Tag = 1,
        ["codec of a pool"] = (store, _) => Inside.Packings(store)[3].Codec = null,
        ["slot that nobody has"] = (store, _) => TakeSlot(store),
        ["limit"] = (store, _) => Inside.Budget(store).LimitBytes = 4096,
    };

    public static TheoryData<string> Breaks { get; } = [.. s_breaks.Keys];

    [Theory]
    [MemberData(nameof(Breaks))]
    public void A_broken_invariant_is_reported(string name)
    {
        using TmemHost host = CreateHost(TmemProfile.Default);
        Assert.Empty(host.Verify());

        s_breaks[name](host.Store, Inside.Shards(host.Store)[0]);

        IReadOnlyList<string> problems = host.Verify();
        Assert.NotEmpty(problems);
        Assert.All(problems, problem => Assert.EndsWith(".", problem, StringComparison.Ordinal));
    }

    [Fact]
    public void The_exact_counts_of_the_original_rules_are_checked()
    {
        using TmemHost host = CreateHost(TmemProfile.Xen);
        host.Store.Pool(0).Pages.Increment();
        Assert.Single(host.Verify());
        host.Store.Pool(0).Pages.Decrement();
        host.Store.Pool(0).Objects.Increment();
        Assert.Single(host.Verify());
        host.Store.Pool(0).Objects.Decrement();
        host.Store.Client(0).EphemeralPages.Increment();
        Assert.Single(host.Verify());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Nothing_is_reported_while_pools_come_and_go(int shards)
    {
        using var host = new TmemHost(Hosts.Small with { Shards = shards, CapacityBytes = 16 * Hosts.Mebibyte });
        var page = new byte[TmemPool.PageBytes];
        bool isOver = false;
        var worker = new Thread(() =>
        {
            for (int round = 0; round < 4 * Hosts.Stress; round++)
            {
                using TmemClient client = host.CreateClient();
                PersistentPool persistent = client.CreatePersistentPool();
                using RetainingPool retaining = client.CreateRetainingPool();
                for (uint i = 0; i < 900; i++)
                {
                    persistent.Put(i % 3, i, page);
                    retaining.TryPut(i % 3, i, page);
                }

                retaining.FlushObject(1);
                persistent.FlushObject(2);
            }

            Volatile.Write(ref isOver, true);
        });
        worker.Start();
        int walks = 0;
        List<string> problems = [];
        for (; !Volatile.Read(ref isOver) && problems.Count == 0; walks++)
        {
            problems.AddRange(host.Verify());
            Thread.Yield();
        }

        worker.Join();
        Assert.Empty(problems);
        Assert.True(walks > 0);
    }

    /// <summary>Pools of three kinds; objects with one page, with a leaf, with several.</summary>
    private static TmemHost CreateHost(TmemProfile profile)
    {
        var host = new TmemHost(Hosts.Small with { Profile = profile });
        TmemClient client = host.CreateClient(new TmemClientOptions { PersistentReservationBytes = 8192 });
        RetainingPool retaining = client.CreateRetainingPool();
        PersistentPool persistent = client.CreatePersistentPool();
        SharedEphemeralPool shared = client.Join(Hosts.Uuid);
        host.CreateClient().Join(Hosts.Uuid);
        for (uint i = 0; i < 100; i++)
        {
            retaining.TryPut(1, i, Pages.Of(i));
            retaining.TryPut(100 + i, i, Pages.Of(i));
            persistent.Put(i / 10, i, Pages.Of(i));
            shared.TryPut(2, i * 64, Pages.Of(i));
        }

        shared.FlushPage(2, 64);
        RetainingPool packed = client.CreateRetainingPool();
        packed.TrySetCompression(PageCompression.Lz4);
        var page = new byte[TmemPool.PageBytes];
        for (uint i = 0; i < 100; i++)
        {
            Pages.FillMixed(page, i);
            packed.TryPut(1, i, page);
        }

        return host;
    }

    private static uint PoolShardOf(Shard shard, uint pool) => shard.PoolShardOf(pool);

    private static uint EphemeralPoolShard(Shard shard) => PoolShardOf(shard, 0);

    private static uint PersistentPoolShard(Shard shard) => PoolShardOf(shard, 1);

    private static uint OtherPoolShard(Shard shard) => PoolShardOf(shard, 2);

    private static uint PackedPoolShard(Shard shard) => PoolShardOf(shard, 3);

    /// <summary>The record of a page that lies in a slot.</summary>
    private static ref PackedRecord PackedOf(Shard shard)
    {
        Arena arena = Inside.Arena(shard);
        long offset = 0;
        shard.VisitPages(shard.PoolShard(PackedPoolShard(shard)).FirstObject, (_, page) =>
        {
            long place = arena.Layout.Packed + ((page - (long)arena.Layout.FirstPacked) * ArenaLayout.PackedRecordBytes);
            if (page >= arena.Layout.FirstPacked && arena.At<PackedRecord>(place).Kind == PackedPlace.Slot)
            {
                offset = place;
            }
        });
        return ref arena.At<PackedRecord>(offset);
    }

    private static void TakeSlot(PageStore store)
    {
        uint cursor = 0;
        Assert.True(Inside.Spans(store).TryTake(1000, 7, ref cursor, out _));
    }

    private static uint PersistentPool(PageStore store) => store.Client(0).Pools[1] - 1;

    private static uint SharedPool(PageStore store) => store.Client(0).Pools[2] - 1;

    /// <summary>An object of one page that others follow in its pool's list.</summary>
    private static uint FirstObject(Shard shard) => shard.PoolShard(EphemeralPoolShard(shard)).FirstObject;

    private static uint ObjectWithLeaves(Shard shard) => ObjectThat(shard, hasLeaves: true);

    private static uint ObjectWithoutLeaves(Shard shard) => ObjectThat(shard, hasLeaves: false);

    private static uint ObjectThat(Shard shard, bool hasLeaves)
    {
        uint cell = FirstObject(shard);
        while ((shard.Object(cell).FirstLeaf != 0) != hasLeaves)
        {
            cell = shard.Object(cell).Next;
        }

        return cell;
    }

    private static ref LeafRecord LeafOf(Shard shard) =>
        ref Inside.Arena(shard).Cell<LeafRecord>(shard.Object(ObjectWithLeaves(shard)).FirstLeaf);

    private static uint FirstPage(Shard shard) => PageOf(shard, EphemeralPoolShard(shard));

    private static uint PageOf(Shard shard, uint poolShard)
    {
        uint page = 0;
        shard.VisitPages(shard.PoolShard(poolShard).FirstObject, (_, descriptor) => page = descriptor);
        return page;
    }

    private static void SwapAges(Shard shard)
    {
        ref AgeChunk chunk = ref Inside.Arena(shard).Cell<AgeChunk>(shard.PoolShard(EphemeralPoolShard(shard)).Ages.First);
        (chunk.Entries[3], chunk.Entries[4]) = (chunk.Entries[4], chunk.Entries[3]);
    }

    private static void HideFrames(PageStore store)
    {
        Assert.True(Inside.Frames(store).FreeCount > 0);
        Arena arena = Inside.Arena(store);
        arena.At<ulong>(arena.Layout.FreeSummary) = 0;
    }

    private static void TakeFrame(PageStore store)
    {
        uint cursor = 0;
        Assert.NotEqual(FrameAllocator.None, Inside.Frames(store).Take(FrameAllocator.None, ref cursor));
    }
}
