using TmemCore.Tests;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>A set that could not be stored leaves nothing: never the value from before, and no page of the new one.</summary>
public class RefusalTests
{
    public static TheoryData<int, int, int, bool> Refusals
    {
        get
        {
            TheoryData<int, int, int, bool> data = [];
            foreach (int before in (int[])[-1, 10, 9000])
            {
                foreach (bool isShared in (bool[])[false, true])
                {
                    data.Add(before, 10, 0, isShared);
                    foreach (int after in (int[])[0, 1, 2, 3])
                    {
                        data.Add(before, 9000, after, isShared);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Whatever_put_is_refused_nothing_is_left(int lengthBefore, int length, int putsBeforeRefusal, bool isShared)
    {
        WatchedPool pool = null!;
        await using var test = new TestCache(
            wrap: inner => pool = new WatchedPool(inner), heads: isShared ? HeadLayout.Sharing(1) : HeadLayout.Alone);
        if (lengthBefore >= 0)
        {
            test.Cache.Set("key", Segments.Bytes(lengthBefore), TestCache.Forever);
        }

        pool.RefuseAfter(putsBeforeRefusal);
        test.Cache.Set("key", Segments.Bytes(length, seed: 2), TestCache.Forever);

        Assert.Null(test.Cache.Get("key"));
        Assert.Equal(0, test.Pages);
        pool.RefuseAfter(int.MaxValue);
        test.Cache.Set("key", Segments.Bytes(length, seed: 2), TestCache.Forever);
        Assert.Equal(Segments.Bytes(length, seed: 2), test.Cache.Get("key"));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(9000)]
    public async Task A_set_refused_in_place_of_another_key_leaves_no_page_of_its_own(int length)
    {
        WatchedPool pool = null!;
        await using var test = new TestCache(
            wrap: inner => pool = new WatchedPool(inner), hash: new FixedHash(), heads: HeadLayout.Sharing(1));
        test.Cache.Set("one", [1], TestCache.Forever);
        test.Cache.Set("two", [2], TestCache.Forever);
        pool.RefuseAfter(length > 4096 ? 2 : 0);

        test.Cache.Set("key", Segments.Bytes(length), TestCache.Forever);

        Assert.Null(test.Cache.Get("key"));
        Assert.Equal([1], test.Cache.Get("one")!);
        Assert.Equal([2], test.Cache.Get("two")!);
        Assert.Equal(2, test.Pages);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_cannot_be_seen_is_freed_by_a_removal_and_by_a_set_which_stores_nothing_then(bool isSet)
    {
        WatchedPool pool = null!;
        await using var test = new TestCache(wrap: inner => pool = new WatchedPool(inner), heads: HeadLayout.Sharing(1));
        test.Cache.Set("key", [1], TestCache.Forever);
        WatchedPool first = pool;
        first.IsUnavailable = true;

        if (isSet)
        {
            test.Cache.Set("key", [2], TestCache.Forever);
        }
        else
        {
            test.Cache.Remove("key");
        }

        Assert.Equal(2, first.PageFlushes);
        Assert.Null(test.Cache.Get("key"));
    }

    [Fact]
    public async Task A_frozen_client_keeps_no_stale_value()
    {
        await using var test = new TestCache(compression: PageCompression.None);
        test.Cache.Set("long", Segments.Bytes(9000), TestCache.Forever);
        int id = test.Host.GetStatistics().Clients - 1;
        Assert.True(test.Host.TryGetClient(id, out TmemClient? client));
        test.Host.Control.Freeze(client);

        test.Cache.Set("long", Segments.Bytes(9000, seed: 2), TestCache.Forever);
        test.Cache.Set("new", [1], TestCache.Forever);

        Assert.Null(test.Cache.Get("long"));
        Assert.Null(test.Cache.Get("new"));
    }

    [Fact]
    public async Task A_renewal_that_is_refused_leaves_the_value()
    {
        var time = new FakeClock();
        WatchedPool pool = null!;
        await using var test = new TestCache(time: time, wrap: inner => pool = new WatchedPool(inner));
        test.Cache.Set("key", [1], new() { SlidingExpiration = TimeSpan.FromMinutes(2) });
        time.Advance(TimeSpan.FromMinutes(1));
        pool.RefuseAfter(0);

        Assert.Equal([1], test.Cache.Get("key")!);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(test.Cache.Get("key"));
    }
}
