using Xunit;

namespace TmemCore.Tests.Engine;

public sealed class EphemeralPoolTests
{
    [Fact]
    public void A_take_returns_the_page_once()
    {
        using var host = new TmemHost();
        using TmemClient client = host.CreateClient();
        using EphemeralPool pool = client.CreateEphemeralPool();
        var buffer = new byte[TmemPool.PageBytes];

        Assert.True(pool.TryPut(7, 3, Pages.Of(1)));
        Assert.Equal(GetResult.Miss, pool.Take(7, 4, buffer));
        Assert.Equal(GetResult.Hit, pool.Take(7, 3, buffer));
        Assert.Equal(Pages.Of(1), buffer);
        Assert.Equal(GetResult.Empty, pool.Take(7, 3, buffer));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void The_oldest_page_goes_when_memory_is_short()
    {
        using var host = new TmemHost(new TmemHostOptions { CapacityBytes = 4 << 20, Shards = 1 });
        using TmemClient client = host.CreateClient();
        using RetainingPool pool = client.CreateRetainingPool();
        var buffer = new byte[TmemPool.PageBytes];
        for (uint i = 0; i < 2000; i++)
        {
            Assert.True(pool.TryPut(i / 64, i, Pages.Of(i)));
        }

        Assert.Empty(host.Verify());
        long kept = pool.PageCount;
        Assert.InRange(kept, 900, 1024);
        for (uint i = 0; i < 2000; i++)
        {
            Assert.Equal(i < 2000 - kept ? GetResult.Miss : GetResult.Hit, pool.Get(i / 64, i, buffer));
            Assert.True(i < 2000 - kept || buffer.AsSpan().SequenceEqual(Pages.Of(i)));
        }

        Assert.True(host.CommittedBytes <= host.CapacityBytes);
    }
}
