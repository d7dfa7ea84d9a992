using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Store;

/// <summary>Pages go oldest first, whichever of many pools and shards they are in.</summary>
public sealed class AgeOrderTests
{
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Theory]
    [InlineData(TmemProfile.Default, 1)]
    [InlineData(TmemProfile.Default, 16)]
    [InlineData(TmemProfile.Xen, 1)]
    [InlineData(TmemProfile.Xen, 64)]
    public void Evictions_follow_the_ages_of_pages_in_many_pools(TmemProfile profile, int shards)
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 16 * Hosts.Mebibyte, Shards = shards, Profile = profile, Eviction = EvictionPolicy.LeastRecentlyUsed });
        RetainingPool[] pools = [.. Enumerable.Range(0, 5).SelectMany(_ =>
        {
            TmemClient client = host.CreateClient(new() { Weight = 0 });
            return Enumerable.Range(0, 8).Select(_ => client.CreateRetainingPool()).ToArray();
        })];
        var ages = new Dictionary<(int Pool, uint Object, uint Index), long>();
        var random = new Random(9);
        for (int step = 0; step < 4000; step++)
        {
            (int, uint, uint) page = (random.Next(pools.Length), (uint)random.Next(4), (uint)random.Next(20) * 7);
            Touch(pools[page.Item1], page, random.Next(10), ages, step);
        }

        Assert.Equal(ages.Count, host.GetStatistics().Pages);
        foreach (((int pool, uint id, uint index), _) in ages.OrderBy(page => page.Value).ToList())
        {
            Assert.NotEqual(FrameAllocator.None, host.Store.FrameOf(pools[pool].Handle, id, index));
            EvictOne(host);
            Assert.Equal(FrameAllocator.None, host.Store.FrameOf(pools[pool].Handle, id, index));
        }

        Assert.Equal(0, host.GetStatistics().Pages);
        Assert.Empty(host.Verify());
    }

    private void Touch(RetainingPool pool, (int Pool, uint Object, uint Index) page, int choice, Dictionary<(int, uint, uint), long> ages, long now)
    {
        switch (choice)
        {
            case < 6:
                Assert.True(pool.TryPut(page.Object, page.Index, _buffer));
                ages.TryAdd(page, now);
                break;
            case < 9:
                Assert.Equal(ages.ContainsKey(page), pool.Get(page.Object, page.Index, _buffer) == GetResult.Hit);
                if (ages.ContainsKey(page))
                {
                    ages[page] = now;
                }

                break;
            default:
                pool.FlushPage(page.Object, page.Index);
                ages.Remove(page);
                break;
        }
    }

    /// <summary>Wants a page more than is free, so that exactly one must go.</summary>
    private static void EvictOne(TmemHost host)
    {
        long evictions = host.GetStatistics().Evictions;
        host.Control.GiveBack((host.GetStatistics().FreeFrames + 1) * TmemPool.PageBytes);
        Assert.Equal(evictions + 1, host.GetStatistics().Evictions);
    }
}
