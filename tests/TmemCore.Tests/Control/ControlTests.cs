using TmemCore.Control;
using Xunit;

namespace TmemCore.Tests.Control;

/// <summary>What an operator may do to clients, and what is left of a client that has gone.</summary>
public sealed class ControlTests
{
    private readonly byte[] _page = new byte[TmemPool.PageBytes];

    [Fact]
    public void Clients_are_listed_by_id_as_long_as_they_live()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient seventh = host.CreateClient(new() { Id = 7 });
        TmemClient third = host.CreateClient(new() { Id = 3 });
        IReadOnlyList<TmemClient> before = host.Control.GetClients();
        seventh.Dispose();

        Assert.Equal([third, seventh], before);
        Assert.Equal([third], host.Control.GetClients());
    }

    [Fact]
    public void All_are_frozen_and_thawed_and_who_comes_later_is_not()
    {
        using var host = new TmemHost(Hosts.Small);
        PersistentPool[] pools = [.. Enumerable.Range(0, 3).Select(_ => host.CreateClient().CreatePersistentPool())];

        host.Control.FreezeAll();
        Assert.All(pools, pool => Assert.Equal(PutResult.Frozen, pool.Put(1, 1, _page)));
        Assert.Equal(PutResult.Stored, host.CreateClient().CreatePersistentPool().Put(1, 1, _page));

        host.Control.ThawAll();
        Assert.All(pools, pool => Assert.Equal(PutResult.Stored, pool.Put(1, 1, _page)));
    }

    [Fact]
    public void Memory_balancing_thaws_nobody_whom_an_operator_has_frozen()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient frozen = host.CreateClient();
        TmemClient other = host.CreateClient();
        host.Control.Freeze(frozen);
        using (host.Control.HoldAllFrozen())
        {
            Assert.True(other.GetStatistics().IsFrozen);
        }

        Assert.True(frozen.GetStatistics().IsFrozen);
        Assert.False(other.GetStatistics().IsFrozen);
    }

    [Fact]
    public void A_client_stays_frozen_until_the_last_hold_is_gone()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        FreezeHold first = host.Control.HoldFrozen(client);
        FreezeHold second = host.Control.HoldFrozen(client);

        host.Control.Freeze(client);
        host.Control.Thaw(client);
        Assert.Equal(PutResult.Frozen, pool.Put(1, 1, _page));
        first.Dispose();
        first.Dispose();
        Assert.Equal(PutResult.Frozen, pool.Put(1, 1, _page));
        Assert.Equal(PutResult.Frozen, client.CreatePersistentPool().Put(1, 1, _page));
        second.Dispose();
        Assert.Equal(PutResult.Stored, pool.Put(1, 1, _page));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_hold_outlives_client_and_host_and_is_nothing_to_who_gets_the_number_next()
    {
        var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        FreezeHold ofClient = host.Control.HoldFrozen(client);
        client.Dispose();
        TmemClient heir = host.CreateClient();
        Assert.Equal(client.Slots.Number, heir.Slots.Number);
        Assert.False(heir.GetStatistics().IsFrozen);
        using FreezeHold ofHeir = host.Control.HoldFrozen(heir);
        ofClient.Dispose();
        Assert.True(heir.GetStatistics().IsFrozen);
        host.Dispose();
    }

    [Fact]
    public void A_destroyed_client_leaves_nothing()
    {
        using var host = new TmemHost(Hosts.Small);
        using var other = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        pool.Put(1, 1, _page);

        Assert.Throws<ArgumentException>(() => other.Control.Destroy(client));
        host.Control.Destroy(client);
        host.Control.Destroy(client);

        Assert.Equal(PutResult.Unavailable, pool.Put(1, 1, _page));
        Assert.Equal(0, host.GetStatistics().Pages);
        Assert.Empty(host.Control.GetClients());
    }

    [Fact]
    public void Nothing_of_a_dead_client_applies_to_who_gets_its_number()
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 16 * Hosts.Mebibyte });
        TmemClient dead = host.CreateClient(new() { Weight = 7, EphemeralCapBytes = Hosts.Mebibyte });
        RetainingPool pool = dead.CreateRetainingPool();
        for (uint i = 0; i < 1000; i++)
        {
            pool.TryPut(1, i, _page);
        }

        dead.Dispose();
        Assert.False(Inside.Shares(host.Store).IsAboveLimit(dead.Slots.Number, 1L << 40));
        Assert.Equal(0, Inside.Shares(host.Store).BytesOf(dead.Slots.Number));

        TmemClient heir = host.CreateClient();
        Assert.Equal(dead.Slots.Number, heir.Slots.Number);
        RetainingPool heirs = heir.CreateRetainingPool();
        for (uint i = 0; i < 1000; i++)
        {
            Assert.True(heirs.TryPut(1, i, _page));
        }

        Assert.Equal(1000, heirs.PageCount);
        Assert.Equal((100u, 0L), (heir.GetStatistics().Weight, heir.GetStatistics().EphemeralCapBytes));
        Assert.Empty(host.Verify());
    }
}
