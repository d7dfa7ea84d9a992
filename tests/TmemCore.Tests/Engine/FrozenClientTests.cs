using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>A frozen client replaces, gets and flushes, and adds nothing.</summary>
public sealed class FrozenClientTests
{
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Fact]
    public void A_frozen_client_may_do_all_but_add()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool persistent = client.CreatePersistentPool();
        EphemeralPool ephemeral = client.CreateEphemeralPool();
        persistent.Put(1, 1, Pages.Of(1));
        ephemeral.TryPut(1, 1, Pages.Of(1));

        host.Control.Freeze(client);
        host.Control.Freeze(client);

        Assert.True(client.GetStatistics().IsFrozen);
        Assert.Equal(PutResult.Frozen, persistent.Put(1, 2, Pages.Of(2)));
        Assert.Equal(PutResult.Stored, persistent.Put(1, 1, Pages.Of(3)));
        Assert.Equal(GetResult.Hit, persistent.Get(1, 1, _buffer));
        Assert.Equal(Pages.Of(3), _buffer);
        Assert.Equal(GetResult.Hit, ephemeral.Take(1, 1, _buffer));
        Assert.False(ephemeral.TryPut(1, 1, Pages.Of(1)));
        using (client.CreateRetainingPool())
        {
        }

        host.Control.Thaw(client);
        Assert.Equal(PutResult.Stored, persistent.Put(1, 2, Pages.Of(2)));
    }

    [Fact]
    public void Freezing_one_client_is_nothing_to_another()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient frozen = host.CreateClient();
        host.Control.Freeze(frozen);
        Assert.True(host.CreateClient().CreateRetainingPool().TryPut(1, 1, Pages.Of(1)));
        Assert.False(frozen.CreateRetainingPool().TryPut(1, 1, Pages.Of(1)));
    }

    [Fact]
    public void A_client_of_another_host_is_refused_by_name()
    {
        using var host = new TmemHost(Hosts.Small);
        using var other = new TmemHost(Hosts.Small);
        TmemClient client = other.CreateClient(new TmemClientOptions { Name = "stranger" });
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => host.Control.Freeze(client));
        Assert.Contains("stranger", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => host.Control.Freeze(null!));
    }
}
