using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>What must still work when ephemeral pages have filled a host to the last byte.</summary>
public sealed class FullHostTests
{
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Clients_and_pools_come_at_the_cost_of_the_oldest_pages(int shards)
    {
        using var host = new TmemHost(Hosts.Small with { Shards = shards });
        RetainingPool filler = host.CreateClient().CreateRetainingPool();
        Hosts.FillUp(filler);

        for (int i = 0; i < 40; i++)
        {
            TmemClient client = host.CreateClient();
            Assert.Equal(PutResult.Stored, client.CreatePersistentPool().Put(1, 1, Pages.Of(1)));
            Assert.True(client.Join(new PoolUuid((ulong)i, 1)).TryPut(1, 1, Pages.Of(2)));
            Hosts.FillUp(filler, 2_000_000 + (ulong)i);
        }

        Assert.Empty(host.Verify());
        Assert.True(host.CommittedBytes <= host.CapacityBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Persistent_pages_drive_out_all_ephemeral_ones_before_they_are_refused(int shards)
    {
        using var host = new TmemHost(Hosts.Small with { Shards = shards });
        Hosts.FillUp(host.CreateClient().CreateRetainingPool());
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        uint stored = 0;
        while (pool.Put(1, stored, Pages.Of(stored)) == PutResult.Stored)
        {
            stored++;
        }

        Assert.Equal(0, host.GetStatistics().EphemeralPages);
        Assert.InRange(stored, 900u, 1024u);
        for (uint i = 0; i < stored; i++)
        {
            Assert.Equal(GetResult.Hit, pool.Get(1, i, _buffer));
            Assert.Equal(Pages.Of(i), _buffer);
        }

        Assert.Equal(GetResult.Miss, pool.Get(1, stored, _buffer));
        Assert.Empty(host.Verify());
    }

    /// <summary>Who writes pages anew beside a client that fills the host would otherwise do that client's work, an eviction for each of its puts.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void A_page_that_is_put_over_costs_nobody_a_page(int shards)
    {
        using var host = new TmemHost(Hosts.Small with { Shards = shards });
        PersistentPool swap = host.CreateClient().CreatePersistentPool();
        swap.Put(1, 0, Pages.Of(0));
        RetainingPool filler = host.CreateClient().CreateRetainingPool();
        Hosts.FillUp(filler);
        long before = host.GetStatistics().Evictions;

        Assert.Equal(PutResult.Stored, swap.Put(1, 0, Pages.Of(1)));
        Assert.Equal(PutResult.Stored, swap.Put(1, 0, Pages.Of(2)));
        Assert.Equal(before, host.GetStatistics().Evictions);

        // After new pages, room is made for one more in vain: it is a guess, which is given up at once.
        for (uint i = 1; i < 64; i++)
        {
            swap.Put(1, i, Pages.Of(i));
        }

        long byPutsOver = 0;
        for (uint i = 0; i < 64; i++)
        {
            filler.TryPut(1, i, Pages.Of(i));
            long atFull = host.GetStatistics().Evictions;
            swap.Put(1, i, Pages.Of(i + 100));
            byPutsOver += host.GetStatistics().Evictions - atFull;
            filler.TryPut(2, i, Pages.Of(i));
        }

        Assert.InRange(byPutsOver, 0, 1);
        Assert.Equal(GetResult.Hit, swap.Get(1, 63, _buffer));
        Assert.Equal(Pages.Of(163), _buffer);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_page_that_is_read_grows_young_and_outlives_the_others()
    {
        using var host = new TmemHost(Hosts.Small);
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        pool.TryPut(7, 7, Pages.Of(7));
        for (uint i = 0; i < 3000; i++)
        {
            pool.TryPut(1, i, Pages.Of(i));
            Assert.Equal(GetResult.Hit, pool.Get(7, 7, _buffer));
        }

        Assert.Equal(GetResult.Miss, pool.Get(1, 0, _buffer));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_page_that_is_replaced_keeps_its_age()
    {
        using var host = new TmemHost(Hosts.Xen(frames: 4));
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        for (uint i = 0; i < 4; i++)
        {
            pool.TryPut(1, i, Pages.Of(i));
        }

        pool.TryPut(2, 0, Pages.Of(9));
        Assert.Equal(GetResult.Miss, pool.Get(1, 0, _buffer));
        pool.FlushPage(2, 0);
        pool.TryPut(1, 1, Pages.Of(10));
        pool.TryPut(2, 1, Pages.Of(11));
        pool.TryPut(2, 2, Pages.Of(12));

        Assert.Equal(GetResult.Miss, pool.Get(1, 1, _buffer));
        Assert.Equal(GetResult.Hit, pool.Get(1, 2, _buffer));
    }

    [Fact]
    public void The_limit_holds_at_every_moment_for_data_and_metadata_together()
    {
        foreach (int shards in (int[])[1, 2, 64])
        {
            using var host = new TmemHost(Hosts.Small with { Shards = shards });
            RetainingPool ephemeral = host.CreateClient().CreateRetainingPool();
            PersistentPool persistent = host.CreateClient().CreatePersistentPool();
            for (uint i = 0; i < 6000; i++)
            {
                // One page to an object costs the most metadata.
                ephemeral.TryPut(i, i, _buffer);
                if (i % 8 == 0)
                {
                    persistent.Put(i, i, _buffer);
                }

                Assert.True(host.CommittedBytes <= host.CapacityBytes);
            }

            Assert.True(host.GetStatistics().Pages > 400, "Hardly a page fits.");
            Assert.Empty(host.Verify());
            Assert.Equal(host.CommittedBytes, Inside.Budget(host.Store).CommittedBytes);
            Assert.True(Inside.Frames(host.Store).ResidentCount * ArenaLayout.PageBytes < host.CommittedBytes);
        }
    }
}
