using TmemCore.Store;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>Clients choose object ids; whatever they choose, the index is not crowded.</summary>
public sealed class HashFloodingTests
{
    private const int Objects = 4000;

    public static TheoryData<string> Choices { get; } = ["same exclusive or", "multiples of a power of two", "one word only", "leaves far apart"];

    /// <summary>Overflow lines of 64 bytes hold what a bucket has too much: no choice makes many more of them than chance does.</summary>
    [Theory]
    [MemberData(nameof(Choices))]
    public void Ids_that_collide_in_simple_hashes_do_not_crowd_buckets(string choice)
    {
        long byChance = OverflowsOf(choice == "leaves far apart" ? "leaves by chance" : "by chance");
        Assert.InRange(byChance, 1, Objects / 10);
        Assert.InRange(OverflowsOf(choice), 0, byChance * 3 / 2);
    }

    private static long OverflowsOf(string choice)
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 32 * Hosts.Mebibyte, HashSeed = null, Shards = 4 });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        var page = new byte[TmemPool.PageBytes];
        var random = new Random(1);
        for (uint i = 0; i < Objects; i++)
        {
            (ObjectId id, uint index) = Choose(choice, i, random);
            Assert.Equal(PutResult.Stored, pool.Put(id, index, page));
        }

        long[] perShard = [.. Inside.Shards(host.Store).Select(shard => (long)shard.Record.PersistentPages)];
        Assert.True(choice.StartsWith("leaves", StringComparison.Ordinal) || perShard.Min() > Objects / 8, $"Shards hold {string.Join(", ", perShard)} pages.");
        Assert.Empty(host.Verify());
        return Inside.Shards(host.Store).Sum(shard => shard.VisitObjects(static (_, _) => { }));
    }

    [Fact]
    public void The_key_differs_from_host_to_host_unless_it_is_fixed()
    {
        ulong first = new KeyHash(null).OfObject(1, 1);
        ulong second = new KeyHash(null).OfObject(1, 1);
        Assert.NotEqual(first, second);
        Assert.Equal(new KeyHash(5).OfObject(1, 1), new KeyHash(5).OfObject(1, 1));
        Assert.NotEqual(new KeyHash(5).OfObject(1, 1), new KeyHash(6).OfObject(1, 1));
    }

    private static (ObjectId Id, uint Index) Choose(string choice, uint i, Random random) => choice switch
    {
        "same exclusive or" => (new ObjectId(i, i ^ 0x5555, 0x5555), 0),
        "multiples of a power of two" => (new ObjectId((ulong)i << 40), 0),
        "one word only" => (new ObjectId(0, 0, i), 0),
        "by chance" => (new ObjectId((ulong)random.NextInt64(), (ulong)random.NextInt64(), (ulong)random.NextInt64()), 0),
        "leaves by chance" => (new ObjectId(1), (uint)random.NextInt64(uint.MaxValue)),
        _ => (new ObjectId(1), i << 12),
    };
}
