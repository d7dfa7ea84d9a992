using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>Pools that several clients share.</summary>
public sealed class SharedPoolTests
{
    private static readonly TmemClientOptions s_withoutShare = new() { Weight = 0 };

    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Fact]
    public void What_one_puts_another_gets()
    {
        using var host = new TmemHost(Hosts.Small);
        Assert.Equal(JoinResult.Created, host.CreateClient().TryJoinSharedPool(Hosts.Uuid, out SharedEphemeralPool? first));
        Assert.Equal(JoinResult.Joined, host.CreateClient().TryJoinSharedPool(Hosts.Uuid, out SharedEphemeralPool? second));

        Assert.True(first!.TryPut(1, 1, Pages.Of(1)));
        Assert.Equal(GetResult.Hit, second!.Get(1, 1, _buffer));
        Assert.Equal(Pages.Of(1), _buffer);
        Assert.Equal(GetResult.Hit, second.Get(1, 1, _buffer));
        Assert.Equal(FlushResult.Done, second.FlushPage(1, 1));
        Assert.Equal(GetResult.Empty, first.Get(1, 1, _buffer));
    }

    [Fact]
    public void Sharing_wants_a_grant_for_that_uuid()
    {
        using var host = new TmemHost(Hosts.Small with { RequireSharedAuthorization = true });
        TmemClient client = host.CreateClient();
        Assert.Equal(JoinResult.NotAuthorized, client.TryJoinSharedPool(Hosts.Uuid, out SharedEphemeralPool? pool));
        Assert.Null(pool);
        Assert.True(host.Control.TryGrantSharing(client, new PoolUuid(9, 9)));
        Assert.Equal(JoinResult.NotAuthorized, client.TryJoinSharedPool(Hosts.Uuid, out _));
        Assert.True(host.Control.TryGrantSharing(client, Hosts.Uuid));
        Assert.Equal(JoinResult.Created, client.TryJoinSharedPool(Hosts.Uuid, out pool));

        Assert.True(host.Control.RevokeSharing(client, Hosts.Uuid));
        Assert.False(host.Control.RevokeSharing(client, Hosts.Uuid));
        Assert.True(pool!.TryPut(1, 1, Pages.Of(1)));
        Assert.Equal(JoinResult.NotAuthorized, client.TryJoinSharedPool(Hosts.Uuid, out _));
        host.Control.GrantSharingToAll(true);
        Assert.Equal(JoinResult.Joined, client.TryJoinSharedPool(Hosts.Uuid, out _));
        host.Control.GrantSharingToAll(false);
        Assert.Equal(JoinResult.NotAuthorized, host.CreateClient().TryJoinSharedPool(Hosts.Uuid, out _));
    }

    [Fact]
    public void A_client_has_sixteen_grants_and_granting_twice_takes_one()
    {
        using var host = new TmemHost(Hosts.Small with { RequireSharedAuthorization = true });
        TmemClient client = host.CreateClient();
        for (ulong i = 0; i < 16; i++)
        {
            Assert.True(host.Control.TryGrantSharing(client, new PoolUuid(i, 0)));
            Assert.True(host.Control.TryGrantSharing(client, new PoolUuid(i, 0)));
        }

        Assert.False(host.Control.TryGrantSharing(client, new PoolUuid(16, 0)));
        Assert.True(host.Control.RevokeSharing(client, new PoolUuid(3, 0)));
        Assert.True(host.Control.TryGrantSharing(client, new PoolUuid(16, 0)));
    }

    [Fact]
    public void The_private_uuid_names_no_shared_pool()
    {
        using var host = new TmemHost(Hosts.Small);
        Assert.Equal(JoinResult.InvalidUuid, host.CreateClient().TryJoinSharedPool(PoolUuid.Private, out SharedEphemeralPool? pool));
        Assert.Null(pool);
    }

    [Theory]
    [InlineData(TmemProfile.Default, 3)]
    [InlineData(TmemProfile.Xen, 0)]
    public void One_shared_pool_too_many_is_refused_and_leaves_the_slot_free(TmemProfile profile, int maximum)
    {
        using var host = new TmemHost(Hosts.Small with { Profile = profile, MaxSharedPools = maximum });
        TmemClient client = host.CreateClient();
        int most = maximum == 0 ? 16 : maximum;
        SharedEphemeralPool[] pools = [.. Enumerable.Range(0, most).Select(i => host.CreateClient().Join(new PoolUuid((ulong)i, 7)))];

        Assert.Equal(JoinResult.TooManySharedPools, client.TryJoinSharedPool(Hosts.Uuid, out _));
        Assert.Equal(JoinResult.Joined, client.TryJoinSharedPool(new PoolUuid(0, 7), out SharedEphemeralPool? joined));
        Assert.Equal(0, joined!.Id);
        pools[1].Dispose();
        Assert.Equal(JoinResult.Created, client.TryJoinSharedPool(Hosts.Uuid, out _));
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void When_the_owner_leaves_the_pages_stay_and_count_for_the_next(int shards)
    {
        using var host = new TmemHost(Hosts.Small with { Shards = shards });
        TmemClient owner = host.CreateClient();
        TmemClient next = host.CreateClient();
        TmemClient last = host.CreateClient();
        SharedEphemeralPool first = owner.Join(Hosts.Uuid);
        SharedEphemeralPool second = next.Join(Hosts.Uuid);
        SharedEphemeralPool third = last.Join(Hosts.Uuid);
        EphemeralPool own = owner.CreateEphemeralPool();
        own.TryPut(5, 5, Pages.Of(5));
        for (uint i = 0; i < 50; i++)
        {
            Assert.True((i % 2 == 0 ? first : third).TryPut(i, i, Pages.Of(i)));
            second.Get(i, i, _buffer);
        }

        Assert.Equal((51, 0), (owner.GetStatistics().EphemeralPages, next.GetStatistics().EphemeralPages));
        Assert.Equal((50, 0), (owner.GetStatistics().EphemeralHits, next.GetStatistics().EphemeralHits));
        first.Dispose();

        Assert.Equal((1, 50, 0), (owner.GetStatistics().EphemeralPages, next.GetStatistics().EphemeralPages, last.GetStatistics().EphemeralPages));
        Assert.Equal((50, 0), (owner.GetStatistics().EphemeralHits, next.GetStatistics().EphemeralHits));
        Assert.Equal(GetResult.Hit, third.Get(7, 7, _buffer));
        Assert.Equal(Pages.Of(7), _buffer);
        Assert.Equal(1, next.GetStatistics().EphemeralHits);
        owner.Dispose();
        Assert.Equal(50, second.PageCount);
        second.Dispose();
        Assert.Equal(50, last.GetStatistics().EphemeralPages);
        third.Dispose();
        Assert.Equal(0, host.GetStatistics().Pages);
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(0, 2, 1)]
    [InlineData(1, 0, 2)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 0, 1)]
    [InlineData(2, 1, 0)]
    public void A_client_that_joined_twice_may_leave_in_any_order(int a, int b, int c)
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        SharedEphemeralPool[] faces = [client.Join(Hosts.Uuid), client.Join(Hosts.Uuid), host.CreateClient().Join(Hosts.Uuid)];
        faces[0].TryPut(1, 1, Pages.Of(1));
        foreach (int face in (int[])[a, b, c])
        {
            Assert.Equal(GetResult.Hit, faces[face].Get(1, 1, _buffer));
            faces[face].Dispose();
            Assert.Equal(GetResult.Unavailable, faces[face].Get(1, 1, _buffer));
            Assert.Empty(host.Verify());
        }

        Assert.Equal(0, host.GetStatistics().Pages);
        Assert.Equal(JoinResult.Created, client.TryJoinSharedPool(Hosts.Uuid, out _));
    }

    [Fact]
    public void Freezing_follows_the_owner()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient owner = host.CreateClient();
        TmemClient sharer = host.CreateClient();
        SharedEphemeralPool first = owner.Join(Hosts.Uuid);
        SharedEphemeralPool second = sharer.Join(Hosts.Uuid);

        host.Control.Freeze(sharer);
        Assert.True(second.TryPut(1, 1, Pages.Of(1)));
        host.Control.Freeze(owner);
        host.Control.Thaw(sharer);
        Assert.False(second.TryPut(1, 2, Pages.Of(1), out PutResult result));
        Assert.Equal(PutResult.Frozen, result);
        Assert.Equal(FlushResult.DoneWhileFrozen, second.FlushPage(1, 2));
        first.Dispose();
        Assert.True(second.TryPut(1, 2, Pages.Of(1)));
    }

    [Fact]
    public void Pages_of_a_pool_that_somebody_left_are_evicted_like_others()
    {
        using var host = new TmemHost(Hosts.Small);
        SharedEphemeralPool first = host.CreateClient(s_withoutShare).Join(Hosts.Uuid);
        SharedEphemeralPool second = host.CreateClient(s_withoutShare).Join(Hosts.Uuid);
        for (uint i = 0; i < 100; i++)
        {
            first.TryPut(1, i, Pages.Of(i));
        }

        first.Dispose();
        Hosts.FillUp(host.CreateClient(s_withoutShare).CreateRetainingPool());
        for (int i = 0; i < 99; i++)
        {
            host.Control.GiveBack(TmemPool.PageBytes);
        }

        Assert.Equal(0, second.PageCount);
    }
}
