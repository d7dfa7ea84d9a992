using TmemCore.Store;
using Xunit;

namespace TmemCore.Tests.Store;

/// <summary>How many places in memory a lookup goes to, counted in an index with a fixed seed: what a lookup costs without a clock.</summary>
public sealed class LookupTests
{
    private const int Objects = 12_000;

    /// <summary>Of some 33,000 records that a tag of 15 bits lets pass, one is the wrong one.</summary>
    private const double MostVainRecords = 0.002;

    /// <summary>Lookups that go on behind the first line of a bucket: those whose record lies there, and vain ones in a crowded bucket.</summary>
    private const double MostBehindFirstLine = 0.09;
    private const double MostVainBehindFirstLine = 0.28;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_lookup_goes_to_one_line_of_the_index_and_one_record(int pagesPerObject)
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 128 * Hosts.Mebibyte, Shards = 4 });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        var page = new byte[TmemPool.PageBytes];
        for (uint i = 0; i < Objects * pagesPerObject; i++)
        {
            Assert.Equal(PutResult.Stored, pool.Put(i / (uint)pagesPerObject, i % (uint)pagesPerObject, page));
        }

        // An object of one page has no leaf: it is its own way to the page.
        Walk there = WalkAll(host.Store, pool.Handle.Pool, 0, isInLeaf: pagesPerObject > 1);
        Walk notThere = WalkAll(host.Store, pool.Handle.Pool, Objects, isInLeaf: pagesPerObject > 1);

        Assert.InRange(there.Records, Objects, Objects * (1 + MostVainRecords));
        Assert.InRange(there.BehindFirstLine, 0, Objects * MostBehindFirstLine);
        Assert.InRange(notThere.Records, 0, Objects * MostVainRecords);
        Assert.InRange(notThere.BehindFirstLine, 0, Objects * MostVainBehindFirstLine);
    }

    /// <summary>Neither object nor leaf is looked at: the object is there and has leaves, so that its entry is marked.</summary>
    [Fact]
    public void A_page_that_an_object_with_leaves_does_not_have_is_told_by_the_index_alone()
    {
        const uint PagesPerObject = 2;
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 128 * Hosts.Mebibyte, Shards = 4 });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        var page = new byte[TmemPool.PageBytes];
        for (uint i = 0; i < Objects * PagesPerObject; i++)
        {
            Assert.Equal(PutResult.Stored, pool.Put(i / PagesPerObject, i % PagesPerObject, page));
        }

        int records = 0;
        KeyHash hash = Inside.Hash(host.Store);
        for (ulong id = 0; id < Objects; id++)
        {
            ulong objectHash = hash.OfObject(pool.Handle.Pool, id);
            Shard shard = Inside.ShardOf(host.Store, objectHash);
            Assert.InRange(WalkOne(Inside.Objects(shard).Find(objectHash), Inside.Objects(shard), isThere: true).Records, 1, 2);
            records += WalkOne(Inside.Leaves(shard).FindUnmarked(hash.OfLeaf(objectHash, 1)), Inside.Leaves(shard), isThere: false).Records
                + WalkOne(Inside.Objects(shard).FindUnmarked(objectHash), Inside.Objects(shard), isThere: false).Records;
        }

        Assert.InRange(records, 0, 2 * Objects * MostVainRecords);
        Assert.All(Inside.Shards(host.Store), static shard => Assert.True(Inside.Objects(shard).AreAllMarked));
    }

    /// <summary>An object of one page among those with leaves has the index of objects looked into again, in its shard alone.</summary>
    [Fact]
    public void An_object_without_leaves_is_found_among_those_with_leaves()
    {
        using var host = new TmemHost(Hosts.Small with { Shards = 4 });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        var page = new byte[TmemPool.PageBytes];
        for (uint i = 0; i < 64; i++)
        {
            Assert.Equal(PutResult.Stored, pool.Put(i / 2, i % 2, page));
        }

        Assert.Equal(PutResult.Stored, pool.Put(1000, 5, page));
        Assert.Equal(1, Inside.Shards(host.Store).Count(static shard => !Inside.Objects(shard).AreAllMarked));
        Assert.Equal(GetResult.Hit, pool.Get(1000, 5, page));
        Assert.Equal(GetResult.Miss, pool.Get(1000, 4, page));

        Assert.Equal(FlushResult.Done, pool.FlushPage(1000, 5));
        Assert.All(Inside.Shards(host.Store), static shard => Assert.True(Inside.Objects(shard).AreAllMarked));
        Assert.Empty(host.Verify());
    }

    /// <summary>Shown by a count that was made wrong: a page that is there is not found, since its bucket is not looked into.</summary>
    [Fact]
    public void Where_all_objects_have_leaves_the_index_of_objects_is_left_alone()
    {
        using var host = new TmemHost(Hosts.Small);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        var page = new byte[TmemPool.PageBytes];
        Assert.Equal(PutResult.Stored, pool.Put(1000, 5, page));
        ref ShardRecord record = ref Inside.Shards(host.Store)[0].Record;

        record.Objects.Marked = record.Objects.Count;
        Assert.Equal(GetResult.Miss, pool.Get(1000, 5, page));

        record.Objects.Marked = 0;
        Assert.Equal(GetResult.Hit, pool.Get(1000, 5, page));
    }

    private static Walk WalkAll(PageStore store, uint pool, ulong firstId, bool isInLeaf)
    {
        KeyHash hash = Inside.Hash(store);
        var sum = default(Walk);
        for (ulong id = firstId; id < firstId + Objects; id++)
        {
            ulong objectHash = hash.OfObject(pool, id);
            Shard shard = Inside.ShardOf(store, objectHash);
            sum += isInLeaf
                ? WalkOne(Inside.Leaves(shard).FindUnmarked(hash.OfLeaf(objectHash, 0)), Inside.Leaves(shard), isThere: firstId == 0)
                : WalkOne(Inside.Objects(shard).FindUnmarked(objectHash), Inside.Objects(shard), isThere: firstId == 0);
        }

        return sum;
    }

    private static Walk WalkOne(BucketCursor cursor, BucketTable table, bool isThere)
    {
        int records = 0;
        int linesBehind = 0;
        while (table.TryNext(ref cursor, out _))
        {
            records++;
            if (isThere)
            {
                // The first record that the tag lets pass is nearly always the one.
                linesBehind = cursor.IsOverflow ? 1 : 0;
                isThere = false;
            }
        }

        return new Walk(records, records > 0 ? linesBehind : cursor.IsOverflow ? 1 : 0);
    }

    /// <summary>Records that were compared, and lookups that went on behind the first line.</summary>
    private readonly record struct Walk(int Records, int BehindFirstLine)
    {
        public static Walk operator +(Walk left, Walk right) =>
            new(left.Records + right.Records, left.BehindFirstLine + right.BehindFirstLine);
    }
}
