using TmemCore.Dispatch;
using TmemCore.Migration;
using Xunit;

namespace TmemCore.Tests.Migration;

/// <summary>A client moves while threads use it, and wherever the connection breaks, one side runs it or one is in doubt.</summary>
public sealed class MoveTests
{
    private static readonly TmemHostOptions s_options = Hosts.Small with { CapacityBytes = 64 * Hosts.Mebibyte };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 3)]
    public async Task A_client_that_moves_under_load_loses_nothing_and_brings_nothing_back(int shards, int threadCount)
    {
        for (int round = 0; round < 3 * Hosts.Stress; round++)
        {
            using var host = new TmemHost(s_options with { Shards = shards });
            using var other = new TmemHost(s_options);
            TmemClient client = host.CreateClient(new TmemClientOptions { Compression = round % 2 == 0 ? PageCompression.Lz4 : PageCompression.None });
            PersistentPool pool = client.CreatePersistentPool();
            LoadThread[] threads = LoadThread.Start(pool, threadCount, pages: 700);
            threads[^1].AwaitDone(1000);
            var link = new CuttableLink();

            Task<SaveReport> sending = ClientMigration.SendAsync(client, link.Source);
            TmemClient moved = await ClientMigration.ReceiveAsync(other, link.Target);
            await sending;
            await link.CloseAsync();

            Array.ForEach(threads, static thread => thread.AwaitRefusal());
            Assert.All(threads, static thread => Assert.Equal(nameof(PutResult.Unavailable), thread.Refusal));
            PersistentPool movedPool = SampleClient.Persistent(moved).Single();
            Array.ForEach(threads, thread => thread.RequireAll(movedPool));
            RequireGone(host, client);
            Assert.Empty(other.Verify());
        }
    }

    /// <summary>A flush of many pages takes them out at once and frees them in steps: the switch may come between.</summary>
    [Fact]
    public async Task A_large_object_that_is_flushed_meanwhile_does_not_come_back()
    {
        const uint Large = 3000;
        for (int round = 0; round < 10 * Hosts.Stress; round++)
        {
            using var host = new TmemHost(s_options);
            using var other = new TmemHost(s_options);
            TmemClient client = host.CreateClient(new TmemClientOptions { Compression = PageCompression.SameFilled });
            PersistentPool pool = client.CreatePersistentPool();
            uint stored = 0;
            var begun = new TaskCompletionSource();
            Task putting = Task.Run(() =>
            {
                var page = new byte[TmemPool.PageBytes];
                do
                {
                    for (stored = 0; stored < Large && pool.Put(1, stored, page) == PutResult.Stored; stored++)
                    {
                    }

                    begun.TrySetResult();
                }
                while (pool.FlushObject(1) == FlushResult.Done);
            });
            await begun.Task;
            var link = new CuttableLink();

            Task<SaveReport> sending = ClientMigration.SendAsync(client, link.Source);
            TmemClient moved = await ClientMigration.ReceiveAsync(other, link.Target);
            await sending;
            await putting;

            Assert.Equal(stored, SampleClient.Persistent(moved).Single().PageCount);
            Assert.Empty(other.Verify());
            RequireGone(host, client);
            await link.CloseAsync();
        }
    }

    [Fact]
    public async Task A_client_of_all_kinds_of_pools_and_pages_moves()
    {
        using var host = new TmemHost(s_options);
        using var other = new TmemHost(s_options with { Profile = TmemProfile.Xen });
        SampleClient sample = SampleClient.Create(host, 300, null, PageCompression.None, PageCompression.Zstandard);
        byte[] saved = await SavedBytes.SaveAsync(sample.Client);
        TmemClient equal = await SavedBytes.RestoreAsync(host, saved);
        var link = new CuttableLink();

        Task<SaveReport> sending = ClientMigration.SendAsync(sample.Client, link.Source);
        TmemClient moved = await ClientMigration.ReceiveAsync(other, link.Target);
        SaveReport report = await sending;

        Assert.Equal(saved.Length, report.Bytes);
        sample.Of(equal).RequireEqual(moved);
        RequireGone(host, sample.Client);
        await link.CloseAsync();
    }

    [Fact]
    public async Task Wherever_the_connection_breaks_one_side_runs_the_client_or_one_is_in_doubt()
    {
        (long toTarget, long toSource) = await MeasureAsync();
        var random = new Random(200);
        var outcomes = new Dictionary<MigrationOutcome, int>();
        for (int cut = 0; cut < 200 * Hosts.Stress; cut++)
        {
            CuttableLink link = (cut % 4) switch
            {
                0 => new CuttableLink(mostToSource: random.NextInt64(toSource)),
                1 => new CuttableLink(mostToTarget: toTarget - 1 - random.NextInt64(150)),
                _ => new CuttableLink(mostToTarget: random.NextInt64(toTarget)),
            };
            MigrationOutcome outcome = await RequireOneOwnerAsync(link);
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        // The last byte of the answer is missing at most: nobody ever learns that the target runs it.
        Assert.Equal([MigrationOutcome.SourceRuns, MigrationOutcome.InDoubt], outcomes.Keys.Order());
        Assert.Equal(MigrationOutcome.TargetRuns, await RequireOneOwnerAsync(new CuttableLink()));
    }

    [Fact]
    public async Task The_reason_of_a_target_that_refuses_reaches_the_source()
    {
        using var host = new TmemHost(s_options);
        using var small = new TmemHost(Hosts.Small with { CapacityBytes = 2 * Hosts.Mebibyte });
        SampleClient sample = SampleClient.Create(host, 1000, PageCompression.None);
        var link = new CuttableLink();

        Task<SaveReport> sending = ClientMigration.SendAsync(sample.Client, link.Source);
        MigrationException received = await Assert.ThrowsAsync<MigrationException>(() => ClientMigration.ReceiveAsync(small, link.Target));
        await link.Target.Input.CompleteAsync();
        MigrationException sent = await Assert.ThrowsAsync<MigrationException>(() => sending);

        Assert.IsType<InsufficientMemoryException>(received.InnerException);
        Assert.Equal((MigrationOutcome.SourceRuns, MigrationOutcome.SourceRuns), (received.Outcome, sent.Outcome));
        Assert.Contains(received.InnerException.Message, sent.Message, StringComparison.Ordinal);
        Assert.Equal(0, small.GetStatistics().Pages);
        Assert.Empty(small.Verify());
        sample.RequirePages(sample.Client);
        await link.CloseAsync();
    }

    [Fact]
    public async Task Nobody_finds_a_client_that_is_arriving_and_its_id_is_taken()
    {
        using var host = new TmemHost(s_options);
        using var other = new TmemHost(s_options);
        SampleClient sample = SampleClient.Create(host, 2000, PageCompression.None);
        var dispatcher = new TmemDispatcher(other);
        var link = new CuttableLink(mostToTarget: 1_000_000);
        var looks = new List<(bool, long, string)>();
        var looker = new Looker(() => looks.Add((
            other.TryGetClient(7, out _), dispatcher.NewPool(7, default, 1u << 24), Record.Exception(() => other.CreateClient(new TmemClientOptions { Id = 7 }))!.GetType().Name)));

        Task<SaveReport> sending = ClientMigration.SendAsync(sample.Client, link.Source);
        await Assert.ThrowsAsync<MigrationException>(() => ClientMigration.ReceiveAsync(
            other, link.Target, new ReceiveOptions { Client = new RestoreOptions { Id = 7 } }, looker));
        await Assert.ThrowsAsync<MigrationException>(() => sending);

        Assert.NotEmpty(looks);
        Assert.All(looks, static look => Assert.Equal((false, (long)TmemError.NoMemory, nameof(ArgumentException)), look));
        Assert.Equal(7, other.CreateClient(new TmemClientOptions { Id = 7 }).Id);
        sample.RequirePages(sample.Client);
        await link.CloseAsync();
    }

    private static async Task<(long ToTarget, long ToSource)> MeasureAsync()
    {
        using var host = new TmemHost(Hosts.Small);
        using var other = new TmemHost(Hosts.Small);
        SampleClient sample = SampleClient.Create(host, 20, PageCompression.None);
        var link = new CuttableLink();
        Task<SaveReport> sending = ClientMigration.SendAsync(sample.Client, link.Source);
        await ClientMigration.ReceiveAsync(other, link.Target);
        await sending;
        await link.CloseAsync();
        return (link.ToTarget, link.ToSource);
    }

    /// <summary>Moves a client over a link, and requires that what both sides say goes together and is true.</summary>
    private static async Task<MigrationOutcome> RequireOneOwnerAsync(CuttableLink link)
    {
        using var host = new TmemHost(Hosts.Small);
        using var other = new TmemHost(Hosts.Small);
        SampleClient sample = SampleClient.Create(host, 20, PageCompression.None);
        Task<SaveReport> sending = ClientMigration.SendAsync(sample.Client, link.Source);
        Task<TmemClient> receiving = ClientMigration.ReceiveAsync(other, link.Target);
        Exception? received = await Record.ExceptionAsync(() => receiving);
        Exception? sent = await Record.ExceptionAsync(() => sending);
        await link.CloseAsync();

        TmemClient? moved = received is null ? await receiving : null;
        MigrationOutcome outcome = sent is null ? MigrationOutcome.TargetRuns : Assert.IsType<MigrationException>(sent).Outcome;
        if (received is not null)
        {
            Assert.Equal(MigrationOutcome.SourceRuns, Assert.IsType<MigrationException>(received).Outcome);
            Assert.Equal((0, 0), (other.GetStatistics().Pages, other.GetStatistics().Objects));
            Assert.False(other.TryGetClient(0, out _));
            Assert.NotEqual(MigrationOutcome.TargetRuns, outcome);
        }
        else
        {
            Assert.NotEqual(MigrationOutcome.SourceRuns, outcome);
        }

        if (outcome == MigrationOutcome.InDoubt)
        {
            Settle(sample, isHere: moved is null);
        }

        if (moved is null)
        {
            Assert.Equal(PutResult.Stored, SampleClient.Persistent(sample.Client).Single().Put(9999, 0, Pages.Of(1)));
            SampleClient.Persistent(sample.Client).Single().FlushPage(9999, 0);
            sample.RequirePages(sample.Client);
            sample.RequireEqual(await SavedBytes.RestoreAsync(other, await SavedBytes.SaveAsync(sample.Client)));
        }
        else
        {
            sample.RequirePages(moved);
            RequireGone(host, sample.Client);
        }

        return outcome;
    }

    /// <summary>Requires that a client in doubt is closed and whole, but for what it flushes itself, and settles it.</summary>
    private static void Settle(SampleClient sample, bool isHere)
    {
        TmemClient client = sample.Client;
        PersistentPool pool = SampleClient.Persistent(client).Single();
        Assert.Equal(PutResult.Frozen, pool.Put(1, 1, Pages.Of(1)));
        Assert.Equal(GetResult.Unavailable, pool.Get(5, 1, new byte[TmemPool.PageBytes]));
        Assert.Equal(FlushResult.Unavailable, pool.FlushPage(5, 2));
        Assert.Equal(FlushResult.Unavailable, pool.FlushObject(77));
        Assert.Throws<InvalidOperationException>(() => client.CreatePersistentPool());
        Assert.Equal(sample.PageCount, pool.PageCount);
        client.Host.Control.Settle(client, isHere);
        if (isHere)
        {
            Assert.Throws<InvalidOperationException>(() => client.Host.Control.Settle(client, isHere));
        }
    }

    private static void RequireGone(TmemHost host, TmemClient client)
    {
        Assert.False(host.TryGetClient(client.Id, out TmemClient? found) && found == client);
        Assert.Throws<ObjectDisposedException>(() => client.GetStatistics());
        Assert.Empty(host.Verify());
    }

    private sealed class Looker(Action look) : IProgress<MigrationProgress>
    {
        public void Report(MigrationProgress value) => look();
    }
}
