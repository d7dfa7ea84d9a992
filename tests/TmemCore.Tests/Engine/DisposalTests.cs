using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>Pools, clients and hosts go at any time, whatever is under way.</summary>
public sealed class DisposalTests
{
    /// <summary>Long enough to see that something does not wait; whoever does wait passes however long it takes.</summary>
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(150);

    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Fact]
    public void A_destroyed_pool_answers_that_it_is_unavailable()
    {
        using var host = new TmemHost(Hosts.Small);
        using TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        pool.Put(1, 1, Pages.Of(1));

        pool.Dispose();
        pool.Dispose();

        Assert.Equal(PutResult.Unavailable, pool.Put(1, 1, Pages.Of(1)));
        Assert.Equal(GetResult.Unavailable, pool.Get(1, 1, _buffer));
        Assert.Equal(FlushResult.Unavailable, pool.FlushPage(1, 1));
        Assert.Equal(FlushResult.Unavailable, pool.FlushObject(1));
        Assert.Equal(0, pool.PageCount);
        Assert.Null(pool.GetStatistics());
        Assert.Equal(0, host.GetStatistics().Pages);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_pool_of_the_same_id_does_not_answer_for_the_one_before()
    {
        using var host = new TmemHost(Hosts.Small);
        using TmemClient client = host.CreateClient();
        RetainingPool before = client.CreateRetainingPool();
        before.TryPut(1, 1, Pages.Of(1));
        before.Dispose();

        using RetainingPool after = client.CreateRetainingPool();

        Assert.Equal(before.Id, after.Id);
        Assert.Equal(GetResult.Empty, after.Get(1, 1, _buffer));
        Assert.True(after.TryPut(1, 1, Pages.Of(2)));
        Assert.Equal(GetResult.Unavailable, before.Get(1, 1, _buffer));
        before.Dispose();
        Assert.Equal(1, after.PageCount);
    }

    [Fact]
    public void A_dead_client_has_no_pools_and_makes_none()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        EphemeralPool pool = client.CreateEphemeralPool();
        pool.TryPut(1, 1, Pages.Of(1));

        client.Dispose();
        client.Dispose();

        Assert.False(pool.TryPut(1, 1, Pages.Of(1), out PutResult result));
        Assert.Equal(PutResult.Unavailable, result);
        Assert.Throws<ObjectDisposedException>(client.CreateEphemeralPool);
        Assert.Throws<ObjectDisposedException>(client.CreateRetainingPool);
        Assert.Throws<ObjectDisposedException>(client.CreatePersistentPool);
        Assert.Throws<ObjectDisposedException>(() => client.TryJoinSharedPool(Hosts.Uuid, out _));
        Assert.Throws<ObjectDisposedException>(client.GetStatistics);
        Assert.Throws<ObjectDisposedException>(() => host.Control.Freeze(client));
        Assert.Throws<ObjectDisposedException>(() => host.Control.Thaw(client));
        Assert.Throws<ObjectDisposedException>(() => host.Control.TryGrantSharing(client, Hosts.Uuid));
        Assert.Throws<ObjectDisposedException>(() => host.Control.RevokeSharing(client, Hosts.Uuid));
        Assert.Throws<ObjectDisposedException>(() => host.Control.List(client, isLong: true));
        Assert.False(host.TryGetClient(client.Id, out _));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_dead_client_is_told_so_even_when_another_has_its_place()
    {
        using var host = new TmemHost(Hosts.Small with { RequireSharedAuthorization = true });
        TmemClient dead = host.CreateClient();
        dead.Dispose();
        using TmemClient heir = host.CreateClient();

        Assert.Equal(dead.Slots.Number, heir.Slots.Number);
        Assert.Throws<ObjectDisposedException>(() => dead.TryJoinSharedPool(Hosts.Uuid, out _));
    }

    [Fact]
    public void A_disposed_host_says_so_whatever_is_asked()
    {
        var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();

        host.Dispose();
        host.Dispose();
        client.Dispose();
        pool.Dispose();

        Assert.Throws<ObjectDisposedException>(() => pool.Put(1, 1, Pages.Of(1)));
        Assert.Throws<ObjectDisposedException>(() => pool.Get(1, 1, _buffer));
        Assert.Throws<ObjectDisposedException>(() => pool.FlushPage(1, 1));
        Assert.Throws<ObjectDisposedException>(() => pool.FlushObject(1));
        Assert.Throws<ObjectDisposedException>(() => pool.PageCount);
        Assert.Throws<ObjectDisposedException>(pool.GetStatistics);
        Assert.Throws<ObjectDisposedException>(() => host.CreateClient());
        Assert.Throws<ObjectDisposedException>(host.GetStatistics);
        Assert.Throws<ObjectDisposedException>(() => host.Verify());
        Assert.Throws<ObjectDisposedException>(() => host.SetCapacity(2 * Hosts.Mebibyte));
        Assert.Throws<ObjectDisposedException>(() => host.Control.GiveBack(1));
        Assert.Throws<ObjectDisposedException>(() => host.Control.FreeableBytes);
        Assert.Throws<ObjectDisposedException>(() => host.Control.List(isLong: true));
        Assert.Throws<ObjectDisposedException>(() => host.Control.GrantSharingToAll(true));
    }

    [Fact]
    public void Destroying_a_pool_waits_for_a_put_in_flight() =>
        RequireWaitForPut(static pool => pool, static (_, pool) => pool.Dispose());

    [Fact]
    public void A_clients_death_waits_for_a_put_in_flight() =>
        RequireWaitForPut(static pool => pool, static (_, pool) => pool.Client.Dispose());

    [Fact]
    public void Disposing_the_host_waits_for_a_put_in_flight() =>
        RequireWaitForPut(static pool => pool, static (host, _) => host.Dispose());

    [Fact]
    public void Leaving_a_shared_pool_waits_for_the_leavers_put_in_flight() => RequireWaitForPut(
        static pool => pool.Client.Host.CreateClient().Join(Hosts.Uuid),
        static (_, pool) => pool.Dispose());

    [Fact]
    public void Giving_a_shared_pool_to_the_next_waits_for_the_owners_put_in_flight() => RequireWaitForPut(
        static pool =>
        {
            pool.Client.Host.CreateClient().Join(Hosts.Uuid);
            return pool;
        },
        static (_, pool) => pool.Dispose());

    [Fact]
    public void A_client_that_dies_while_its_pool_is_being_destroyed_leaves_nothing_behind()
    {
        using var host = new TmemHost(Hosts.Small);
        using RetainingPool other = host.CreateClient().CreateRetainingPool();
        other.TryPut(1, 1, Pages.Of(1));
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        for (uint i = 0; i < 100; i++)
        {
            pool.Put(1, i, Pages.Of(i));
        }

        long unreserved = host.Store.UnreservedBytes;
        using var gate = new Gate();
        var reader = new Thread(() =>
        {
            var target = new GatedTarget(gate);
            other.Get(1, 1, ref target);
        });
        reader.Start();
        gate.AwaitEntry();
        var destroyer = new Thread(pool.Dispose);
        destroyer.Start();
        SpinWait.SpinUntil(() => !pool.Handle.IsCurrent);
        var death = new Thread(client.Dispose);
        death.Start();
        bool hasDiedEarly = death.Join(s_glance);
        gate.Open();
        destroyer.Join();
        death.Join();
        reader.Join();

        Assert.False(hasDiedEarly, "The client's death did not wait for its pool to go.");
        Assert.True(host.Store.UnreservedBytes > unreserved + (100 * TmemPool.PageBytes), "What was charged to the client is charged still.");
        Assert.Equal(0, host.CreateClient().GetStatistics().PersistentBytes);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void All_memory_goes_back_when_pools_and_clients_have_gone()
    {
        using var host = new TmemHost(Hosts.Small with { Shards = 4 });
        long before = host.CommittedBytes;
        for (int i = 0; i < 3; i++)
        {
            TmemClient client = host.CreateClient();
            using PersistentPool pool = client.CreatePersistentPool();
            for (uint page = 0; page < 300; page++)
            {
                pool.Put(page / 10, page, Pages.Of(page));
            }

            client.Dispose();
        }

        host.Control.GiveBack(long.MaxValue);
        host.SetCapacity(host.CapacityBytes);

        Assert.Equal(0, Inside.Shards(host.Store).Sum(shard => shard.CellsInUse));
        Assert.InRange(host.CommittedBytes, before, before + (24 * ArenaLayout.PageBytes));
        Assert.Empty(host.Verify());
    }

    private static void RequireWaitForPut(Func<DroppablePool, DroppablePool> prepare, Action<TmemHost, DroppablePool> end)
    {
        using var host = new TmemHost(Hosts.Small);
        DroppablePool pool = prepare(host.CreateClient().Join(Hosts.Uuid));
        using var gate = new Gate();
        PutResult result = default;
        var putter = new Thread(() =>
        {
            var source = new GatedSource(gate, 1);
            pool.TryPut(1, 1, ref source, out result);
        });
        putter.Start();
        gate.AwaitEntry();
        var ender = new Thread(() => end(host, pool));
        ender.Start();
        bool hasEndedEarly = ender.Join(s_glance);
        gate.Open();
        putter.Join();
        ender.Join();

        Assert.False(hasEndedEarly, "It did not wait for the put.");
        Assert.Equal(PutResult.Stored, result);
    }
}
