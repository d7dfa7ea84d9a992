using TmemCore.Statistics;
using TmemCore.Store;
using Xunit;

namespace TmemCore.Tests.Statistics;

/// <summary>Evicted pages: each is counted under one reason for the host, and for its pool and its owner.</summary>
public sealed class EvictionCounterTests
{
    private readonly byte[] _page = Pages.Of(1);

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Pages_of_an_only_client_go_for_memory_and_records(int shards)
    {
        using var host = new TmemHost(Hosts.Small with { Shards = shards });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        Fill(pool, 3000);

        EvictionReasons reasons = Reasons(host);
        Assert.True(reasons.Memory > 1000, $"{reasons}");
        Assert.Equal(reasons.Total, reasons.Memory + reasons.Metadata);
        Assert.Equal(reasons.Total, pool.GetStatistics()!.Evictions);
        Assert.Equal(reasons.Total, pool.Client.GetStatistics().Evictions);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void With_weights_the_client_that_pays_is_told()
    {
        using var host = new TmemHost(Hosts.Small with { Shards = 4 });
        RetainingPool heavy = host.CreateClient(new() { Weight = 1 }).CreateRetainingPool();
        RetainingPool light = host.CreateClient(new() { Weight = 1000 }).CreateRetainingPool();
        Fill(heavy, 700);
        Fill(light, 700);

        EvictionReasons reasons = Reasons(host);
        Assert.True(reasons.Weight > 100, $"{reasons}");
        Assert.True(heavy.Client.GetStatistics().Evictions > 100);
        Assert.Equal(reasons.Total, heavy.GetStatistics()!.Evictions + light.GetStatistics()!.Evictions);
    }

    [Fact]
    public void A_cap_costs_pages_in_puts_and_when_it_is_set()
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 16 * Hosts.Mebibyte });
        TmemClient client = host.CreateClient(new() { EphemeralCapBytes = Hosts.Mebibyte });
        RetainingPool pool = client.CreateRetainingPool();
        Fill(pool, 400);
        EvictionReasons reasons = Reasons(host);
        Assert.True(reasons.Cap > 100);
        host.Control.SetCap(client, Hosts.Mebibyte / 2);

        Assert.True(Reasons(host).Cap > reasons.Cap + 100);
        Assert.Equal(Reasons(host).Cap, Reasons(host).Total);
        Assert.Equal(400 - pool.PageCount, Reasons(host).Cap);
    }

    [Fact]
    public void A_lower_limit_and_memory_given_back_are_told_apart()
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 8 * Hosts.Mebibyte });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        Fill(pool, 1500);
        Assert.Equal(0, Reasons(host).Total);
        long free = host.GetStatistics().FreeFrames;
        long given = host.Control.GiveBack((free + 100) * TmemPool.PageBytes);
        host.Control.GiveBack(0);

        HostStatistics statistics = host.GetStatistics();
        Assert.Equal(100, statistics.EvictionReasons.GiveBack);
        Assert.Equal((2, given / TmemPool.PageBytes, 100), (statistics.GiveBacks, statistics.FramesGivenBack, statistics.GiveBackEvictionsMax));
        Assert.Contains(
            FormattableString.Invariant($",Rt:{free + 100},Ra:2,Rx:100,"), host.Control.List(isLong: false), StringComparison.Ordinal);
        host.SetCapacity(2 * Hosts.Mebibyte);
        EvictionReasons reasons = Reasons(host);
        Assert.True(reasons.Capacity > 500);
        Assert.Equal(reasons.Capacity + 100, reasons.Total);
        Assert.Equal(1500 - pool.PageCount, reasons.Total);
    }

    [Fact]
    public void The_reserve_of_the_original_costs_pages()
    {
        using var host = new TmemHost(Hosts.Xen(16));
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        Fill(pool, 40);
        host.Control.GiveBack(4 * TmemPool.PageBytes);

        EvictionReasons reasons = Reasons(host);
        Assert.Equal(40 - pool.PageCount, reasons.Total);
        Assert.True(reasons.Reserve > 0 && reasons.GiveBack > 0);
        Assert.Equal(reasons.Total, reasons.Reserve + reasons.GiveBack);
    }

    [Fact]
    public void New_pools_cost_pages_for_their_records()
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = Hosts.Mebibyte, MaxClients = 500 });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        Hosts.FillUp(pool);
        long before = Reasons(host).Metadata;
        for (int i = 0; i < 100; i++)
        {
            host.CreateClient().CreateEphemeralPool();
        }

        Assert.True(Reasons(host).Metadata > before);
    }

    [Fact]
    public void A_client_keeps_what_was_evicted_while_a_pool_was_its_own()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient first = host.CreateClient();
        TmemClient second = host.CreateClient();
        SharedEphemeralPool mine = first.Join(Hosts.Uuid);
        SharedEphemeralPool yours = second.Join(Hosts.Uuid);
        Fill(yours, 1500);
        long evicted = first.GetStatistics().Evictions;
        Assert.True(evicted > 0);
        Assert.Equal(0, second.GetStatistics().Evictions);
        mine.Dispose();
        Assert.Equal(evicted, first.GetStatistics().Evictions);
        Assert.Equal(0, second.GetStatistics().Evictions);
        Fill(yours, 3000);

        Assert.Equal(evicted, first.GetStatistics().Evictions);
        Assert.Equal(Reasons(host).Total - evicted, second.GetStatistics().Evictions);
        Assert.Equal(Reasons(host).Total, yours.GetStatistics()!.Evictions);
        yours.Dispose();
        Assert.Equal(Reasons(host).Total - evicted, second.GetStatistics().Evictions);
    }

    [Fact]
    public void A_pool_s_count_goes_on_where_a_shard_s_has_reached_its_end()
    {
        using var host = new TmemHost(Hosts.Small);
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        Hosts.FillUp(pool);
        long evicted = pool.GetStatistics()!.Evictions;
        Shard shard = Inside.Shards(host.Store)[0];
        shard.PoolShard(shard.PoolShardOf(pool.Handle.Pool)).Evictions = uint.MaxValue;
        Fill(pool, 10, firstObject: 500_000);

        Assert.Equal((1L << 32) - 1 + (Reasons(host).Total - evicted), pool.GetStatistics()!.Evictions);
    }

    private static EvictionReasons Reasons(TmemHost host)
    {
        HostStatistics statistics = host.GetStatistics();
        Assert.Equal(statistics.Evictions, statistics.EvictionReasons.Total);
        return statistics.EvictionReasons;
    }

    private void Fill(DroppablePool pool, uint puts, ulong firstObject = 0)
    {
        for (uint i = 0; i < puts; i++)
        {
            pool.TryPut(firstObject + (i / 7), i, _page);
        }
    }
}
