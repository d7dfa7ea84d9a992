using System.Buffers;
using TmemCore.Tests;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>What others do to a value between the head and the chunks of a get.</summary>
public class InterleavingTests
{
    private WatchedPool _pool = null!;

    public static TheoryData<int, int, bool> Lengths
    {
        get
        {
            TheoryData<int, int, bool> data = [];
            foreach (int before in (int[])[4096, 9000])
            {
                foreach (int after in (int[])[0, 10, 4096, 9000, 70_000])
                {
                    data.Add(before, after, false);
                    data.Add(before, after, true);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task A_set_meanwhile_gives_the_new_value(int before, int after, bool isShared)
    {
        await using var test = Make(isShared: isShared);
        test.Cache.Set("key", Segments.Bytes(before, seed: 1), TestCache.Forever);
        _pool.BeforeChunks = () => test.Cache.Set("key", Segments.Bytes(after, seed: 2), TestCache.Forever);

        Assert.Equal(Segments.Bytes(after, seed: 2), test.Cache.Get("key"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_sets_meanwhile_use_the_same_slot_and_give_the_newest_value(bool isShared)
    {
        await using var test = Make(isShared: isShared);
        test.Cache.Set("key", Segments.Bytes(9000, seed: 1), TestCache.Forever);
        _pool.BeforeChunks = () =>
        {
            test.Cache.Set("key", Segments.Bytes(9000, seed: 2), TestCache.Forever);
            test.Cache.Set("key", Segments.Bytes(9000, seed: 3), TestCache.Forever);
        };

        Assert.Equal(Segments.Bytes(9000, seed: 3), test.Cache.Get("key"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_head_that_is_lost_and_set_anew_meanwhile_gives_no_mixture(bool isShared)
    {
        await using var test = Make(new FixedHash(), isShared);
        test.Cache.Set("key", Segments.Bytes(9000, seed: 1), TestCache.Forever);
        _pool.BeforeChunks = () =>
        {
            test.Pool.FlushPage(test.Head.Object, test.Head.Index);
            test.Cache.Set("key", Segments.Bytes(9000, seed: 2), TestCache.Forever);
        };

        Assert.Equal(Segments.Bytes(9000, seed: 2), test.Cache.Get("key"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_removal_meanwhile_is_a_miss(bool isShared)
    {
        await using var test = Make(isShared: isShared);
        test.Cache.Set("key", Segments.Bytes(9000), TestCache.Forever);
        _pool.BeforeChunks = () => test.Cache.Remove("key");

        Assert.Null(test.Cache.Get("key"));
        Assert.Equal(0, test.Pages);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_value_that_is_replaced_during_every_read_is_read_in_the_end(bool isShared)
    {
        await using var test = Make(isShared: isShared);
        int sets = 0;
        void Replace()
        {
            if (sets < 4)
            {
                sets++;
                test.Cache.Set("key", Segments.Bytes(9000 + sets, seed: sets), TestCache.Forever);
                _pool.BeforeChunks = Replace;
            }
        }

        test.Cache.Set("key", Segments.Bytes(9000), TestCache.Forever);
        _pool.BeforeChunks = Replace;

        Assert.Equal(Segments.Bytes(9004, seed: 4), test.Cache.Get("key"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_new_value_after_a_lost_chunk_is_not_freed_with_the_old_one(bool isShared)
    {
        await using var test = Make(new FixedHash(), isShared);
        test.Cache.Set("key", Segments.Bytes(9000, seed: 1), TestCache.Forever);
        test.Pool.FlushPage(FixedHash.ChunksOf(slot: 0), FixedHash.ChunkIndex(slot: 0));
        _pool.BeforeChunks = () => test.Cache.Set("key", Segments.Bytes(9000, seed: 2), TestCache.Forever);

        Assert.Equal(Segments.Bytes(9000, seed: 2), test.Cache.Get("key"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refresh_meanwhile_does_not_keep_a_value_that_lacks_a_chunk(bool isShared)
    {
        var time = new FakeClock();
        await using var test = Make(new FixedHash(), isShared, time);
        test.Cache.Set("key", Segments.Bytes(9000), new() { SlidingExpiration = TimeSpan.FromHours(1) });
        test.Pool.FlushPage(FixedHash.ChunksOf(slot: 0), FixedHash.ChunkIndex(slot: 0));
        _pool.BeforeChunks = () =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            test.Cache.Refresh("key");
        };

        Assert.Null(test.Cache.Get("key"));
        Assert.Equal(0, test.Pages);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_value_that_comes_when_an_incomplete_one_is_about_to_be_freed_stays(bool isShared)
    {
        await using var test = Make(new FixedHash(), isShared);
        test.Cache.Set("key", Segments.Bytes(9000, seed: 1), TestCache.Forever);
        test.Pool.FlushPage(FixedHash.ChunksOf(slot: 0), FixedHash.ChunkIndex(slot: 0));

        // The head is read before the chunks, after them, and when the rest is to be freed.
        _pool.BeforeHead(2, () => test.Cache.Set("key", Segments.Bytes(9000, seed: 2), TestCache.Forever));

        Assert.Null(test.Cache.Get("key"));
        Assert.Equal(Segments.Bytes(9000, seed: 2), test.Cache.Get("key"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_value_that_comes_when_one_that_is_over_is_about_to_be_freed_stays(bool isShared)
    {
        var time = new FakeClock();
        await using var test = Make(new FixedHash(), isShared, time);
        test.Cache.Set("key", Segments.Bytes(10, seed: 1), new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(1) });
        time.Advance(TimeSpan.FromSeconds(2));
        _pool.BeforeHead(1, () => test.Cache.Set("key", Segments.Bytes(10, seed: 2), TestCache.Forever));

        Assert.Null(test.Cache.Get("key"));
        Assert.Equal(Segments.Bytes(10, seed: 2), test.Cache.Get("key"));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(9000)]
    public async Task A_connection_that_breaks_before_a_renewal_leaves_the_writer_as_it_was(int length)
    {
        var time = new FakeClock();
        await using var test = Make(new FixedHash(), isShared: false, time);
        test.Cache.Set("key", Segments.Bytes(length), new() { SlidingExpiration = TimeSpan.FromHours(1) });
        time.Advance(TimeSpan.FromSeconds(1));
        var writer = new ArrayBufferWriter<byte>();

        // The head is read once for the value, once more behind chunks, and then for the renewal.
        _pool.BeforeHead(length > 4096 ? 2 : 1, () => _pool.IsBroken = true);

        Assert.False(test.Cache.TryGet("key", writer));
        Assert.Equal(0, writer.WrittenCount);
    }

    private TestCache Make(IKeyHash? hash = null, bool isShared = false, TimeProvider? time = null) => new(
        hash: hash, time: time, wrap: inner => _pool = new WatchedPool(inner), heads: isShared ? HeadLayout.Sharing(1) : HeadLayout.Alone);
}
