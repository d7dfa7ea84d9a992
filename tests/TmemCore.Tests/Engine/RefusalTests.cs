using TmemCore.Statistics;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>What a refused operation changes: three things that are documented, and nothing else.</summary>
public sealed class RefusalTests
{
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Fact]
    public void A_failed_replacement_removes_the_older_page()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        var unreadable = default(UnreadableSource);
        pool.Put(1, 1, Pages.Of(1));
        pool.Put(1, 2, Pages.Of(2));

        Assert.Equal(PutResult.Unreadable, pool.Put(1, 1, ref unreadable));
        Assert.Equal(GetResult.Miss, pool.Get(1, 1, _buffer));

        host.Store.BeginSave(client.Slots.Number, isLive: true);
        Assert.Equal(PutResult.PageDropped, pool.Put(1, 2, Pages.Of(3)));
        Assert.Equal(GetResult.Empty, pool.Get(1, 2, _buffer));
        host.Store.EndSave(client.Slots.Number);
        Assert.Equal(2, pool.GetStatistics()!.PutsDropped);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_flush_acts_though_it_answers_that_the_client_is_frozen()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        pool.Put(1, 1, Pages.Of(1));
        pool.Put(2, 1, Pages.Of(1));
        pool.Put(3, 1, Pages.Of(1));
        host.Control.Freeze(client);

        Assert.Equal(FlushResult.DoneWhileFrozen, pool.FlushPage(1, 1));
        Assert.Equal(FlushResult.DoneWhileFrozen, pool.FlushObject(2));
        Assert.Equal(GetResult.Miss, pool.Get(1, 1, _buffer));
        Assert.Equal(GetResult.Miss, pool.Get(2, 1, _buffer));
        Assert.Equal(1, pool.PageCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Every_other_refusal_changes_nothing(int shards)
    {
        using var host = new TmemHost(Hosts.Small with { Shards = shards, MaxClients = 3, MaxSharedPools = 1 });
        TmemClient capped = host.CreateClient(new TmemClientOptions { PersistentAllowanceBytes = 20_000 });
        TmemClient frozen = host.CreateClient();
        PersistentPool full = capped.CreatePersistentPool();
        PersistentPool cold = frozen.CreatePersistentPool();
        EphemeralPool ephemeral = frozen.CreateEphemeralPool();
        SharedEphemeralPool shared = capped.Join(Hosts.Uuid);
        for (uint i = 0; i < 4; i++)
        {
            full.Put(1, i, Pages.Of(i));
            cold.Put(1, i, Pages.Of(i));
            ephemeral.TryPut(1, i, Pages.Of(i));
            shared.TryPut(1, i, Pages.Of(i));
        }

        while (full.Put(5, checked((uint)full.PageCount), Pages.Of(1)) == PutResult.Stored)
        {
        }

        host.Control.Freeze(frozen);
        host.CreateClient();
        var unreadable = default(UnreadableSource);
        var unwritable = default(UnwritableTarget);

        RequireNoChange(host, () => Assert.Equal(PutResult.OutOfMemory, full.Put(1, 70, Pages.Of(9))));
        RequireNoChange(host, () => Assert.Equal(PutResult.OutOfMemory, full.Put(9, 0, Pages.Of(9))));
        RequireNoChange(host, () => Assert.Equal(PutResult.Frozen, cold.Put(1, 70, Pages.Of(9))));
        RequireNoChange(host, () => Assert.Equal(PutResult.Frozen, cold.Put(9, 0, Pages.Of(9))));
        RequireNoChange(host, () => Assert.False(ephemeral.TryPut(9, 0, Pages.Of(9))));
        RequireNoChange(host, () => shared.TryPut(1, 70, ref unreadable, out _));
        RequireNoChange(host, () => shared.TryPut(9, 0, ref unreadable, out _));
        RequireNoChange(host, () => Assert.Equal(GetResult.Unwritable, cold.Get(1, 1, ref unwritable)));
        RequireNoChange(host, () => Assert.Equal(GetResult.Unwritable, ephemeral.Take(1, 1, ref unwritable)));
        RequireNoChange(host, () => Assert.Equal(GetResult.Unwritable, shared.Get(1, 1, ref unwritable)));
        RequireNoChange(host, () => Assert.Equal(GetResult.Miss, ephemeral.Take(1, 70, _buffer)));
        RequireNoChange(host, () => Assert.Equal(JoinResult.TooManySharedPools, capped.TryJoinSharedPool(new PoolUuid(8, 8), out _)));
        RequireNoChange(host, () => Assert.Throws<InvalidOperationException>(() => host.CreateClient()));
    }

    /// <summary>Compares pages, objects, bytes and every page's place; counters of operations may count.</summary>
    private static void RequireNoChange(TmemHost host, Action refused)
    {
        string before = StateOf(host);
        refused();
        Assert.Equal(before, StateOf(host));
        Assert.Empty(host.Verify());
    }

    private static string StateOf(TmemHost host)
    {
        HostStatistics s = host.GetStatistics();
        var parts = new List<string>
        {
            FormattableString.Invariant($"{s.Pages} {s.Objects} {s.Nodes} {s.EphemeralPages} {s.Evictions} {host.CapacityBytes}"),
            string.Join(' ', Inside.Shards(host.Store).Select(shard => shard.CellsInUse + ":" + shard.OldestSequence)),
        };
        for (int id = 0; id < 8; id++)
        {
            if (host.TryGetClient(id, out TmemClient? client))
            {
                ClientStatistics c = client.GetStatistics();
                parts.Add(FormattableString.Invariant($"{c.Id} {c.EphemeralPages} {c.PersistentBytes} {c.IsFrozen}"));
            }
        }

        return string.Join(Environment.NewLine, parts);
    }
}
