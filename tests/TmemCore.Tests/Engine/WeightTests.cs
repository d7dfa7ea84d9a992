using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>When memory is short, the client pays that takes most for its weight, oldest page first.</summary>
public sealed class WeightTests
{
    private static readonly TmemHostOptions s_oldestFirst = Hosts.Small with
    {
        CapacityBytes = 16 * Hosts.Mebibyte,
        Eviction = EvictionPolicy.LeastRecentlyUsed,
    };

    private readonly byte[] _page = new byte[TmemPool.PageBytes];

    [Theory]
    [InlineData(1, EvictionPolicy.LeastRecentlyUsed)]
    [InlineData(8, EvictionPolicy.LeastRecentlyUsed)]
    [InlineData(8, EvictionPolicy.S3FifoWithHistory)]
    public void Clients_that_want_everything_get_it_by_weight(int shards, EvictionPolicy eviction)
    {
        using var host = new TmemHost(s_oldestFirst with { Shards = shards, Eviction = eviction });
        int[] weights = [100, 200, 500];
        EphemeralPool[] pools = [.. weights.Select(weight => host.CreateClient(new() { Weight = weight }).CreateEphemeralPool())];
        for (ulong i = 0; i < 20_000; i++)
        {
            foreach (EphemeralPool pool in pools)
            {
                pool.TryPut(i / 8, (uint)i % 8, _page);
            }
        }

        long all = pools.Sum(static pool => pool.Client.GetStatistics().EphemeralBytes);
        for (int i = 0; i < weights.Length; i++)
        {
            Assert.InRange(pools[i].Client.GetStatistics().EphemeralBytes / (double)all, (weights[i] / 800.0) - 0.02, (weights[i] / 800.0) + 0.02);
        }

        Assert.Empty(host.Verify());
    }

    [Fact]
    public void Who_takes_less_than_its_share_loses_nothing_to_a_flood()
    {
        using var host = new TmemHost(s_oldestFirst with { Shards = 4 });
        RetainingPool small = host.CreateClient().CreateRetainingPool();
        EphemeralPool flood = host.CreateClient().CreateEphemeralPool();
        for (uint i = 0; i < 1000; i++)
        {
            Assert.True(small.TryPut(1, i, Pages.Of(i)));
        }

        for (ulong i = 0; i < 30_000; i++)
        {
            Assert.True(flood.TryPut(i, 0, _page));
        }

        Assert.Equal(1000, small.PageCount);
        for (uint i = 0; i < 1000; i++)
        {
            Assert.Equal(GetResult.Hit, small.Get(1, i, _page));
            Assert.Equal(Pages.Of(i), _page);
        }
    }

    [Fact]
    public void What_some_leave_unused_is_there_for_all()
    {
        using var host = new TmemHost(s_oldestFirst);
        host.CreateClient(new() { Weight = 1_000_000 }).CreateEphemeralPool().TryPut(1, 1, _page);
        EphemeralPool busy = host.CreateClient(new() { Weight = 1 }).CreateEphemeralPool();
        Hosts.FillUp(busy);

        Assert.InRange(busy.PageCount, 3700, 4096);
    }

    [Fact]
    public void Who_has_no_weight_pays_first()
    {
        using var host = new TmemHost(s_oldestFirst);
        EphemeralPool guest = host.CreateClient(new() { Weight = 0 }).CreateEphemeralPool();
        EphemeralPool paying = host.CreateClient(new() { Weight = 1 }).CreateEphemeralPool();
        Hosts.FillUp(guest);
        long evictions = host.GetStatistics().Evictions;
        for (ulong i = 0; i < 3000; i++)
        {
            Assert.True(paying.TryPut(i / 64, (uint)i % 64, _page));
        }

        Assert.InRange(host.GetStatistics().Evictions - evictions, 2500, 3100);
        Assert.Equal(3000, paying.PageCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void The_oldest_page_of_the_one_that_pays_goes(int shards)
    {
        using var host = new TmemHost(s_oldestFirst with { Shards = shards });
        RetainingPool other = host.CreateClient().CreateRetainingPool();
        TmemClient payer = host.CreateClient();
        RetainingPool[] pools = [.. Enumerable.Range(0, 3).Select(_ => payer.CreateRetainingPool())];
        for (uint i = 0; i < 500; i++)
        {
            other.TryPut(i, 0, _page);
        }

        for (uint i = 0; i < 1500; i++)
        {
            Assert.True(pools[i % 3].TryPut(i / 10, i, Pages.Of(i)));
        }

        for (uint i = 0; i < 500; i++)
        {
            Assert.Equal(GetResult.Hit, pools[i % 3].Get(i / 10, i, _page));
        }

        for (uint i = 0; i < 500; i++)
        {
            host.Control.GiveBack((host.GetStatistics().FreeFrames + 1) * TmemPool.PageBytes);
        }

        for (uint i = 0; i < 1500; i++)
        {
            Assert.Equal(i is < 500 or >= 1000, pools[i % 3].Get(i / 10, i, _page) == GetResult.Hit);
        }

        Assert.Equal(500, other.PageCount);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_weight_changed_while_running_acts_at_once()
    {
        using var host = new TmemHost(s_oldestFirst);
        TmemClient first = host.CreateClient();
        TmemClient second = host.CreateClient();
        Flood(first.CreateEphemeralPool(), second.CreateEphemeralPool());
        Assert.InRange(first.GetStatistics().EphemeralBytes / (double)second.GetStatistics().EphemeralBytes, 0.95, 1.05);

        host.Control.SetWeight(second, 300);
        Assert.Equal(300u, second.GetStatistics().Weight);
        Flood(first.CreateEphemeralPool(), second.CreateEphemeralPool());
        Assert.InRange(first.GetStatistics().EphemeralBytes / (double)second.GetStatistics().EphemeralBytes, 0.31, 0.36);
        Assert.Throws<ArgumentOutOfRangeException>(() => host.Control.SetWeight(second, -1));
    }

    [Fact]
    public void Pages_count_by_what_they_take_and_not_by_their_number()
    {
        using var host = new TmemHost(s_oldestFirst with { CompressByDefault = true });
        TmemClient ofZeros = host.CreateClient();
        TmemClient ofNoise = host.CreateClient();
        EphemeralPool zeros = ofZeros.CreateEphemeralPool();
        EphemeralPool noise = ofNoise.CreateEphemeralPool();
        Array.Clear(_page);
        var random = new byte[TmemPool.PageBytes];
        for (ulong i = 0; i < 200_000; i++)
        {
            // One page of one word an object is nothing but descriptor and index: those have to count, or they would push everybody out.
            Assert.True(zeros.TryPut(i, 0, _page));
            if (i % 20 == 0)
            {
                Pages.Fill(random, i);
                noise.TryPut(i, 0, random);
            }
        }

        double share = ofZeros.GetStatistics().EphemeralBytes / (double)ofNoise.GetStatistics().EphemeralBytes;
        Assert.InRange(share, 0.8, 1.25);
        Assert.True(zeros.PageCount > 10 * noise.PageCount);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_client_that_goes_leaves_its_part_and_its_number_to_others()
    {
        using var host = new TmemHost(s_oldestFirst);
        TmemClient gone = host.CreateClient(new() { Weight = 900 });
        TmemClient stays = host.CreateClient();
        Flood(gone.CreateEphemeralPool(), stays.CreateEphemeralPool());
        gone.Dispose();
        TmemClient comes = host.CreateClient();
        Assert.Equal(0, comes.GetStatistics().EphemeralBytes);
        Assert.Equal((uint)TmemClientOptions.DefaultWeight, comes.GetStatistics().Weight);

        Flood(comes.CreateEphemeralPool(), stays.CreateEphemeralPool());
        Assert.InRange(comes.GetStatistics().EphemeralBytes / (double)stays.GetStatistics().EphemeralBytes, 0.95, 1.05);
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void In_the_Xen_profile_weights_act_the_right_way_round_unless_they_are_to_be_reversed(int shards)
    {
        Assert.Equal((true, false), SurvivorsOf(Hosts.Xen(frames: 1000, shards)));
        Assert.Equal((false, true), SurvivorsOf(Hosts.Xen(frames: 1000, shards) with { ReversedWeights = true }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TmemHost(Hosts.Small with { ReversedWeights = true }));
    }

    [Fact]
    public void In_the_Xen_profile_clients_begin_without_a_weight()
    {
        using var host = new TmemHost(Hosts.Xen(frames: 100));

        Assert.Equal(0u, host.CreateClient().GetStatistics().Weight);
    }

    [Fact]
    public async Task Threads_that_flood_leave_books_that_agree()
    {
        using var host = new TmemHost(s_oldestFirst with { Shards = 8, CompressByDefault = true });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            TmemClient client = host.CreateClient(new() { Weight = thread });
            var page = new byte[TmemPool.PageBytes];
            for (uint round = 0; round < 6; round++)
            {
                using EphemeralPool pool = client.CreateEphemeralPool();
                for (uint i = 0; i < 3000; i++)
                {
                    Pages.FillMixed(page, (round * 10_000) + i);
                    pool.TryPut(i / 10, i % 500, page);
                    pool.FlushPage(i / 20, i % 500);
                }

                host.Control.SetWeight(client, (int)(round * 50));
                pool.FlushObject(3);
            }
        })));

        Assert.Empty(host.Verify());
        Assert.Equal(0, host.GetStatistics().Pages);
    }

    /// <summary>Whether the oldest pages of a client within its share, and then of one above it, are still there once the former has put more.</summary>
    private (bool IsOwnThere, bool IsOthersThere) SurvivorsOf(TmemHostOptions options)
    {
        using var host = new TmemHost(options);
        RetainingPool small = host.CreateClient(new() { Weight = 100 }).CreateRetainingPool();
        RetainingPool large = host.CreateClient(new() { Weight = 100 }).CreateRetainingPool();
        for (uint i = 0; i < 100; i++)
        {
            small.TryPut(1, i, _page);
        }

        for (uint i = 0; host.GetStatistics().Evictions == 0; i++)
        {
            large.TryPut(1, i, _page);
        }

        long left = large.PageCount;
        for (uint i = 1000; i < 1050; i++)
        {
            small.TryPut(1, i, _page);
        }

        return (small.PageCount == 150, large.PageCount == left);
    }

    private void Flood(params ReadOnlySpan<EphemeralPool> pools)
    {
        for (ulong i = 0; i < 12_000; i++)
        {
            foreach (EphemeralPool pool in pools)
            {
                pool.TryPut(i / 8, (uint)i % 8, _page);
            }
        }
    }
}
