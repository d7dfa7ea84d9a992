using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>What every kind of pool answers to put, get, take and flush.</summary>
public sealed class PoolTests
{
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Fact]
    public void A_persistent_pool_keeps_its_pages_on_a_get()
    {
        using var host = new TmemHost(Hosts.Small);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();

        Assert.Equal(GetResult.Empty, pool.Get(1, 1, _buffer));
        Assert.Equal(PutResult.Stored, pool.Put(1, 1, Pages.Of(1)));
        Assert.Equal(GetResult.Hit, pool.Get(1, 1, _buffer));
        Assert.Equal(GetResult.Hit, pool.Get(1, 1, _buffer));
        Assert.Equal(Pages.Of(1), _buffer);
        Assert.Equal(GetResult.Miss, pool.Get(1, 2, _buffer));
        Assert.Equal(GetResult.Miss, pool.Get(2, 1, _buffer));
        Assert.Equal(FlushResult.Done, pool.FlushPage(1, 1));
        Assert.Equal(FlushResult.Done, pool.FlushPage(1, 1));
        Assert.Equal(GetResult.Empty, pool.Get(1, 1, _buffer));
        Assert.Equal(0, host.GetStatistics().Objects);
    }

    [Fact]
    public void A_second_put_replaces_the_page()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool persistent = client.CreatePersistentPool();
        RetainingPool retaining = client.CreateRetainingPool();
        SharedEphemeralPool shared = client.Join(Hosts.Uuid);
        EphemeralPool ephemeral = client.CreateEphemeralPool();
        for (ulong seed = 1; seed <= 2; seed++)
        {
            Assert.Equal(PutResult.Stored, persistent.Put(1, 1, Pages.Of(seed)));
            Assert.True(retaining.TryPut(1, 1, Pages.Of(seed)));
            Assert.True(shared.TryPut(1, 1, Pages.Of(seed)));
            Assert.True(ephemeral.TryPut(1, 1, Pages.Of(seed)));
        }

        Assert.Equal(4, host.GetStatistics().Pages);
        foreach (Func<GetResult> get in (Func<GetResult>[])
        [
            () => persistent.Get(1, 1, _buffer), () => retaining.Get(1, 1, _buffer), () => shared.Get(1, 1, _buffer), () => ephemeral.Take(1, 1, _buffer),
        ])
        {
            Assert.Equal(GetResult.Hit, get());
            Assert.Equal(Pages.Of(2), _buffer);
        }

        Assert.Equal(0, ephemeral.PageCount);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4097)]
    [InlineData(8192)]
    public void A_buffer_that_is_not_a_page_is_refused_before_anything_changes(int length)
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool persistent = client.CreatePersistentPool();
        EphemeralPool ephemeral = client.CreateEphemeralPool();
        RetainingPool retaining = client.CreateRetainingPool();
        SharedEphemeralPool shared = client.Join(Hosts.Uuid);
        persistent.Put(1, 1, Pages.Of(1));
        ephemeral.TryPut(1, 1, Pages.Of(1));
        string before = host.Control.List(isLong: true);
        byte[] wrong = new byte[length];

        foreach (Action call in (Action[])
        [
            () => persistent.Put(1, 1, wrong),
            () => persistent.Put(1, 1, wrong, 0, static (_, _, _) => Assert.Fail("It was not refused but thrown.")),
            () => persistent.Get(1, 1, wrong),
            () => ephemeral.TryPut(1, 1, wrong),
            () => ephemeral.TryPut(1, 1, wrong, out _),
            () => ephemeral.Take(1, 1, wrong),
            () => retaining.TryPut(1, 1, wrong),
            () => retaining.Get(1, 1, wrong),
            () => shared.TryPut(1, 1, wrong),
            () => shared.Get(1, 1, wrong),
        ])
        {
            ArgumentException refusal = Assert.Throws<ArgumentException>(call);
            Assert.Contains(FormattableString.Invariant($"{length:N0} bytes"), refusal.Message, StringComparison.Ordinal);
            Assert.Contains("4,096", refusal.Message, StringComparison.Ordinal);
            Assert.True(refusal.ParamName is "page" or "buffer");
        }

        Assert.Equal(before, host.Control.List(isLong: true));
    }

    [Fact]
    public void A_refused_put_runs_the_action_with_the_page_and_the_reason()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        var calls = new List<PutResult>();
        byte[] page = Pages.Of(1);

        pool.Put(1, 1, page, calls, static (_, reason, list) => list.Add(reason));
        Assert.Empty(calls);
        host.Control.Freeze(client);
        pool.Put(1, 2, page, calls, static (refused, reason, list) =>
        {
            Assert.True(refused.SequenceEqual(Pages.Of(1)));
            list.Add(reason);
        });
        Assert.Equal([PutResult.Frozen], calls);
        Assert.Throws<ArgumentNullException>(() => pool.Put(1, 3, page, calls, null!));
        Assert.Equal(1, pool.PageCount);
    }

    [Fact]
    public void The_buffer_is_written_on_a_hit_only()
    {
        using var host = new TmemHost(Hosts.Small);
        EphemeralPool pool = host.CreateClient().CreateEphemeralPool();
        Array.Fill(_buffer, (byte)7);

        pool.Take(1, 1, _buffer);
        pool.TryPut(1, 2, Pages.Of(1));
        pool.Take(1, 1, _buffer);
        pool.Dispose();
        pool.Take(1, 2, _buffer);

        Assert.Equal(-1, _buffer.AsSpan().IndexOfAnyExcept((byte)7));
    }

    [Fact]
    public void Flushing_an_object_leaves_the_others()
    {
        using var host = new TmemHost(Hosts.Small);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        for (uint i = 0; i < 100; i++)
        {
            pool.Put(1, i * 37, Pages.Of(i));
            pool.Put(new ObjectId(1, 1), i * 37, Pages.Of(i));
        }

        Assert.Equal(FlushResult.Done, pool.FlushObject(1));
        Assert.Equal(FlushResult.Done, pool.FlushObject(1));
        Assert.Equal(100, pool.PageCount);
        Assert.Equal(GetResult.Miss, pool.Get(1, 37, _buffer));
        Assert.Equal(GetResult.Hit, pool.Get(new ObjectId(1, 1), 37, _buffer));
        Assert.Equal(1, pool.GetStatistics()!.ObjectFlushesFound);
        Assert.Equal(2, pool.GetStatistics()!.ObjectFlushes);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_client_has_sixteen_pools_whose_ids_are_given_again_lowest_first()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        TmemPool[] pools = [.. Enumerable.Range(0, 16).Select(i => i % 2 == 0 ? (TmemPool)client.CreateEphemeralPool() : client.Join(Hosts.Uuid))];
        Assert.Equal(Enumerable.Range(0, 16), pools.Select(pool => pool.Id));

        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(client.CreatePersistentPool);
        Assert.Contains("16 pools", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(JoinResult.TooManyPools, client.TryJoinSharedPool(Hosts.Uuid, out SharedEphemeralPool? none));
        Assert.Null(none);

        pools[9].Dispose();
        pools[4].Dispose();
        Assert.Equal(4, client.CreateRetainingPool().Id);
        Assert.Equal(9, client.CreatePersistentPool().Id);
        Assert.Throws<InvalidOperationException>(client.CreateRetainingPool);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void Pools_do_not_see_each_others_pages()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        RetainingPool[] pools = [.. Enumerable.Range(0, 8).Select(_ => client.CreateRetainingPool())];
        foreach (RetainingPool pool in pools)
        {
            pool.TryPut(1, 1, Pages.Of((ulong)pool.Id));
        }

        foreach (RetainingPool pool in pools)
        {
            Assert.Equal(GetResult.Hit, pool.Get(1, 1, _buffer));
            Assert.Equal(Pages.Of((ulong)pool.Id), _buffer);
        }
    }

    [Fact]
    public void A_source_or_target_that_throws_leaves_everything_in_order()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        EphemeralPool ephemeral = client.CreateEphemeralPool();
        pool.Put(1, 1, Pages.Of(1));
        ephemeral.TryPut(1, 1, Pages.Of(1));

        Assert.Throws<TimeoutException>(() => PutThrowing(pool, 2));
        Assert.Throws<TimeoutException>(() => PutThrowing(pool, 1));
        Assert.Throws<TimeoutException>(() =>
        {
            var target = default(ThrowingTarget);
            ephemeral.Take(1, 1, ref target);
        });

        Assert.Equal(0, pool.PageCount);
        Assert.Equal(GetResult.Hit, ephemeral.Take(1, 1, _buffer));
        Assert.Equal(Pages.Of(1), _buffer);
        Assert.Empty(host.Verify());
    }

    private static void PutThrowing(PersistentPool pool, uint index)
    {
        var source = default(ThrowingSource);
        pool.Put(1, index, ref source);
    }
}
