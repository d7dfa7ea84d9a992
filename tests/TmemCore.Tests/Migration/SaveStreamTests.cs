using System.IO.Pipelines;
using TmemCore.Dispatch;
using TmemCore.Migration;
using Xunit;

namespace TmemCore.Tests.Migration;

/// <summary>A client goes through a stream and comes out the same.</summary>
public sealed class SaveStreamTests
{
    private static readonly PageCompression?[] s_all =
        [null, PageCompression.None, PageCompression.SameFilled, PageCompression.Lz4, PageCompression.Zstandard];

    [Fact]
    public async Task A_client_without_pools_is_restored()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();

        byte[] bytes = await SavedBytes.SaveAsync(client);
        TmemClient restored = await SavedBytes.RestoreAsync(host, bytes);

        Assert.NotEqual(client.Id, restored.Id);
        Assert.Equal("1", restored.Name);
        Assert.False(restored.TryGetPool(0, out _));
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 64)]
    [InlineData(64, 1)]
    [InlineData(64, 64)]
    public async Task Every_page_of_every_form_is_restored_bit_for_bit(int shards, int otherShards)
    {
        TmemHostOptions options = Hosts.Small with { CapacityBytes = 64 * Hosts.Mebibyte };
        using var host = new TmemHost(options with { Shards = shards });
        using var other = new TmemHost(options with { Shards = otherShards, HashSeed = 2 });
        SampleClient sample = SampleClient.Create(host, 400, s_all);

        byte[] bytes = await SavedBytes.SaveAsync(sample.Client);
        TmemClient restored = await SavedBytes.RestoreAsync(other, bytes);

        sample.RequireEqual(restored);
        sample.RequirePages(sample.Client);
        Assert.Equal(sample.Client.GetStatistics().PackedBytes, restored.GetStatistics().PackedBytes);
        Assert.Equal(bytes.Length, (await SavedBytes.SaveAsync(restored)).Length);
    }

    [Fact]
    public async Task A_client_of_the_xen_profile_is_restored_in_one_and_elsewhere()
    {
        using var host = new TmemHost(Hosts.Small with { Profile = TmemProfile.Xen, CapacityBytes = 16 * Hosts.Mebibyte });
        using var same = new TmemHost(Hosts.Small with { Profile = TmemProfile.Xen, CapacityBytes = 16 * Hosts.Mebibyte });
        using var other = new TmemHost(Hosts.Small with { CapacityBytes = 16 * Hosts.Mebibyte });
        SampleClient sample = SampleClient.Create(host, 200, null, PageCompression.None);

        byte[] bytes = await SavedBytes.SaveAsync(sample.Client);

        sample.RequireEqual(await SavedBytes.RestoreAsync(same, bytes));
        sample.RequireEqual(await SavedBytes.RestoreAsync(other, bytes));
    }

    [Fact]
    public async Task Pool_ids_with_gaps_uuids_and_a_freeze_are_kept()
    {
        using var host = new TmemHost(Hosts.Small);
        var dispatcher = new TmemDispatcher(host);
        var uuid = new PoolUuid(0x1111, 0x2222);
        Assert.Equal(0, dispatcher.NewPool(3, uuid, 1u << 24));
        Assert.Equal(1, dispatcher.NewPool(3, uuid, (1u << 24) | 1));
        Assert.Equal(1, dispatcher.DestroyPool(3, 0));
        Assert.True(host.TryGetClient(3, out TmemClient? client));
        host.Control.Freeze(client);

        TmemClient restored = await SavedBytes.RestoreAsync(host, await SavedBytes.SaveAsync(client), new RestoreOptions { Id = 9 });

        Assert.Equal(9, restored.Id);
        Assert.False(restored.TryGetPool(0, out _));
        Assert.True(restored.TryGetPool(1, out TmemPool? pool));
        Assert.IsType<PersistentPool>(pool);
        Assert.Equal(0, dispatcher.GetPoolUuid(9, 1, out PoolUuid restoredUuid));
        Assert.Equal(uuid, restoredUuid);
        Assert.True(restored.GetStatistics().IsFrozen);
        Assert.True(client.GetStatistics().IsFrozen);
        host.Control.Thaw(client);
        Assert.False(client.GetStatistics().IsFrozen);
    }

    [Fact]
    public async Task A_saved_client_is_as_it_was_before()
    {
        using var host = new TmemHost(Hosts.Small);
        SampleClient sample = SampleClient.Create(host, 50, PageCompression.Lz4);
        TmemCore.Statistics.ClientStatistics before = sample.Client.GetStatistics();
        TmemCore.Statistics.HostStatistics hostBefore = host.GetStatistics();

        byte[] first = await SavedBytes.SaveAsync(sample.Client);
        byte[] second = await SavedBytes.SaveAsync(sample.Client);

        Assert.Equal(first, second);
        Assert.Equal(before, sample.Client.GetStatistics());
        Assert.Equal(hostBefore, host.GetStatistics());
        sample.RequirePages(sample.Client);
    }

    [Fact]
    public async Task The_report_of_an_inspection_lists_what_is_there()
    {
        using var host = new TmemHost(Hosts.Small);
        SampleClient sample = SampleClient.Create(host, 50, PageCompression.Lz4, PageCompression.None);
        byte[] bytes = await SavedBytes.SaveAsync(sample.Client);

        SaveStreamReport report = await SavedBytes.InspectAsync(bytes);

        Assert.Equal((1, false, bytes.Length), (report.Version, report.IsMove, (int)report.Bytes));
        Assert.Equal(("Sämann", 70, 123_456L), (report.Client.Name, report.Client.Weight!.Value, report.Client.EphemeralCapBytes));
        Assert.Equal((200, 200, 0), (report.Pages, report.PageRecords, report.PageGoneRecords));
        Assert.InRange(report.EntryRecords, 95, 100);
        Assert.InRange(report.PackedPageRecords, 30, 100);
        Assert.Equal(
            [SavedPoolKind.Ephemeral, SavedPoolKind.Retaining, SavedPoolKind.Persistent, SavedPoolKind.Persistent, SavedPoolKind.SharedEphemeral],
            report.Pools.Select(static pool => pool.Kind));
        Assert.Equal([0L, 0, 100, 100, 0], report.Pools.Select(static pool => pool.PageRecords));
        Assert.Equal(Hosts.Uuid, report.Pools[4].Uuid);
    }

    [Fact]
    public async Task Shared_pools_want_a_grant_of_the_target()
    {
        using var host = new TmemHost(Hosts.Small);
        using var other = new TmemHost(Hosts.Small with { RequireSharedAuthorization = true });
        SampleClient sample = SampleClient.Create(host, 10, PageCompression.None);
        byte[] bytes = await SavedBytes.SaveAsync(sample.Client);

        await Assert.ThrowsAsync<InvalidOperationException>(() => SavedBytes.RestoreAsync(other, bytes));
        Assert.False(other.TryGetClient(0, out _));
        TmemClient without = await SavedBytes.RestoreAsync(other, bytes, new RestoreOptions { LeavesOutSharedPools = true });
        Assert.False(without.TryGetPool(3, out _));
        sample.RequirePages(without);
        TmemClient with = await SavedBytes.RestoreAsync(other, bytes, new RestoreOptions { Grants = [Hosts.Uuid] });
        sample.RequireEqual(with);
    }

    [Fact]
    public async Task A_client_that_does_not_fit_leaves_nothing_behind()
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 16 * Hosts.Mebibyte });
        using var small = new TmemHost(Hosts.Small with { CapacityBytes = 2 * Hosts.Mebibyte });
        SampleClient sample = SampleClient.Create(host, 1000, PageCompression.None);
        byte[] bytes = await SavedBytes.SaveAsync(sample.Client);
        TmemCore.Statistics.HostStatistics before = small.GetStatistics();

        await Assert.ThrowsAsync<InsufficientMemoryException>(() => SavedBytes.RestoreAsync(small, bytes));
        await Assert.ThrowsAsync<InsufficientMemoryException>(
            () => SavedBytes.RestoreAsync(host, bytes, new RestoreOptions { PersistentAllowanceBytes = 100_000 }));
        await Assert.ThrowsAsync<InsufficientMemoryException>(
            () => SavedBytes.RestoreAsync(small, bytes, new RestoreOptions { PersistentReservationBytes = 1 << 30 }));
        await Assert.ThrowsAsync<ArgumentException>(() => SavedBytes.RestoreAsync(host, bytes, new RestoreOptions { Id = sample.Client.Id }));

        Assert.Equal(0, small.GetStatistics().Pages);
        Assert.Equal(before.Pages, small.GetStatistics().Pages);
        Assert.Empty(small.Verify());
        sample.RequirePages(sample.Client);
        Assert.Equal(0, small.CreateClient().Id);
    }

    [Fact]
    public async Task A_client_is_saved_once_at_a_time()
    {
        using var host = new TmemHost(Hosts.Small);
        SampleClient sample = SampleClient.Create(host, 50, PageCompression.None);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
        Task<SaveReport> saving = SaveStream.SaveAsync(sample.Client, pipe.Writer);
        var dispatcher = new TmemDispatcher(host);

        Assert.Equal(TmemError.NotPermitted, dispatcher.Control(SaveBeginNumber, 0, sample.Client.Id, 1));
        Assert.Equal(TmemError.NotPermitted, dispatcher.Control(SaveEndNumber, 0, sample.Client.Id, 0));
        Assert.Equal(TmemError.NotPermitted, dispatcher.SaveNextInvalidated(sample.Client.Id, static _ => true));
        var target = default(NoTarget);
        Assert.Equal(TmemError.NotPermitted, dispatcher.SaveNextPage(sample.Client.Id, 2, ref target));
        await Assert.ThrowsAsync<InvalidOperationException>(() => SavedBytes.SaveAsync(sample.Client));
        await pipe.Reader.CompleteAsync();
        await Assert.ThrowsAsync<IOException>(() => saving);

        Assert.Equal(1, dispatcher.Control(SaveBeginNumber, 0, sample.Client.Id, 1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => SavedBytes.SaveAsync(sample.Client));
        Assert.Equal(0, dispatcher.Control(SaveEndNumber, 0, sample.Client.Id, 0));
        sample.RequireEqual(await SavedBytes.RestoreAsync(host, await SavedBytes.SaveAsync(sample.Client)));
    }

    [Fact]
    public async Task A_persistent_pool_that_others_may_share_is_not_saved()
    {
        using var host = new TmemHost(Hosts.Small);
        var dispatcher = new TmemDispatcher(host);
        Assert.Equal(0, dispatcher.NewPool(3, Hosts.Uuid, (1u << 24) | 3));
        Assert.True(host.TryGetClient(3, out TmemClient? client));

        await Assert.ThrowsAsync<InvalidOperationException>(() => SavedBytes.SaveAsync(client));
    }

    [Fact]
    public async Task Cancelling_leaves_the_client_as_it_was()
    {
        using var host = new TmemHost(Hosts.Small);
        SampleClient sample = SampleClient.Create(host, 100, PageCompression.None);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
        using var cancellation = new CancellationTokenSource();
        Task<SaveReport> saving = SaveStream.SaveAsync(sample.Client, pipe.Writer, cancellationToken: cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => saving);
        Assert.Empty(host.Verify());
        sample.RequireEqual(await SavedBytes.RestoreAsync(host, await SavedBytes.SaveAsync(sample.Client)));
    }

    private readonly struct NoTarget : TmemCore.Store.ISavedPageTarget
    {
        public bool HasRoom => true;

        public bool TryWrite(int pool, in ObjectId objectId, uint index, ReadOnlySpan<byte> page) => true;
    }

    private const int SaveBeginNumber = (int)TmemCore.Abi.SaveBeginOp.Number;
    private const int SaveEndNumber = (int)TmemCore.Abi.SaveEndOp.Number;
}
