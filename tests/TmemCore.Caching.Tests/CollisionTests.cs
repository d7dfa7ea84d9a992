using System.Runtime.InteropServices;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>Keys with one id push each other out, and never give each other's values.</summary>
public class CollisionTests
{
    public static TheoryData<string, string, int, bool> Collisions
    {
        get
        {
            TheoryData<string, string, int, bool> data = [];
            foreach (bool isShared in (bool[])[false, true])
            {
                data.Add("one", "two", 10, isShared);
                data.Add("one", "two", 9000, isShared);
                data.Add("one", "three", 10, isShared);
                data.Add("k", "\0", 4096, isShared);
                data.Add(new string('k', 5000), new string('l', 5000), 10, isShared);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Collisions))]
    public async Task A_collision_is_a_miss(string first, string second, int length, bool isShared)
    {
        await using var test = Make(isShared);
        byte[] old = Segments.Bytes(length, seed: 1), other = Segments.Bytes(length, seed: 2);
        test.Cache.Set(first, old, TestCache.Forever);

        Assert.Null(test.Cache.Get(second));
        Assert.Equal(old, test.Cache.Get(first));

        test.Cache.Set(second, other, TestCache.Forever);
        byte[]? found = test.Cache.Get(first);
        Assert.True(found is null || found.AsSpan().SequenceEqual(old));
        Assert.Equal(other, test.Cache.Get(second));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Keys_with_one_id_never_give_each_others_values_whatever_becomes_of_them(bool isShared)
    {
        string[] keys = ["one", "two", "three", new string('k', 4060), new string('l', 4060), new string('k', 5000)];
        await using var test = Make(isShared);
        var values = new byte[]?[keys.Length];
        var random = new Random(1);
        for (int call = 0; call < 4000; call++)
        {
            int key = random.Next(keys.Length);
            byte[]? found = test.Cache.Get(keys[key]);
            Assert.True(found is null || found.AsSpan().SequenceEqual(values[key]), $"call {call}");
            if (random.Next(4) == 0)
            {
                test.Cache.Remove(keys[key]);
                values[key] = null;
            }
            else
            {
                values[key] = Segments.Bytes(random.Next(3) == 0 ? random.Next(20_000) : random.Next(300), seed: call);
                test.Cache.Set(keys[key], values[key]!, TestCache.Forever);
                Assert.Equal(values[key], test.Cache.Get(keys[key]));
            }
        }

        foreach (string key in keys)
        {
            test.Cache.Remove(key);
        }

        Assert.Equal(0, test.Pages);
    }

    [Fact]
    public async Task A_long_key_is_not_taken_for_another_of_its_id_and_its_length()
    {
        string first = new string('k', 4060), second = new string('l', 4060);
        await using var test = Make(isShared: true);
        test.Cache.Set("x", [1], TestCache.Forever);
        test.Cache.Set(first, Segments.Bytes(10), TestCache.Forever);
        test.Cache.Remove("x");
        test.Cache.Set(second, Segments.Bytes(100), TestCache.Forever);

        test.Cache.Remove(first);

        Assert.Null(test.Cache.Get(first));
    }

    [Fact]
    public async Task A_set_that_is_refused_leaves_no_chunks_beside_those_of_another_key_of_its_id()
    {
        WatchedPool pool = null!;
        await using var test = Make(isShared: true, inner => pool = new WatchedPool(inner));
        test.Cache.Set("twin", Segments.Bytes(9000), TestCache.Forever);
        test.Cache.Set("x", [1], TestCache.Forever);
        long pages = test.Pages;
        pool.RefuseAfter(2);

        test.Cache.Set("key", Segments.Bytes(50_000), TestCache.Forever);

        Assert.Equal(pages, test.Pages);
        Assert.Equal(Segments.Bytes(9000), test.Cache.Get("twin"));
    }

    [Fact]
    public async Task Long_keys_with_one_id_and_one_length_are_told_apart()
    {
        await using var test = new TestCache(hash: new FixedHash());
        string first = new string('k', 9000) + "1", second = new string('k', 9000) + "2";
        test.Cache.Set(first, [1], TestCache.Forever);

        Assert.Null(test.Cache.Get(second));
        Assert.Equal([1], test.Cache.Get(first)!);
    }

    [Fact]
    public async Task Keys_with_the_same_bytes_in_two_encodings_are_told_apart()
    {
        // A surrogate alone is kept as its 16 bits, whose bytes are those of no text in UTF-8; with a character behind it they are.
        const string characters = "\uDD41\u4142";
        byte[] bytes = MemoryMarshal.AsBytes(characters.AsSpan()).ToArray();
        await using var test = new TestCache(hash: new FixedHash());
        test.Cache.Set(characters, [1], TestCache.Forever);

        // The head says which of the two it is: set the same bytes as UTF-8, and nothing but that has changed.
        var entry = new byte[4096];
        Assert.Equal(GetResult.Hit, test.Pool.GetEntry(test.Head.Object, test.Head.Index, entry, out int length));
        Assert.True(entry.AsSpan(0, length).IndexOf(bytes) > 0);
        entry[1] ^= 4;
        Assert.True(test.Pool.TryPutEntry(test.Head.Object, test.Head.Index, entry.AsSpan(0, length), out _));

        Assert.Null(test.Cache.Get(characters));
    }

    [Fact]
    public async Task Keys_whose_ids_are_neighbours_may_lose_chunks_and_never_exchange_them()
    {
        var hash = new NeighbourHash();
        await using var test = new TestCache(hash: hash);
        byte[] first = Segments.Bytes(9000, seed: 1), second = Segments.Bytes(9000, seed: 2);
        for (int round = 0; round < 6; round++)
        {
            // The second set of the one goes where the first set of the other goes.
            test.Cache.Set("a", first, TestCache.Forever);
            test.Cache.Set("a", first, TestCache.Forever);
            byte[]? found = test.Cache.Get("b");
            Assert.True(found is null || found.AsSpan().SequenceEqual(second));
            test.Cache.Set("b", second, TestCache.Forever);
            Assert.Equal(second, test.Cache.Get("b"));
            found = test.Cache.Get("a");
            Assert.True(found is null || found.AsSpan().SequenceEqual(first));
        }
    }

    /// <summary>A cache with one id for all keys, which has a place, or two in an object that it shares.</summary>
    private static TestCache Make(bool isShared, Func<IRetainingPool, IRetainingPool>? wrap = null) =>
        new(hash: new FixedHash(), heads: isShared ? HeadLayout.Sharing(1) : HeadLayout.Alone, wrap: wrap);

    private sealed class NeighbourHash : IKeyHash
    {
        public ObjectId Hash(ReadOnlySpan<byte> key) => new(1, 2, key[0]);
    }
}
