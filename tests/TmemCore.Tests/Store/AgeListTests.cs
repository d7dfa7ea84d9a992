using Xunit;

namespace TmemCore.Tests.Store;

public sealed class AgeListTests
{
    [Fact]
    public void A_chunk_made_for_a_refused_put_long_ago_misleads_no_eviction()
    {
        using var host = new TmemHost(new TmemHostOptions { CapacityBytes = 4 << 20, Shards = 1 });
        using TmemClient client = host.CreateClient();
        using PersistentPool kept = client.CreatePersistentPool();
        using RetainingPool cache = client.CreateRetainingPool();
        for (uint index = 0; index < 300; index++)
        {
            Assert.Equal(PutResult.Stored, kept.Put(1, index, Pages.Of(index)));
        }

        Assert.True(cache.TryPut(2, 0, Pages.Of(1)));
        cache.FlushPage(2, 0);
        var source = default(UnreadableSource);
        Assert.False(cache.TryPut(2, 1, ref source, out _));
        Inside.Sequence(host.Store) += 1UL << 32;
        for (uint index = 0; index < 2000; index++)
        {
            Assert.True(cache.TryPut(3, index, Pages.Of(index)));
        }

        Assert.Empty(host.Verify());
        Assert.Equal(300, kept.PageCount);
    }

    [Fact]
    public void Pages_far_apart_in_age_go_in_order()
    {
        using var host = new TmemHost(new TmemHostOptions { CapacityBytes = 4 << 20, Shards = 1 });
        using TmemClient client = host.CreateClient();
        using RetainingPool cache = client.CreateRetainingPool();
        var buffer = new byte[TmemPool.PageBytes];
        for (uint index = 0; index < 400; index++)
        {
            Assert.True(cache.TryPut(1, index, Pages.Of(index)));
            Inside.Sequence(host.Store) += 1UL << 29;
        }

        for (uint index = 0; index < 400; index += 2)
        {
            Assert.Equal(GetResult.Hit, cache.Get(1, index, buffer));
        }

        host.Control.GiveBack(host.CommittedBytes);
        host.SetCapacity(TmemHostOptions.MinimumCapacityBytes);
        Assert.Empty(host.Verify());
        for (uint index = 0; index < 200; index++)
        {
            Assert.True(cache.TryPut(2, index, Pages.Of(index)));
        }

        Assert.Empty(host.Verify());
    }
}
