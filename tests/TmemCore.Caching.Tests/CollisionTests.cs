using System.Runtime.InteropServices;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>Keys with one id push each other out, and never give each other's values.</summary>
public class CollisionTests
{
    [Theory]
    [InlineData("one", "two", 10)]
    [InlineData("one", "two", 9000)]
    [InlineData("one", "three", 10)]
    [InlineData("k", "\0", 4096)]
    public async Task A_collision_is_a_miss(string first, string second, int length)
    {
        await using var test = new TestCache(hash: new FixedHash());
        test.Cache.Set(first, Segments.Bytes(length, seed: 1), TestCache.Forever);

        Assert.Null(test.Cache.Get(second));
        Assert.Equal(Segments.Bytes(length, seed: 1), test.Cache.Get(first));

        test.Cache.Set(second, Segments.Bytes(length, seed: 2), TestCache.Forever);
        Assert.Null(test.Cache.Get(first));
        Assert.Equal(Segments.Bytes(length, seed: 2), test.Cache.Get(second));
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
        Assert.Equal(GetResult.Hit, test.Pool.GetEntry(FixedHash.Id, 0, entry, out int length));
        Assert.True(entry.AsSpan(0, length).IndexOf(bytes) > 0);
        entry[1] ^= 4;
        Assert.True(test.Pool.TryPutEntry(FixedHash.Id, 0, entry.AsSpan(0, length), out _));

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

    private sealed class NeighbourHash : IKeyHash
    {
        public ObjectId Hash(ReadOnlySpan<byte> key) => new(1, 2, key[0]);
    }
}
