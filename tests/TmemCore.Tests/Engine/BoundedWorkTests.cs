using System.Runtime.CompilerServices;
using TmemCore.Memory;
using TmemCore.Store;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>No operation does more under one hold of a shard's lock than it says. Counted, not timed.</summary>
public sealed class BoundedWorkTests
{
    private const uint Many = 100_000;

    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "TryEmptyStep")]
    private static extern bool TryEmptyStep(PageStore store, Shard shard, uint pool, uint poolShard);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "ReapDetached")]
    private static extern uint ReapDetached(PageStore store, Shard shard);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "DropObject")]
    private static extern uint DropObject(PageStore store, Shard shard, uint pool, uint objectCell);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "TryCompact")]
    private static extern bool TryCompact(PageStore store, long wantedFrames);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "EvictRun")]
    private static extern int EvictRun(PageStore store, Span<uint> frames, EvictionReason reason, out int inHand);

    public static TheoryData<bool, int> Shapes { get; } = new()
    {
        { true, 1 }, { true, 3 }, { true, 255 }, { true, 100_000 }, { false, 1 }, { false, 64 }, { false, 100_000 },
    };

    [Theory]
    [InlineData(EvictionPolicy.LeastRecentlyUsed, 1)]
    [InlineData(EvictionPolicy.LeastRecentlyUsed, 64)]
    [InlineData(EvictionPolicy.S3FifoWithHistory, 64)]
    public void A_run_of_evictions_takes_64_pages_at_most_and_the_oldest(EvictionPolicy eviction, int most)
    {
        const uint Pages = 3000;
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 32 * Hosts.Mebibyte, Shards = 4, Eviction = eviction });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        for (uint i = 0; i < Pages; i++)
        {
            Put(pool, i / 16, i);
        }

        long left = Pages;
        var frames = new uint[most];
        for (int pages = most; pages != 0; left -= pages)
        {
            pages = EvictRun(host.Store, frames, EvictionReason.Governor, out int inHand);
            Assert.Equal(pages, inHand);
            Assert.InRange(pages, left == 0 ? 0 : 1, most);
            Assert.Equal(inHand, frames.Take(inHand).Distinct().Count());
            Assert.Equal(left - pages, pool.PageCount);
            Assert.Empty(host.Verify());
            if (left == Pages && eviction == EvictionPolicy.LeastRecentlyUsed)
            {
                // The shard with the oldest page gives up its oldest ones.
                Assert.Equal(GetResult.Miss, pool.Get(0, 0, _buffer));
            }
        }

        Assert.Equal(0, left);
    }

    [Fact]
    public void A_run_ends_when_many_entries_were_passed_over_or_moved_on_the_way()
    {
        const uint Pages = 3000;
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 32 * Hosts.Mebibyte });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        for (uint i = 0; i < Pages; i++)
        {
            Put(pool, i / 64, i);
        }

        // All but each twentieth go on to the main queue instead of leaving.
        for (int round = 0; round < 2; round++)
        {
            for (uint i = 0; i < Pages; i++)
            {
                if (i % 20 != 0)
                {
                    pool.Get(i / 64, i, _buffer);
                }
            }
        }

        int pages = EvictRun(host.Store, new uint[PageStore.MostRunPages], EvictionReason.Governor, out _);

        // 19 entries are moved for each page that leaves.
        Assert.InRange(pages, 1, 6);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_step_towards_a_lower_target_gives_back_4096_frames_at_most()
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 64 * Hosts.Mebibyte });
        Hosts.FillUp(host.CreateClient().CreateRetainingPool());
        host.Store.SetTarget(4 * Hosts.Mebibyte);
        long before = host.CommittedBytes;
        long evictions = host.GetStatistics().Evictions;
        int steps = 0;
        for (bool isMore = true; isMore; steps++)
        {
            isMore = host.Store.ShrinkStep();

            // Records of pages that went, and in the end what was kept for others, go with the frames.
            Assert.InRange(before - host.CommittedBytes, 0, (PageStore.BatchFrames + FrameAllocator.HugeFrames + (isMore ? 64 : 1000)) * TmemPool.PageBytes);
            before = host.CommittedBytes;
            Assert.InRange(host.GetStatistics().Evictions - evictions, 0, PageStore.BatchFrames);
            evictions = host.GetStatistics().Evictions;
        }

        Assert.InRange(steps, 8, 16);
        Assert.InRange(before, 1, 4 * Hosts.Mebibyte);
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(200, 128 * 232)]
    [InlineData(2000, (64 << 10) + 2048)]
    public void A_step_of_compaction_moves_64_KiB_or_128_pages_at_most(int entryBytes, int mostBytes)
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 32 * Hosts.Mebibyte });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        for (uint i = 0; i < 8000; i++)
        {
            Assert.Equal(PutResult.Stored, pool.PutEntry(1, i, _buffer.AsSpan(0, entryBytes)));
        }

        for (uint i = 0; i < 8000; i += i % 4 == 2 ? 2u : 1u)
        {
            pool.FlushPage(1, i);
        }

        int steps = 0;
        for (Dictionary<uint, ulong> before = Places(host); TryCompact(host.Store, long.MaxValue); before = Places(host))
        {
            Dictionary<uint, ulong> after = Places(host);
            Assert.InRange(after.Count(page => before[page.Key] != page.Value) * entryBytes, 1, mostBytes);
            steps++;
        }

        Assert.True(steps > 3, $"There were {steps} steps to look at.");
        Assert.Empty(host.Verify());
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_step_of_a_pools_destruction_frees_so_many_pages_at_most(bool isPersistent, int pagesPerObject)
    {
        const uint Pages = 3000;
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 32 * Hosts.Mebibyte });
        TmemClient client = host.CreateClient();
        TmemPool pool = isPersistent ? client.CreatePersistentPool() : client.CreateRetainingPool();
        for (uint i = 0; i < Pages; i++)
        {
            // Objects of changing size, so that one may begin where a step could end.
            Put(pool, i / (uint)(pagesPerObject + (i % 2)), i);
        }

        Shard shard = Inside.Shards(host.Store)[0];
        int steps = 0;
        for (bool isEmpty = false; !isEmpty; steps++)
        {
            uint before = shard.Record.PersistentPages + shard.Record.EphemeralPages;
            shard.Lock.Enter();
            isEmpty = TryEmptyStep(host.Store, shard, pool.Handle.Pool, shard.PoolShardOf(pool.Handle.Pool));
            shard.Lock.Exit();
            Assert.InRange(before - (shard.Record.PersistentPages + shard.Record.EphemeralPages), 0u, (uint)PageStore.PagesPerStep);
        }

        Assert.InRange(steps, (int)Pages / PageStore.PagesPerStep, (int)Pages / 64);
        pool.Dispose();
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(true, 1u)]
    [InlineData(false, 1u)]
    [InlineData(false, 64u)]
    [InlineData(true, 977u)]
    public void A_large_object_leaves_the_index_at_one_stroke_and_is_freed_in_steps(bool isPersistent, uint stride)
    {
        const uint Pages = 5000;
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 32 * Hosts.Mebibyte });
        TmemClient client = host.CreateClient();
        TmemPool pool = isPersistent ? client.CreatePersistentPool() : client.CreateRetainingPool();
        for (uint i = 0; i < Pages; i++)
        {
            Put(pool, 1, i * stride);
        }

        Shard shard = Inside.Shards(host.Store)[0];
        uint poolShard = shard.PoolShardOf(pool.Handle.Pool);
        shard.Lock.Enter();
        uint left = DropObject(host.Store, shard, pool.Handle.Pool, shard.PoolShard(poolShard).FirstObject);
        shard.Lock.Exit();
        Assert.Equal(Pages, left);
        Assert.Equal(FrameAllocator.None, host.Store.FrameOf(pool.Handle, 1, 0));
        Assert.Empty(host.Verify());

        // Somebody puts a page of the same name meanwhile: it is another object.
        Put(pool, 1, stride);
        for (; pool.PageCount > 1; left = (uint)pool.PageCount)
        {
            ReapDetached(host.Store, shard);
            Assert.InRange(left + (left == Pages ? 1 : 0) - pool.PageCount, 1, PageStore.PagesPerStep);
        }

        Assert.NotEqual(FrameAllocator.None, host.Store.FrameOf(pool.Handle, 1, stride));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_small_object_goes_at_once()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemPool pool = host.CreateClient().CreateRetainingPool();
        for (uint i = 0; i < PageStore.PagesPerStep; i++)
        {
            Put(pool, 1, i);
        }

        Shard shard = Inside.Shards(host.Store)[0];
        shard.Lock.Enter();
        Assert.Equal(0u, DropObject(host.Store, shard, pool.Handle.Pool, shard.PoolShard(shard.PoolShardOf(pool.Handle.Pool)).FirstObject));
        shard.Lock.Exit();
        Assert.Equal(0, pool.PageCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_hundred_thousand_pages_go_with_all_their_records(bool isPersistent)
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 512 * Hosts.Mebibyte });
        TmemClient client = host.CreateClient();
        TmemPool pool = isPersistent ? client.CreatePersistentPool() : client.CreateRetainingPool();
        for (uint i = 0; i < Many; i++)
        {
            Put(pool, 1, i);
        }

        Assert.Equal(Many, pool.PageCount);
        pool.FlushObject(1);
        Assert.Equal(0, pool.PageCount);
        Assert.Empty(host.Verify());

        // What is left of the list of ages is a small part of what a page had.
        Shard shard = Inside.Shards(host.Store)[0];
        Assert.InRange(shard.CellsInUse, 0, 64);
        pool.Dispose();
        Assert.Equal(0, shard.CellsInUse);
    }

    private void Put(TmemPool pool, ObjectId id, uint index)
    {
        if (pool is PersistentPool persistent)
        {
            Assert.Equal(PutResult.Stored, persistent.Put(id, index, _buffer));
        }
        else
        {
            Assert.True(((DroppablePool)pool).TryPut(id, index, _buffer));
        }
    }

    /// <summary>Where each packed page lies.</summary>
    private static Dictionary<uint, ulong> Places(TmemHost host)
    {
        Arena arena = Inside.Arena(host.Store);
        var places = new Dictionary<uint, ulong>();
        for (uint number = 0; Inside.Packed(host.Store).First + number < Inside.Packed(host.Store).End; number++)
        {
            PackedRecord record = arena.At<PackedRecord>(arena.Layout.Packed + ((long)number * ArenaLayout.PackedRecordBytes));
            if (record.Kind == PackedPlace.Slot)
            {
                places[number] = record.Place;
            }
        }

        return places;
    }
}
