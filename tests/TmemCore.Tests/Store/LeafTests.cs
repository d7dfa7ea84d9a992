using TmemCore.Store;
using Xunit;

namespace TmemCore.Tests.Store;

/// <summary>The pages of an object at 64 neighbouring indexes.</summary>
public sealed class LeafTests
{
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Fact]
    public void Sizes_follow_one_another_and_the_largest_holds_all()
    {
        Assert.Equal([8, 24, 40, 72], new uint[] { 1, 2, 3, 5 }.Select(LeafRecord.CapacityOf));
        Assert.Equal([2u, 3u, 5u], new uint[] { 1, 2, 3 }.Select(LeafRecord.Larger));
        Assert.Equal([1u, 1u, 2u, 3u], new uint[] { 1, 2, 3, 5 }.Select(LeafRecord.Smaller));
        Assert.True(LeafRecord.CapacityOf(5) >= LeafRecord.Span);
    }

    /// <summary>Every page is found, and no other, whatever the mask and in whatever order it was reached.</summary>
    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue / 64)]
    public void Any_mask_can_be_reached_in_any_order(uint leafIndex)
    {
        using var host = new TmemHost(Hosts.Small);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        pool.Put(1, leafIndex == 0 ? 64u : 0u, _buffer);
        var random = new Random(5);
        ulong mask = 0;
        for (int round = 0; round < 60; round++)
        {
            ulong wanted = (ulong)random.NextInt64() & (round % 3 == 0 ? (ulong)random.NextInt64() : ulong.MaxValue);
            wanted = round % 7 == 6 ? 0 : round % 7 == 5 ? ulong.MaxValue : wanted;
            int[] order = [.. Enumerable.Range(0, 64)];
            random.Shuffle(order);
            foreach (int bit in order.Where(bit => (((wanted ^ mask) >> bit) & 1) != 0))
            {
                uint index = (leafIndex * 64) + (uint)bit;
                Assert.True(((wanted >> bit) & 1) != 0
                    ? pool.Put(1, index, Pages.Of((ulong)bit)) == PutResult.Stored
                    : pool.FlushPage(1, index) == FlushResult.Done);
            }

            mask = wanted;
            RequireMask(pool, leafIndex, mask);
            Assert.Empty(host.Verify());
        }
    }

    [Fact]
    public void One_page_that_comes_and_goes_at_the_edge_does_not_move_the_leaf()
    {
        using var host = new TmemHost(Hosts.Small);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        for (uint i = 0; i < 9; i++)
        {
            pool.Put(1, i, _buffer);
        }

        Shard shard = Inside.Shards(host.Store)[0];
        long cells = shard.CellsInUse;
        for (int i = 0; i < 4; i++)
        {
            pool.FlushPage(1, 8);
            Assert.Equal(cells, shard.CellsInUse);
            pool.Put(1, 8, _buffer);
            Assert.Equal(cells, shard.CellsInUse);
        }

        for (uint i = 3; i < 9; i++)
        {
            pool.FlushPage(1, i);
        }

        Assert.True(shard.CellsInUse < cells);
    }

    [Fact]
    public void Neighbouring_indexes_lie_in_neighbouring_frames()
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 32 * Hosts.Mebibyte });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        for (uint i = 0; i < 256; i++)
        {
            pool.Put(1 + (i % 2), i / 2, _buffer);
        }

        // Two objects grow side by side: most pages still follow their predecessor.
        int neighbours = Enumerable.Range(1, 127).Count(i =>
            host.Store.FrameOf(pool.Handle, 1, (uint)i) == host.Store.FrameOf(pool.Handle, 1, (uint)i - 1) + 1);
        Assert.InRange(neighbours, 100, 127);
    }

    /// <summary>Also where the predecessor is in the leaf before, and the page's own leaf is there already.</summary>
    [Fact]
    public void The_first_page_of_a_leaf_lies_behind_the_last_of_the_leaf_before()
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 32 * Hosts.Mebibyte });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        for (uint i = 0; i < 64; i++)
        {
            pool.Put(1, i, _buffer);
        }

        // The frame behind is free again, and so is that behind the last page of the leaf.
        uint behind = host.Store.FrameOf(pool.Handle, 1, 63) + 1;
        pool.Put(2, 0, _buffer);
        Assert.Equal(behind, host.Store.FrameOf(pool.Handle, 2, 0));
        pool.Put(1, 127, _buffer);
        pool.FlushPage(2, 0);
        pool.Put(1, 64, _buffer);
        Assert.Equal(behind, host.Store.FrameOf(pool.Handle, 1, 64));
    }

    private void RequireMask(PersistentPool pool, uint leafIndex, ulong mask)
    {
        for (int bit = 0; bit < 64; bit++)
        {
            bool isThere = ((mask >> bit) & 1) != 0;
            GetResult result = pool.Get(1, (leafIndex * 64) + (uint)bit, _buffer);
            Assert.Equal(isThere ? GetResult.Hit : GetResult.Miss, result);
            Assert.True(!isThere || _buffer.AsSpan().SequenceEqual(Pages.Of((ulong)bit)));
        }

        Assert.Equal(1 + System.Numerics.BitOperations.PopCount(mask), pool.PageCount);
    }
}
