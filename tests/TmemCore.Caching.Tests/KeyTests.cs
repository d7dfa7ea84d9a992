using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>Keys are whatever a caller says, and each is its own.</summary>
public class KeyTests
{
    private static string[] Hostile =>
    [
        "", " ", "\0", "\0\0", "a", "A", "a\0", "\0a", "ä", "a\u0308", "\uFFFD", "\uD800", "\uDC00", "\uD800\uD800", "\uDC00\uD800",
        "\uD83D\uDE00", "x\uD800", "x\uDC00", "x\uFFFD", "\uFFFF", "\uFEFF", "key", "key ", "KEY", "ﬁ", "fi", new string('k', 255), new string('k', 256),
        new string('k', 257), new string('\u0800', 86), new string('k', 4079), new string('k', 4080), new string('k', 4081), new string('k', 4096),
        new string('k', 8192), new string('k', 65_535), new string('\uD800', 32_767), new string('\u0800', 21_845),
    ];

    public static TheoryData<Place> Places => [.. Enum.GetValues<Place>()];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Every_key_has_a_value_of_its_own(Place place)
    {
        await using var test = new TestCache(place);
        foreach (int length in (int[])[10, 4096, 9000])
        {
            for (int i = 0; i < Hostile.Length; i++)
            {
                test.Cache.Set(Hostile[i], Segments.Bytes(length, seed: i), TestCache.Forever);
            }

            for (int i = 0; i < Hostile.Length; i++)
            {
                Assert.Equal(Segments.Bytes(length, seed: i), test.Cache.Get(Hostile[i]));
            }
        }

        foreach (string key in Hostile)
        {
            test.Cache.Refresh(key);
            test.Cache.Remove(key);
            Assert.Null(test.Cache.Get(key));
        }

        Assert.Equal(0, test.Pages);
    }

    [Theory]
    [InlineData('k', 65_536, "65,536")]
    [InlineData('k', 10_000_000, "10,000,000")]
    [InlineData('\u0800', 21_846, "65,538")]
    [InlineData('\uD800', 32_768, "65,536")]
    public async Task A_key_that_is_too_long_is_refused_with_its_length_and_the_limit(char character, int length, string named)
    {
        await using var test = new TestCache();
        string key = new(character, length);

        foreach (Action call in (Action[])[
            () => test.Cache.Get(key),
            () => test.Cache.Set(key, [], TestCache.Forever),
            () => test.Cache.Remove(key),
            () => test.Cache.Refresh(key),
            () => test.Cache.RequireKey(key)])
        {
            ArgumentException error = Assert.Throws<ArgumentException>("key", call);
            Assert.Contains(named, error.Message, StringComparison.Ordinal);
            Assert.Contains("65,535", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_long_key_whose_chunk_is_lost_is_a_miss()
    {
        await using var test = new TestCache(hash: new FixedHash());
        string key = new('k', 10_000);
        test.Cache.Set(key, [1, 2, 3], TestCache.Forever);
        Assert.Equal([1, 2, 3], test.Cache.Get(key)!);

        test.Pool.FlushPage(FixedHash.ChunksOf(slot: 0), FixedHash.ChunkIndex(slot: 0) + 2);

        Assert.Null(test.Cache.Get(key));
        Assert.Equal(0, test.Pages);
    }
}
