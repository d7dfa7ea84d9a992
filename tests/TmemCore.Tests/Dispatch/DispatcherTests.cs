using TmemCore.Dispatch;
using Xunit;

namespace TmemCore.Tests.Dispatch;

/// <summary>The engine as the ABI sees it.</summary>
public sealed class DispatcherTests
{
    private const uint Version = 1u << 24;
    private const uint Persistent = Version | 1;
    private const uint Shared = Version | 2;

    private static readonly PoolUuid s_none = default;

    [Theory]
    [InlineData(0u)]
    [InlineData(2u << 24)]
    [InlineData(Version | 4)]
    [InlineData(Version | 0x10)]
    [InlineData(Version | 0x80)]
    [InlineData(Version | 0x100)]
    [InlineData(Version | 0x80_0000)]
    public void Pool_flags_that_make_no_sense_are_not_permitted(uint flags)
    {
        using var host = new TmemHost(Hosts.Small);
        var dispatcher = new TmemDispatcher(host);

        Assert.Equal(TmemError.NotPermitted, dispatcher.NewPool(0, s_none, flags));
        Assert.Equal(0, dispatcher.NewPool(0, s_none, Version | 8));
    }

    [Fact]
    public void The_first_well_formed_call_creates_the_client_and_a_control_call_does_not()
    {
        using var host = new TmemHost(Hosts.Small);
        var dispatcher = new TmemDispatcher(host);
        var source = new SeedSource(1);

        Assert.Equal(TmemError.NotPermitted, dispatcher.Control(1, 0, 5, 0));
        Assert.False(host.TryGetClient(5, out _));
        Assert.Equal(TmemError.NoDevice, dispatcher.PutPage(5, 0, 1, 1, ref source));
        Assert.True(host.TryGetClient(5, out TmemClient? client));
        Assert.Equal(5, client.Id);
        Assert.Equal(0, dispatcher.Control(1, 0, 5, 0));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(16)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void Pool_ids_out_of_range_name_no_device(int pool)
    {
        using var host = new TmemHost(Hosts.Small);
        var dispatcher = new TmemDispatcher(host);
        var source = new SeedSource(1);
        var target = default(UnwritableTarget);
        dispatcher.NewPool(0, s_none, Version);

        Assert.Equal(TmemError.NoDevice, dispatcher.PutPage(0, pool, 1, 1, ref source));
        Assert.Equal(TmemError.NoDevice, dispatcher.GetPage(0, pool, 1, 1, ref target));
        Assert.Equal(TmemError.NoDevice, dispatcher.FlushPage(0, pool, 1, 1));
        Assert.Equal(TmemError.NoDevice, dispatcher.FlushObject(0, pool, 1));
        Assert.Equal(TmemError.NoDevice, dispatcher.Unknown(0, pool));
        Assert.Equal(0, dispatcher.DestroyPool(0, pool));
        Assert.Equal(TmemError.NotPermitted, dispatcher.Control(17, pool, 0, 0));
        Assert.Equal(TmemError.NotPermitted, dispatcher.GetPoolUuid(0, pool, out _));
        Assert.Equal(TmemError.NotPermitted, dispatcher.RestoreNewPool(0, pool, s_none, Version));
    }

    [Fact]
    public void Every_answer_of_a_page_call_is_the_abis()
    {
        using var host = new TmemHost(Hosts.Small);
        var dispatcher = new TmemDispatcher(host);
        var source = new SeedSource(1);
        var unreadable = default(UnreadableSource);
        var unwritable = default(UnwritableTarget);
        int pool = (int)dispatcher.NewPool(3, s_none, Persistent);

        Assert.Equal(TmemError.Empty, dispatcher.GetPage(3, pool, 1, 1, ref unwritable));
        Assert.Equal(TmemError.Fault, dispatcher.PutPage(3, pool, 1, 1, ref unreadable));
        Assert.Equal(1, dispatcher.PutPage(3, pool, 1, 1, ref source));
        Assert.Equal(TmemError.Fault, dispatcher.GetPage(3, pool, 1, 1, ref unwritable));
        Assert.Equal(0, dispatcher.GetPage(3, pool, 1, 2, ref unwritable));
        Assert.Equal(TmemError.NotImplemented, dispatcher.Unknown(3, pool));
        dispatcher.Control(1, 0, 3, 0);
        Assert.Equal(TmemError.Frozen, dispatcher.PutPage(3, pool, 1, 2, ref source));
        Assert.Equal(TmemError.Frozen, dispatcher.FlushPage(3, pool, 1, 2));
        Assert.Equal(1, dispatcher.DestroyPool(3, pool));
        Assert.Equal(0, dispatcher.DestroyPool(3, pool));
    }

    [Fact]
    public void Sharing_without_a_grant_gives_a_private_pool_as_the_abi_has_it()
    {
        using var host = new TmemHost(Hosts.Small with { RequireSharedAuthorization = true });
        var dispatcher = new TmemDispatcher(host);

        Assert.Equal(0, dispatcher.NewPool(1, Hosts.Uuid, Shared));
        Assert.Equal(Version, dispatcher.Control(16, 0, 1, 0));
        Assert.Equal(1, dispatcher.Authorize(1, Hosts.Uuid, 1));
        Assert.Equal(1, dispatcher.NewPool(1, Hosts.Uuid, Shared));
        Assert.Equal(Shared, dispatcher.Control(16, 1, 1, 0));
        Assert.Equal(0, dispatcher.GetPoolUuid(1, 0, out PoolUuid uuid));
        Assert.Equal(Hosts.Uuid, uuid);
    }

    [Fact]
    public void A_domain_that_dies_comes_back_as_a_new_client()
    {
        using var host = new TmemHost(Hosts.Small);
        var dispatcher = new TmemDispatcher(host);
        var source = new SeedSource(1);
        dispatcher.AddDomain(4);
        dispatcher.NewPool(4, s_none, Persistent);
        dispatcher.PutPage(4, 0, 1, 1, ref source);
        dispatcher.Control(1, 0, 4, 0);

        Assert.Equal(0, dispatcher.RemoveDomain(4));
        Assert.Equal(0, dispatcher.RemoveDomain(4));
        Assert.Equal(TmemError.NotPermitted, dispatcher.RemoveDomain(9));
        Assert.Equal(0, host.GetStatistics().Pages);

        Assert.Equal(1, dispatcher.Control(30, 0, 4, 0));
        Assert.Equal(TmemError.NotPermitted, dispatcher.Control(30, 0, 4, 0));
        Assert.Equal(0, dispatcher.NewPool(4, s_none, Persistent));
        Assert.Equal(1, dispatcher.PutPage(4, 0, 1, 1, ref source));
    }

    [Fact]
    public void A_disposed_host_says_so_to_every_call()
    {
        var host = new TmemHost(Hosts.Small);
        var dispatcher = new TmemDispatcher(host);
        var source = new SeedSource(1);
        var target = default(UnwritableTarget);
        dispatcher.AddDomain(1);
        dispatcher.NewPool(1, s_none, Version);

        host.Dispose();

        Assert.Throws<ObjectDisposedException>(() => dispatcher.NewPool(1, s_none, Version));
        Assert.Throws<ObjectDisposedException>(() => dispatcher.NewPool(1, Hosts.Uuid, Shared));
        Assert.Throws<ObjectDisposedException>(() => dispatcher.NewPool(2, s_none, Version));
        Assert.Throws<ObjectDisposedException>(() => dispatcher.PutPage(1, 0, 1, 1, ref source));
        Assert.Throws<ObjectDisposedException>(() => dispatcher.GetPage(1, 0, 1, 1, ref target));
        Assert.Throws<ObjectDisposedException>(() => dispatcher.FlushPage(1, 0, 1, 1));
        Assert.Throws<ObjectDisposedException>(() => dispatcher.FlushObject(1, 0, 1));
        Assert.Throws<ObjectDisposedException>(() => dispatcher.RestoreFlushPage(1, 0, 1, 1));
        Assert.Throws<ObjectDisposedException>(() => dispatcher.RestoreNewPool(1, 1, Hosts.Uuid, Shared));
        Assert.Throws<ObjectDisposedException>(() => dispatcher.Authorize(1, Hosts.Uuid, 1));
        Assert.Throws<ObjectDisposedException>(() => dispatcher.Authorize(1, Hosts.Uuid, 0));
        Assert.Throws<ObjectDisposedException>(() => dispatcher.GetPoolUuid(1, 0, out _));
        Assert.Throws<ObjectDisposedException>(() => dispatcher.List(1, 4096, true, out _));
        for (int subop = 0; subop < 40; subop++)
        {
            Assert.Throws<ObjectDisposedException>(() => dispatcher.Control(subop, 0, 1, 1));
            Assert.Throws<ObjectDisposedException>(() => dispatcher.Control(subop, 0, TmemDispatcher.AllClients, 1));
        }
    }

    [Fact]
    public void A_call_that_meets_its_domains_death_finds_no_device()
    {
        using var host = new TmemHost(Hosts.Small);
        var dispatcher = new TmemDispatcher(host);
        using RetainingPool other = host.CreateClient().CreateRetainingPool();
        other.TryPut(1, 1, Pages.Of(1));
        dispatcher.AddDomain(4);
        dispatcher.NewPool(4, s_none, Version);
        using var gate = new Gate();
        var reader = new Thread(() =>
        {
            var target = new GatedTarget(gate);
            other.Get(1, 1, ref target);
        });
        reader.Start();
        gate.AwaitEntry();
        Assert.True(host.TryGetClient(4, out TmemClient? client));
        var death = new Thread(() => dispatcher.RemoveDomain(4));
        death.Start();
        SpinWait.SpinUntil(() => client.Slots.IsGone);

        long answer = 0;
        long granted = 0;
        Exception? exception = Record.Exception(() =>
        {
            answer = dispatcher.NewPool(4, s_none, Version);
            granted = dispatcher.Authorize(4, Hosts.Uuid, 1);
        });
        gate.Open();
        death.Join();
        reader.Join();

        Assert.Null(exception);
        Assert.Equal(TmemError.NoDevice, answer);
        Assert.Equal(TmemError.Invalid, granted);
        Assert.Empty(host.Verify());
    }
}
