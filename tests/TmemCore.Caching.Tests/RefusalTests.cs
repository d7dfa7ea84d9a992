using TmemCore.Tests;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>A set that could not be stored leaves nothing: never the value from before, and no page of the new one.</summary>
public class RefusalTests
{
    public static TheoryData<int, int, int> Refusals
    {
        get
        {
            TheoryData<int, int, int> data = [];
            foreach (int before in (int[])[-1, 10, 9000])
            {
                data.Add(before, 10, 0);
                foreach (int after in (int[])[0, 1, 2, 3])
                {
                    data.Add(before, 9000, after);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Whatever_put_is_refused_nothing_is_left(int lengthBefore, int length, int putsBeforeRefusal)
    {
        WatchedPool pool = null!;
        await using var test = new TestCache(wrap: inner => pool = new WatchedPool(inner));
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
