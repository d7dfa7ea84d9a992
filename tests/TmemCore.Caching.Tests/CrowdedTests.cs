using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>Many keys in few objects, so that places are short: who finds none pushes another out, and nothing is ever another's, or left behind.</summary>
public class CrowdedTests
{
    private const int Keys = 60;

    public static TheoryData<uint, int> Runs
    {
        get
        {
            TheoryData<uint, int> data = [];
            foreach (uint groups in (uint[])[1, 3, 20])
            {
                data.Add(groups, 300);
                data.Add(groups, 20_000);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task A_value_is_the_last_that_was_set_or_gone(uint groups, int mostBytes)
    {
        await using var test = new TestCache(heads: HeadLayout.Sharing(groups), compression: PageCompression.None);
        var values = new byte[]?[Keys];
        var random = new Random(1);
        int hits = 0, gets = 0;
        for (int call = 0; call < 6000; call++)
        {
            int key = random.Next(Keys);
            if (values[key] is byte[] value)
            {
                byte[]? found = test.Cache.Get($"key {key}");
                Assert.True(found is null || found.AsSpan().SequenceEqual(value), $"call {call}, key {key}");
                gets++;
                hits += found is null ? 0 : 1;
            }

            if (random.Next(5) == 0)
            {
                test.Cache.Remove($"key {key}");
                values[key] = null;
                Assert.Null(test.Cache.Get($"key {key}"));
            }
            else
            {
                values[key] = Segments.Bytes(random.Next(mostBytes), seed: call);
                test.Cache.Set($"key {key}", values[key]!, TestCache.Forever);
                Assert.Equal(values[key], test.Cache.Get($"key {key}"));
            }
        }

        // In one object some 48 keys contend for 64 places, two each; in 20 there are two or three a piece.
        Assert.InRange(hits / (double)gets, groups == 20 ? 0.98 : 0.5, 1);
        for (int key = 0; key < Keys; key++)
        {
            test.Cache.Remove($"key {key}");
        }

        Assert.Equal(0, test.Pages);
    }

    [Fact]
    public async Task Seven_keys_of_an_object_hardly_ever_push_each_other_out()
    {
        const int Groups = 500;
        await using var test = new TestCache(heads: HeadLayout.Sharing(Groups));
        for (int key = 0; key < 7 * Groups; key++)
        {
            test.Cache.Set($"key {key}", Segments.Bytes(200, key), TestCache.Forever);
        }

        int found = Enumerable.Range(0, 7 * Groups).Count(key => test.Cache.Get($"key {key}") is byte[] value && value.AsSpan().SequenceEqual(Segments.Bytes(200, key)));
        Assert.InRange(found, 7 * Groups * 98 / 100, 7 * Groups);
        Assert.InRange(test.Host.GetStatistics().Objects, 1, Groups);
    }

    [Fact]
    public async Task Long_keys_of_one_length_are_told_apart_in_one_object()
    {
        const int Long = 12;
        await using var test = new TestCache(heads: HeadLayout.Sharing(1), hash: new TwoPlaces());
        for (int key = 0; key < Long; key++)
        {
            test.Cache.Set($"{key:D5000}", [(byte)key], TestCache.Forever);
        }

        // All have the same two places: the last two are there, whoever is asked for before.
        int[] found = [.. Enumerable.Range(0, Long).Where(key => test.Cache.Get($"{key:D5000}") is byte[] value && value.SequenceEqual([(byte)key]))];
        Assert.Equal(2, found.Length);
        Assert.Contains(Long - 1, found);
    }

    [Fact]
    public async Task A_value_that_is_pushed_out_takes_its_chunks_along()
    {
        await using var test = new TestCache(heads: HeadLayout.Sharing(1));
        for (int key = 0; key < 400; key++)
        {
            test.Cache.Set($"key {key}", Segments.Bytes(9000, key), TestCache.Forever);
        }

        // A head and three chunks each.
        Assert.InRange(test.Pages, 4 * 32, 4 * (int)HeadLayout.Indexes);
        Assert.Equal(0, test.Pages % 4);
    }

    [Theory]
    [InlineData("own", 180, 200)]
    [InlineData("other", 0, 20)]
    public async Task What_is_asked_for_outlives_a_scan_and_what_is_only_in_the_way_does_not(string asked, int least, int most)
    {
        const int Pairs = 200;
        await using var test = new TestCache(capacityBytes: 4L << 20, compression: PageCompression.None, heads: HeadLayout.Sharing(1 << 16), hash: new Neighbours());
        for (int pair = 0; pair < Pairs; pair++)
        {
            test.Cache.Set($"own {pair:D8}", Segments.Bytes(2000, pair), TestCache.Forever);
        }

        // The other key of a pair is not there: who asks for it comes by the first one's head.
        for (int round = 0; round < 4; round++)
        {
            for (int pair = 0; pair < Pairs; pair++)
            {
                Assert.Equal(asked == "own", test.Cache.Get($"{asked} {pair:D8}") is not null);
            }
        }

        for (int i = 0; i < 5000; i++)
        {
            test.Cache.Set($"scanned {i:D8}", Segments.Bytes(2000, i), TestCache.Forever);
        }

        Assert.InRange(Enumerable.Range(0, Pairs).Count(pair => test.Cache.Get($"own {pair:D8}") is not null), least, most);
    }

    [Theory]
    [InlineData("own", false, 100, 200)]
    [InlineData("own", true, 100, 200)]
    [InlineData("new", false, 0, 10)]
    public async Task A_key_that_returns_outlives_a_scan_at_either_place_and_a_new_one_at_its_place_does_not(string key, bool isFirstPlaceTaken, int least, int most)
    {
        const int Pairs = 200;
        await using var test = new TestCache(capacityBytes: 4L << 20, compression: PageCompression.None, heads: HeadLayout.Sharing(1 << 16), hash: new Neighbours());
        Fill("own", Pairs);
        Fill("scanned", 1100);
        Assert.Equal(0, Found("own"));
        if (isFirstPlaceTaken)
        {
            Fill("other", Pairs);
        }

        Fill(key, Pairs);
        Fill("again scanned", 2000);

        // Some are forgotten since others fell on their slots.
        Assert.InRange(Found(key), least, most);
        Assert.InRange(Found("other"), 0, 10);

        void Fill(string name, int keys)
        {
            for (int i = 0; i < keys; i++)
            {
                test.Cache.Set($"{name} {i:D8}", Segments.Bytes(3500, i), TestCache.Forever);
            }
        }

        int Found(string name) => Enumerable.Range(0, Pairs).Count(pair => test.Cache.Get($"{name} {pair:D8}") is not null);
    }

    [Fact]
    public void A_key_has_two_places_and_its_stripe_is_that_of_all_who_may_have_one_of_them()
    {
        HeadLayout layout = HeadLayout.Sharing(groups: 5);
        var hash = new KeyHash();
        var seen = new Dictionary<HeadPlace, ulong>();
        for (int key = 0; key < 2000; key++)
        {
            ObjectId id = hash.Hash(BitConverter.GetBytes(key));
            Assert.NotEqual(layout.PlaceOf(id, 0), layout.PlaceOf(id, 1));
            for (int number = 0; number < layout.PlacesPerKey; number++)
            {
                HeadPlace place = layout.PlaceOf(id, number);
                Assert.InRange(place.Index, 0u, HeadLayout.Indexes - 1);
                Assert.True(seen.TryAdd(place, layout.StripeOf(id)) || seen[place] == layout.StripeOf(id));
            }
        }

        Assert.Equal(5 * (int)HeadLayout.Indexes, seen.Count);
    }

    [Fact]
    public async Task Keys_share_objects_in_a_host_of_this_process_only()
    {
        await using var own = new TestCache(capacityBytes: 8L << 20);
        await using var remote = new TestCache(Place.Socket, capacityBytes: 8L << 20);

        Assert.Equal(2, own.Cache.Store!.Heads.PlacesPerKey);
        Assert.Equal(1, remote.Cache.Store!.Heads.PlacesPerKey);
    }

    /// <summary>Ids that differ, and lead to the same two places.</summary>
    private sealed class TwoPlaces : IKeyHash
    {
        public ObjectId Hash(ReadOnlySpan<byte> key) => new(0, 0, BitConverter.ToUInt64(key[^8..]));
    }

    /// <summary>Keys that end in the same number lead to the same two places, and have ids and tags of their own; others are scattered.</summary>
    private sealed class Neighbours : IKeyHash
    {
        private readonly KeyHash _hash = new();

        public ObjectId Hash(ReadOnlySpan<byte> key) =>
            key.IndexOf("scanned"u8) >= 0 ? _hash.Hash(key) : Neighbour(_hash.Hash(key[^8..]), _hash.Hash(key));

        private static ObjectId Neighbour(in ObjectId places, in ObjectId own) =>
            places with { Word0 = (places.Word0 >> 32 << 32) | (uint)own.Word0, Word2 = own.Word2 };
    }
}
