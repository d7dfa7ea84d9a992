using TmemCore.Store;
using Xunit;

namespace TmemCore.Tests.Store;

/// <summary>Telling who gets pages in the order of their indexes, and which frame that makes likely to be wanted next.</summary>
public sealed class SequenceMarksTests
{
    private const int Marks = 4;

    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Fact]
    public void The_index_behind_the_last_one_continues_and_no_other_does()
    {
        var marks = new SequenceMarks();

        Assert.False(marks.Continue(hash: 1000, index: 5));
        Assert.True(marks.Continue(1000, 6));
        Assert.True(marks.Continue(1000, 7));
        Assert.False(marks.Continue(1000, 7));
        Assert.False(marks.Continue(1000, 6));
        Assert.False(marks.Continue(2000, 8));
        Assert.True(marks.Continue(1000, 8));
    }

    [Fact]
    public void A_page_that_is_got_again_and_again_takes_one_mark()
    {
        var marks = new SequenceMarks();
        Assert.False(marks.Continue(1000, 5));
        for (int i = 0; i < 2 * Marks; i++)
        {
            Assert.False(marks.Continue(2000, 0));
        }

        Assert.True(marks.Continue(1000, 6));
        Assert.True(marks.Continue(2000, 1));
    }

    [Fact]
    public void Four_sequences_go_on_side_by_side_and_a_fifth_takes_the_place_of_the_first()
    {
        var marks = new SequenceMarks();
        ulong[] objects = [.. Enumerable.Range(1, Marks).Select(i => (ulong)i << 40)];
        Assert.All(objects, hash => Assert.False(marks.Continue(hash, 0)));
        for (uint index = 1; index < 10; index++)
        {
            Assert.All(objects, hash => Assert.True(marks.Continue(hash, index)));
        }

        Assert.False(marks.Continue((Marks + 1UL) << 40, 0));
        Assert.False(marks.Continue(objects[0], 10));
        Assert.All(objects[2..], hash => Assert.True(marks.Continue(hash, 10)));
    }

    [Fact]
    public void Foreseen_is_the_frame_of_the_page_behind_in_the_same_leaf()
    {
        using var host = new TmemHost(Hosts.Small);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        uint[] indexes = [.. Enumerable.Range(0, 130).Where(i => i != 20).Select(i => (uint)i)];
        Assert.All(indexes.Reverse(), index => Assert.Equal(PutResult.Stored, pool.Put(1, index, _buffer)));

        Assert.Equal(PageDescriptor.None, Foreseen(pool, 1, 0));
        for (uint index = 1; index < 19; index++)
        {
            Assert.Equal(host.Store.FrameOf(pool.Handle, 1, index + 1), Foreseen(pool, 1, index));
        }

        Assert.Equal(PageDescriptor.None, Foreseen(pool, 1, 19));
        Assert.Equal(PageDescriptor.None, Foreseen(pool, 1, 62));
        Assert.Equal(PageDescriptor.None, Foreseen(pool, 1, 63));
        Assert.Equal(host.Store.FrameOf(pool.Handle, 1, 65), Foreseen(pool, 1, 64));
    }

    [Fact]
    public void Nothing_is_foreseen_behind_the_only_page_of_an_object_nor_where_the_next_page_is_packed()
    {
        using var host = new TmemHost(Hosts.Small with { CompressByDefault = true });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        pool.Put(1, 1, Pages.Of(1));
        pool.Put(2, 1, Pages.Of(2));
        pool.Put(2, 2, Pages.Of(3));
        pool.Put(2, 3, new byte[TmemPool.PageBytes]);
        pool.Put(2, 4, Pages.Of(4));

        // There is no page at index 0; it is what makes index 1 the second of a row.
        Assert.Equal(PageDescriptor.None, Foreseen(pool, 1, 0));
        Assert.Equal(PageDescriptor.None, Foreseen(pool, 1, 1));
        Assert.Equal(PageDescriptor.None, Foreseen(pool, 2, 0));
        Assert.Equal(host.Store.FrameOf(pool.Handle, 2, 2), Foreseen(pool, 2, 1));
        Assert.Equal(PageDescriptor.None, Foreseen(pool, 2, 2));
        Assert.Equal(host.Store.FrameOf(pool.Handle, 2, 4), Foreseen(pool, 2, 3));
    }

    [Fact]
    public void Objects_without_leaves_take_no_mark()
    {
        using var host = new TmemHost(Hosts.Small);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        pool.Put(1, 0, _buffer);
        pool.Put(1, 1, _buffer);
        Assert.Equal(PageDescriptor.None, Foreseen(pool, 1, 0));
        for (ulong id = 2; id < 2 + (2 * Marks); id++)
        {
            pool.Put(id, 0, _buffer);
            Assert.Equal(PageDescriptor.None, Foreseen(pool, id, 0));
        }

        pool.Put(1, 2, _buffer);
        Assert.Equal(host.Store.FrameOf(pool.Handle, 1, 2), Foreseen(pool, 1, 1));
    }

    [Fact]
    public void A_packed_page_does_not_end_a_sequence()
    {
        using var host = new TmemHost(Hosts.Small with { CompressByDefault = true });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        pool.Put(1, 0, Pages.Of(1));
        pool.Put(1, 1, new byte[TmemPool.PageBytes]);
        pool.Put(1, 2, Pages.Of(2));
        pool.Put(1, 3, Pages.Of(3));
        Assert.Equal(GetResult.Hit, pool.Get(1, 0, _buffer));
        Assert.Equal(GetResult.Hit, pool.Get(1, 1, _buffer));
        Assert.Equal(host.Store.FrameOf(pool.Handle, 1, 3), Foreseen(pool, 1, 2));
    }

    /// <summary>Which frame a get of a page would ask for.</summary>
    private static uint Foreseen(PersistentPool pool, ulong id, uint index)
    {
        PageStore store = pool.Client.Host.Store;
        Shard shard = Inside.Shards(store)[0];
        ulong hash = Inside.Hash(store).OfObject(pool.Handle.Pool, id);
        shard.FindPage(shard.PoolShardOf(pool.Handle.Pool), id, hash, index, hints: null, out _, out uint leaf);
        return shard.FrameBehind(leaf, hash, index);
    }
}
