using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>The store may drop any page: a value is whole or gone, and what is left of it is freed.</summary>
public class EvictionTests
{
    public static TheoryData<Place, int, int> LostChunks
    {
        get
        {
            TheoryData<Place, int, int> data = [];
            foreach (Place place in Enum.GetValues<Place>())
            {
                foreach (int length in (int[])[4096, 5000, 12_288, 200_000])
                {
                    foreach (int chunk in new[] { 0, (length - 1) / 4096 }.Distinct())
                    {
                        data.Add(place, length, chunk);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(LostChunks))]
    public async Task A_value_that_lost_a_chunk_is_a_miss_and_its_rest_is_freed(Place place, int length, int chunk)
    {
        await using var test = new TestCache(place, hash: new FixedHash());
        test.Cache.Set("key", Segments.Bytes(length), TestCache.Forever);
        test.Pool.FlushPage(FixedHash.ChunksOf(slot: 0), FixedHash.ChunkIndex(slot: 0) + (uint)chunk);

        Assert.Null(test.Cache.Get("key"));

        Assert.Equal(0, test.Pages);
        test.Cache.Set("key", Segments.Bytes(length), TestCache.Forever);
        Assert.Equal(Segments.Bytes(length), test.Cache.Get("key"));
    }

    [Theory]
    [InlineData(Place.Own)]
    [InlineData(Place.Socket)]
    [InlineData(Place.SharedMemory)]
    public async Task A_value_that_lost_its_head_is_a_miss_and_its_chunks_are_freed(Place place)
    {
        await using var test = new TestCache(place, hash: new FixedHash());
        test.Cache.Set("key", Segments.Bytes(50_000), TestCache.Forever);
        test.Pool.FlushPage(test.Head.Object, test.Head.Index);
        Assert.NotEqual(0, test.Pages);

        Assert.Null(test.Cache.Get("key"));

        Assert.Equal(0, test.Pages);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task Who_misses_a_key_that_had_no_long_value_looks_at_its_places_and_no_further(bool isShared, int calls)
    {
        WatchedPool pool = null!;
        await using var test = new TestCache(
            wrap: inner => pool = new WatchedPool(inner), heads: isShared ? HeadLayout.Sharing(100) : HeadLayout.Alone);
        test.Cache.Set("long", Segments.Bytes(9000), TestCache.Forever);
        int before = pool.Calls;

        int missed = Enumerable.Range(0, 1000).Count(key => test.Cache.Get($"key {key}") is null);

        // Of 65,536 marks one is set: hardly a key in a thousand shares it.
        Assert.Equal(1000, missed);
        Assert.InRange(pool.Calls - before, calls * 1000, (calls * 1000) + 50);
    }

    [Fact]
    public async Task A_set_over_a_lost_head_frees_its_chunks_and_never_takes_one_for_its_own()
    {
        await using var test = new TestCache(hash: new FixedHash());
        test.Cache.Set("key", Segments.Bytes(50_000, seed: 1), TestCache.Forever);
        test.Pool.FlushPage(test.Head.Object, test.Head.Index);

        test.Cache.Set("key", Segments.Bytes(5_000, seed: 2), TestCache.Forever);

        Assert.Equal(3, test.Pages);
        Assert.Equal(Segments.Bytes(5_000, seed: 2), test.Cache.Get("key"));
    }

    [Fact]
    public async Task A_removal_frees_chunks_whose_head_is_lost()
    {
        await using var test = new TestCache(hash: new FixedHash());
        test.Cache.Set("key", Segments.Bytes(50_000), TestCache.Forever);
        test.Pool.FlushPage(test.Head.Object, test.Head.Index);

        test.Cache.Remove("key");

        Assert.Equal(0, test.Pages);
    }

    /// <summary>A length of a value, bytes of its head that are changed, and what is left of it.</summary>
    public static TheoryData<int, int, byte, int> Damages => new()
    {
        { 100, 0, 0, 0 },
        { 100, 0, 0, 3 },
        { 100, 0, 1, 4096 },
        { 100, 1, 3, 4096 },
        { 100, 1, 8, 10 },
        { 100, 3, 0x7F, 4096 },
        { 5000, 0, 0, 30 },
        { 5000, 0, 1, 4096 },
        { 5000, 2, 1, 4096 },
        { 5000, 7, 0x80, 4096 },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_head_that_is_none_is_a_miss(int valueBytes, int at, byte flipped, int left)
    {
        await using var test = new TestCache(hash: new FixedHash());
        test.Cache.Set("key", Segments.Bytes(valueBytes), TestCache.Forever);
        var entry = new byte[4096];
        test.Pool.GetEntry(test.Head.Object, test.Head.Index, entry, out int length);
        entry[at] ^= flipped;
        test.Pool.FlushPage(test.Head.Object, test.Head.Index);
        if (left > 0)
        {
            Assert.True(test.Pool.TryPutEntry(test.Head.Object, test.Head.Index, entry.AsSpan(0, Math.Min(length, left)), out _));
        }

        Assert.Null(test.Cache.Get("key"));

        test.Cache.Set("key", Segments.Bytes(valueBytes, seed: 2), TestCache.Forever);
        Assert.Equal(Segments.Bytes(valueBytes, seed: 2), test.Cache.Get("key"));
    }

    [Fact]
    public async Task Values_go_whole_when_the_host_is_full()
    {
        await using var test = new TestCache(capacityBytes: 4L << 20, compression: PageCompression.None);
        int hits = 0;
        for (int i = 0; i < 3000; i++)
        {
            int length = (i % 40) * 500;
            test.Cache.Set($"key {i}", Segments.Bytes(length, seed: i), TestCache.Forever);
            int asked = Math.Max(0, i - (i * 7 % 300));
            byte[]? found = test.Cache.Get($"key {asked}");
            if (found is not null)
            {
                hits++;
                Assert.True(found.AsSpan().SequenceEqual(Segments.Bytes((asked % 40) * 500, seed: asked)));
            }
        }

        Assert.InRange(hits, 1, 2999);
        Assert.InRange(test.Host.CommittedBytes, 0, 4L << 20);
    }
}
