using TmemCore.Store;
using Xunit;

namespace TmemCore.Tests.Store;

public sealed class KeyHashTests
{
    private const int Keys = 1 << 16;
    private const int Classes = 256;

    public static TheoryData<string> Parts { get; } = ["bucket", "shard", "tag"];

    /// <summary>Counts in 256 classes deviate from the mean as chance has it: chi-square with 255 degrees of freedom, ten deviations wide.</summary>
    [Theory]
    [MemberData(nameof(Parts))]
    public void Words_and_pools_spread_evenly_over_every_part_of_the_hash(string part)
    {
        foreach (ulong seed in (ulong[])[1, 2, 3])
        {
            var hash = new KeyHash(seed);
            RequireEven(i => Part(hash.OfObject(1, i), part));
            RequireEven(i => Part(hash.OfObject(1, new ObjectId(0, i)), part));
            RequireEven(i => Part(hash.OfObject((uint)i, 7), part));
            RequireEven(i => Part(hash.OfObject(1, i << 44), part));
        }
    }

    /// <summary>
    /// The third word and the leaf go through one multiplication only, which leaves something regular: no class has more than
    /// twice its share, and that is what buckets need.
    /// </summary>
    [Theory]
    [MemberData(nameof(Parts))]
    public void The_third_word_and_the_leaf_crowd_no_part_of_the_hash(string part)
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var hash = new KeyHash(seed);
            Assert.InRange(CountsOf(i => Part(hash.OfObject(1, new ObjectId(0, 0, i)), part)).Max(), 1, 2 * Keys / Classes);
            Assert.InRange(CountsOf(i => Part(hash.OfLeaf(hash.OfObject(1, 1), (uint)i), part)).Max(), 1, 2 * Keys / Classes);
        }
    }

    [Fact]
    public void Each_word_each_bit_and_the_pool_matter()
    {
        var hash = new KeyHash(1);
        var seen = new HashSet<ulong> { hash.OfObject(0, default) };
        for (int bit = 0; bit < 64; bit++)
        {
            Assert.True(seen.Add(hash.OfObject(0, new ObjectId(1UL << bit))));
            Assert.True(seen.Add(hash.OfObject(0, new ObjectId(0, 1UL << bit))));
            Assert.True(seen.Add(hash.OfObject(0, new ObjectId(0, 0, 1UL << bit))));
        }

        Assert.True(seen.Add(hash.OfObject(1, default)));
    }

    [Fact]
    public void A_hash_without_a_seed_has_a_secret_of_its_own_in_every_bit()
    {
        ulong[] hashes = [.. Enumerable.Range(0, 200).Select(static _ => new KeyHash(null).OfObject(1, new ObjectId(2)))];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(ulong.MaxValue, hashes.Aggregate(static (all, hash) => all | hash));
        Assert.Equal(0UL, hashes.Aggregate(static (all, hash) => all & hash));
    }

    private static ulong Part(ulong hash, string part) => part switch
    {
        "bucket" => hash % Classes,
        "shard" => (hash >> 32) % Classes,
        _ => (hash >> 48) % Classes,
    };

    private static int[] CountsOf(Func<ulong, ulong> classOf)
    {
        var counts = new int[Classes];
        for (ulong i = 0; i < Keys; i++)
        {
            counts[classOf(i)]++;
        }

        return counts;
    }

    private static void RequireEven(Func<ulong, ulong> classOf)
    {
        const double Mean = (double)Keys / Classes;
        double chiSquare = CountsOf(classOf).Sum(count => (count - Mean) * (count - Mean) / Mean);
        Assert.InRange(chiSquare, 0, 255 + (10 * Math.Sqrt(2 * 255)));
    }
}
