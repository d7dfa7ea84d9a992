using TmemCore.Abi;
using TmemCore.Dispatch;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>What a client's ephemeral pages may take at most: its own oldest pages make room, never others'.</summary>
public sealed class CapTests
{
    private const long CapBytes = 2 * Hosts.Mebibyte;

    private static readonly TmemHostOptions s_roomy = Hosts.Small with
    {
        CapacityBytes = 16 * Hosts.Mebibyte,
        Eviction = EvictionPolicy.LeastRecentlyUsed,
        Shards = 4,
    };

    private readonly byte[] _page = new byte[TmemPool.PageBytes];

    [Fact]
    public void A_client_never_takes_more_than_its_cap_and_no_put_is_refused()
    {
        using var host = new TmemHost(s_roomy);
        TmemClient client = host.CreateClient(new() { EphemeralCapBytes = CapBytes });
        RetainingPool pool = client.CreateRetainingPool();
        for (uint i = 0; i < 3000; i++)
        {
            Assert.True(pool.TryPut(i / 5, i, Pages.Of(i)));
            Assert.InRange(client.GetStatistics().EphemeralBytes, 0, CapBytes);
        }

        Assert.InRange(pool.PageCount * TmemPool.PageBytes, CapBytes * 9 / 10, CapBytes);
        Assert.InRange(host.GetStatistics().FreeFrames, 0, 4096);
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Its_own_oldest_pages_go_one_for_one(int shards)
    {
        using var host = new TmemHost(s_roomy with { Shards = shards });
        RetainingPool other = host.CreateClient().CreateRetainingPool();
        RetainingPool pool = host.CreateClient(new() { EphemeralCapBytes = CapBytes }).CreateRetainingPool();
        for (uint i = 0; i < 100; i++)
        {
            other.TryPut(i, 0, _page);
        }

        uint first = 0;
        for (uint i = 0; i < 2000; i++)
        {
            long before = host.GetStatistics().Evictions;
            Assert.True(pool.TryPut(i / 20, i, Pages.Of(i)));

            // Objects that come and go with their pages may make it two, never more: there is no cliff at the limit.
            long gone = host.GetStatistics().Evictions - before;
            Assert.InRange(gone, 0, 2);
            for (; gone > 0; gone--, first++)
            {
                Assert.Equal(GetResult.Miss, pool.Get(first / 20, first, _page));
            }
        }

        Assert.Equal(2000u - first, (uint)pool.PageCount);
        Assert.Equal(100, other.PageCount);
    }

    [Fact]
    public void On_a_full_host_a_client_at_its_cap_takes_nothing_from_others()
    {
        using var host = new TmemHost(s_roomy);
        TmemClient capped = host.CreateClient(new() { EphemeralCapBytes = CapBytes, Weight = 1_000_000 });
        EphemeralPool pool = capped.CreateEphemeralPool();
        for (uint i = 0; i < 1000; i++)
        {
            pool.TryPut(1, i, _page);
        }

        EphemeralPool other = host.CreateClient().CreateEphemeralPool();
        Hosts.FillUp(other);
        long pages = other.PageCount;
        for (uint i = 1000; i < 6000; i++)
        {
            Assert.True(pool.TryPut(1, i, _page));
        }

        Assert.InRange(other.PageCount, pages - 10, pages);
    }

    [Fact]
    public void A_lowered_cap_holds_at_once_and_a_raised_one_gives_room()
    {
        using var host = new TmemHost(s_roomy);
        TmemClient client = host.CreateClient();
        RetainingPool pool = client.CreateRetainingPool();
        for (uint i = 0; i < 2000; i++)
        {
            pool.TryPut(1, i, _page);
        }

        host.Control.SetCap(client, CapBytes);
        Assert.InRange(client.GetStatistics().EphemeralBytes, CapBytes * 9 / 10, CapBytes);
        Assert.Equal(CapBytes, client.GetStatistics().EphemeralCapBytes);
        Assert.Equal(GetResult.Hit, pool.Get(1, 1999, _page));
        Assert.Equal(GetResult.Miss, pool.Get(1, 0, _page));

        host.Control.SetCap(client, 0);
        long pages = pool.PageCount;
        for (uint i = 5000; i < 6000; i++)
        {
            pool.TryPut(1, i, _page);
        }

        Assert.Equal(pages + 1000, pool.PageCount);
        Assert.Throws<ArgumentOutOfRangeException>(() => host.Control.SetCap(client, -1));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void Pages_replaced_by_larger_ones_do_not_pass_the_cap()
    {
        using var host = new TmemHost(s_roomy with { CompressByDefault = true });
        TmemClient client = host.CreateClient(new() { EphemeralCapBytes = CapBytes });
        RetainingPool pool = client.CreateRetainingPool();
        for (uint i = 0; i < 3000; i++)
        {
            Assert.True(pool.TryPut(1, i, _page));
        }

        Assert.Equal(3000, pool.PageCount);
        for (uint i = 0; i < 3000; i++)
        {
            Assert.True(pool.TryPut(1, i, Pages.Of(i)));
            Assert.InRange(client.GetStatistics().EphemeralBytes, 0, CapBytes);
        }

        Assert.Equal(GetResult.Hit, pool.Get(1, 2999, _page));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_cap_below_a_page_refuses_every_page_and_leaves_nothing()
    {
        using var host = new TmemHost(s_roomy);
        TmemClient client = host.CreateClient(new() { EphemeralCapBytes = 1000 });
        EphemeralPool pool = client.CreateEphemeralPool();

        Assert.False(pool.TryPut(1, 1, _page, out PutResult result));
        Assert.Equal(PutResult.OutOfMemory, result);
        Assert.Equal(0, pool.PageCount);
        Assert.Equal(0, client.GetStatistics().EphemeralBytes);
        Assert.Empty(host.Verify());
        Assert.Throws<ArgumentOutOfRangeException>(() => host.CreateClient(new() { EphemeralCapBytes = -1 }));
    }

    [Fact]
    public void A_page_that_cannot_be_read_is_taken_off_the_account_again()
    {
        using var host = new TmemHost(s_roomy);
        TmemClient client = host.CreateClient(new() { EphemeralCapBytes = CapBytes });
        EphemeralPool pool = client.CreateEphemeralPool();
        Assert.True(pool.TryPut(1, 1, _page));
        long taken = Inside.Shares(host.Store).BytesOf(client.Slots.Number);
        for (uint i = 2; i < 2000; i++)
        {
            var source = default(UnreadableSource);
            Assert.False(pool.TryPut(i, i, ref source, out PutResult result));
            Assert.Equal(PutResult.Unreadable, result);
        }

        Assert.Equal(taken, Inside.Shares(host.Store).BytesOf(client.Slots.Number));
        Assert.Equal(1, pool.PageCount);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void Persistent_pages_are_none_of_its_business()
    {
        using var host = new TmemHost(s_roomy);
        TmemClient client = host.CreateClient(new() { EphemeralCapBytes = CapBytes });
        PersistentPool pool = client.CreatePersistentPool();
        for (uint i = 0; i < 1000; i++)
        {
            Assert.Equal(PutResult.Stored, pool.Put(1, i, _page));
        }

        Assert.Equal(0, client.GetStatistics().EphemeralBytes);
    }

    [Fact]
    public void A_shared_pool_counts_for_its_owner_and_then_for_its_heir()
    {
        using var host = new TmemHost(s_roomy);
        TmemClient owner = host.CreateClient();
        TmemClient heir = host.CreateClient(new() { EphemeralCapBytes = CapBytes });
        SharedEphemeralPool first = owner.Join(Hosts.Uuid);
        SharedEphemeralPool second = heir.Join(Hosts.Uuid);
        for (uint i = 0; i < 1000; i++)
        {
            Assert.True(second.TryPut(1, i, _page));
        }

        Assert.Equal(0, heir.GetStatistics().EphemeralBytes);
        Assert.InRange(owner.GetStatistics().EphemeralBytes, 1000 * TmemPool.PageBytes, 1100 * TmemPool.PageBytes);

        first.Dispose();
        Assert.Equal(0, owner.GetStatistics().EphemeralBytes);
        Assert.InRange(heir.GetStatistics().EphemeralBytes, 0, CapBytes);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public async Task Threads_together_stay_below_it()
    {
        using var host = new TmemHost(s_roomy);
        TmemClient client = host.CreateClient(new() { EphemeralCapBytes = CapBytes });
        using var done = new CancellationTokenSource();
        Task watcher = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                Assert.InRange(Inside.Shares(host.Store).BytesOf(client.Slots.Number), 0, CapBytes);
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            RetainingPool pool = client.CreateRetainingPool();
            for (uint i = 0; i < 4000; i++)
            {
                Assert.True(pool.TryPut(i / 7, i, Pages.Of(i)));
            }
        })));
        await done.CancelAsync();
        await watcher;

        Assert.InRange(client.GetStatistics().EphemeralBytes, CapBytes * 8 / 10, CapBytes);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void The_control_operation_counts_in_mebibytes()
    {
        using var host = new TmemHost(s_roomy);
        var dispatcher = new TmemDispatcher(host);
        dispatcher.AddDomain(3);
        dispatcher.NewPool(3, default, 0x0100_0000);

        Assert.Equal(0, dispatcher.Control((int)SetCapOp.Number, pool: 0, client: 3, argument: 2));
        Assert.True(host.TryGetClient(3, out TmemClient? client));
        Assert.Equal(CapBytes, client.GetStatistics().EphemeralCapBytes);
        Assert.Contains("ca:2,", host.Control.List(client, isLong: false));
        host.Control.SetCap(client, CapBytes + 1);
        Assert.Contains("ca:3,", host.Control.List(client, isLong: false));
    }
}
