using TmemCore.Statistics;
using Xunit;

namespace TmemCore.Tests.Statistics;

/// <summary>Puts that stored nothing: each is counted under one reason, for the host, the pool and its owner.</summary>
public sealed class RefusalCounterTests
{
    private readonly byte[] _page = Pages.Of(1);

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Memory_short_is_told_from_an_allowance(int shards)
    {
        using var host = new TmemHost(Hosts.Small with { Shards = shards });
        PersistentPool small = host.CreateClient(new() { PersistentAllowanceBytes = 50_000 }).CreatePersistentPool();
        PersistentPool large = host.CreateClient().CreatePersistentPool();
        long refusedSmall = CountRefused(small, puts: 40);
        long refusedLarge = CountRefused(large, puts: 2000);

        Assert.True(refusedSmall > 0 && refusedLarge > 0);
        Require(new() { Allowance = refusedSmall }, small);
        PutRefusals ofLarge = large.GetStatistics()!.Refusals;
        Assert.True(ofLarge.Memory > 0);
        Assert.Equal(refusedLarge, ofLarge.Memory + ofLarge.Metadata);
        Require(new() { Memory = ofLarge.Memory, Metadata = ofLarge.Metadata }, large);
        Assert.Equal(ofLarge with { Allowance = refusedSmall }, host.GetStatistics().Refusals);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void Memory_for_records_is_told_from_memory_for_pages()
    {
        // Each attempt asks for a frame, and then, when its cells are used up, for a page of cells.
        int requests = 0;
        bool isShort = false;
        using var host = new TmemHost(Hosts.Small with { FailAllocation = () => isShort && ++requests % 2 == 0 });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        pool.Put(1, 0, _page);
        isShort = true;
        ulong id = 2;
        PutResult result;
        do
        {
            requests = 0;
            result = pool.Put(id++, 0, _page);
        }
        while (result == PutResult.Stored);

        Assert.True(id < 200 && host.GetStatistics().FreeFrames > 0, $"{id}");
        Require(new() { Metadata = 1 }, pool);
        Assert.Contains(",Af:1,Pf:0,", host.Control.List(isLong: false), StringComparison.Ordinal);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void What_is_reserved_for_others_is_a_reason_of_its_own()
    {
        using var host = new TmemHost(Hosts.Small);
        host.CreateClient(new() { PersistentReservationBytes = host.CapacityBytes / 2 });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        long refused = CountRefused(pool, puts: 700);

        Assert.True(refused > 0);
        Require(new() { Reservations = refused }, pool);
    }

    [Fact]
    public void A_cap_below_a_page_refuses_each()
    {
        using var host = new TmemHost(Hosts.Small);
        EphemeralPool pool = host.CreateClient(new() { EphemeralCapBytes = 4096 }).CreateEphemeralPool();
        Assert.False(pool.TryPut(1, 1, _page));
        Assert.False(pool.TryPut(1, 2, _page));

        Require(new() { Cap = 2 }, pool);
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(TmemProfile.Default)]
    [InlineData(TmemProfile.Xen)]
    public void Frozen_unreadable_and_migrating_are_told_apart(TmemProfile profile)
    {
        using var host = new TmemHost(Hosts.Small with { Profile = profile });
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        var unreadable = default(UnreadableSource);
        pool.Put(1, 1, _page);
        pool.Put(1, 2, _page);
        Assert.Equal(PutResult.Unreadable, pool.Put(1, 2, ref unreadable));
        Assert.Equal(PutResult.Unreadable, pool.Put(7, 7, ref unreadable));
        host.Control.Freeze(client);
        Assert.Equal(PutResult.Frozen, pool.Put(1, 3, _page));
        Assert.Equal(PutResult.Frozen, pool.Put(9, 3, _page));
        Assert.Equal(PutResult.Frozen, pool.Put(9, 3, _page));
        host.Control.Thaw(client);
        host.Store.BeginSave(client.Slots.Number, isLive: true);
        Assert.Equal(PutResult.PageDropped, pool.Put(1, 1, _page));
        host.Store.EndSave(client.Slots.Number);

        Require(new() { Unreadable = 2, Frozen = 3, Migration = 1 }, pool);
        Assert.Equal(2, pool.GetStatistics()!.PutsDropped);
        Assert.Equal(pool.GetStatistics()!.Puts, host.GetStatistics().Puts);
    }

    [Theory]
    [InlineData(PageCompression.None)]
    [InlineData(PageCompression.Lz4)]
    public void A_source_that_throws_is_one_that_could_not_be_read(PageCompression compression)
    {
        using var host = new TmemHost(Hosts.Small);
        PersistentPool pool = host.CreateClient(new TmemClientOptions { Compression = compression }).CreatePersistentPool();
        Assert.Equal(PutResult.Stored, pool.Put(1, 1, _page));
        for (uint index = 1; index <= 2; index++)
        {
            Assert.Throws<TimeoutException>(() =>
            {
                var source = default(ThrowingSource);
                pool.Put(1, index, ref source);
            });
        }

        Require(new() { Unreadable = 2 }, pool);
        Assert.Equal((3, 1), (host.GetStatistics().Puts, pool.GetStatistics()!.PutsDropped));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_pool_that_is_gone_counts_for_the_host_alone()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        pool.Put(1, 1, _page);
        pool.Dispose();
        Assert.Equal(PutResult.Unavailable, pool.Put(1, 1, _page));

        Assert.Equal(new PutRefusals { Unavailable = 1 }, host.GetStatistics().Refusals);
        Assert.Equal(new PutRefusals(), client.GetStatistics().Refusals);
        Assert.Equal(1, host.GetStatistics().Puts);
    }

    [Fact]
    public void The_reserve_of_the_original_is_a_reason_but_no_put_of_the_pool()
    {
        using var host = new TmemHost(Hosts.Xen(8));
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        long refused = CountRefused(pool, puts: 20);

        PoolStatistics statistics = pool.GetStatistics()!;
        Assert.True(refused > 0);
        Assert.Equal(new PutRefusals { Reserve = refused }, statistics.Refusals);
        Assert.Equal(20 - refused, statistics.Puts);
        Assert.Equal(statistics.Refusals, host.GetStatistics().Refusals);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void Packed_pages_without_room_count_in_the_original_s_field()
    {
        using var host = new TmemHost(Hosts.Small with { CompressByDefault = true });
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        var page = new byte[TmemPool.PageBytes];
        uint index = 0;
        do
        {
            Pages.Fill(page.AsSpan(0, 3000), index);
        }
        while (pool.Put(1, index++, page) == PutResult.Stored);

        Assert.Equal(1, client.GetStatistics().PackedPutsRefused);
        Require(new() { Memory = 1 }, pool);
        Assert.Contains(",cm:1\n", host.Control.List(client, isLong: true), StringComparison.Ordinal);
        Assert.Contains(",Af:0,Pf:1,", host.Control.List(isLong: true), StringComparison.Ordinal);
    }

    [Fact]
    public void A_replacement_that_drops_the_page_has_its_reason()
    {
        using var host = new TmemHost(Hosts.Small with { CompressByDefault = true });
        TmemClient client = host.CreateClient(new() { PersistentAllowanceBytes = 5000 });
        PersistentPool pool = client.CreatePersistentPool();
        Assert.Equal(PutResult.Stored, pool.Put(1, 0, new byte[TmemPool.PageBytes]));
        Assert.Equal(PutResult.Stored, pool.PutEntry(2, 0, Pages.Of(1).AsSpan(0, 2500)));
        Assert.Equal(PutResult.PageDropped, pool.Put(1, 0, _page));

        Require(new() { Allowance = 1 }, pool);
        Assert.Equal(1, pool.GetStatistics()!.PutsDropped);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_client_keeps_what_was_refused_while_a_shared_pool_was_its_own()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient first = host.CreateClient();
        TmemClient second = host.CreateClient();
        SharedEphemeralPool mine = first.Join(Hosts.Uuid);
        SharedEphemeralPool yours = second.Join(Hosts.Uuid);
        host.Control.Freeze(first);
        Assert.False(yours.TryPut(1, 1, _page));
        host.Control.Thaw(first);
        mine.Dispose();
        host.Control.Freeze(second);
        Assert.False(yours.TryPut(1, 1, _page));
        Assert.False(yours.TryPut(1, 2, _page));

        Assert.Equal(new PutRefusals { Frozen = 1 }, first.GetStatistics().Refusals);
        Assert.Equal(new PutRefusals { Frozen = 2 }, second.GetStatistics().Refusals);
        Assert.Equal(new PutRefusals { Frozen = 3 }, yours.GetStatistics()!.Refusals);
    }

    [Fact]
    public async Task Refusals_of_many_threads_are_all_counted()
    {
        const int Threads = 4;
        const int Puts = 5000;
        using var host = new TmemHost(Hosts.Small with { Shards = 16 });
        TmemClient client = host.CreateClient(new() { PersistentAllowanceBytes = 100_000 });
        PersistentPool pool = client.CreatePersistentPool();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (uint i = 0; i < Puts; i++)
            {
                pool.Put((i % 97) + ((ulong)thread * 97), i, _page);
            }
        })));

        PoolStatistics statistics = pool.GetStatistics()!;
        Assert.Equal(Threads * Puts, statistics.Puts);
        Require(new() { Allowance = statistics.Puts - statistics.PutsStored }, pool);
        Assert.Empty(host.Verify());
    }

    /// <summary>The pool's reasons, those of its client, which has no other, and the sum of all.</summary>
    private static void Require(PutRefusals expected, TmemPool pool)
    {
        PoolStatistics statistics = pool.GetStatistics()!;
        Assert.Equal(expected, statistics.Refusals);
        Assert.Equal(statistics.Puts - statistics.PutsStored, statistics.Refusals.Total);
        Assert.Equal(expected, pool.Client.GetStatistics().Refusals);
    }

    private long CountRefused(PersistentPool pool, uint puts)
    {
        long refused = 0;
        for (uint i = 0; i < puts; i++)
        {
            PutResult result = pool.Put(i / 7, i, _page);
            Assert.True(result is PutResult.Stored or PutResult.OutOfMemory);
            refused += result == PutResult.Stored ? 0 : 1;
        }

        return refused;
    }
}
