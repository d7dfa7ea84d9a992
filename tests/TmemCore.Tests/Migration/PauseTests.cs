using System.IO.Pipelines;
using TmemCore.Migration;
using TmemCore.Store;
using Xunit;

namespace TmemCore.Tests.Migration;

/// <summary>The moments at which calls of a client that is saved or moved wait, and those that are not to be missed.</summary>
public sealed class PauseTests
{
    /// <summary>Opened again at any moment, a client refuses nothing: whoever finds no pool looks again.</summary>
    [Fact]
    public async Task A_client_that_is_paused_now_and_then_refuses_nothing()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        Assert.Equal(PutResult.Stored, pool.Put(1, 1, Pages.Of(1)));
        bool isOver = false;
        var unexpected = new HashSet<string>();
        Task calling = Task.Factory.StartNew(
            () =>
            {
                var page = new byte[TmemPool.PageBytes];
                while (!Volatile.Read(ref isOver))
                {
                    unexpected.Add($"{pool.Get(1, 1, page)} {pool.Put(1, 1, page)} {pool.FlushPage(1, 2)} {pool.FlushObject(2)}");
                }
            },
            TaskCreationOptions.LongRunning);
        for (int i = 0; i < 30_000 * Hosts.Stress; i++)
        {
            host.Store.Pause(client.Slots);
            host.Store.Resume(client.Slots);
        }

        Volatile.Write(ref isOver, true);
        await calling;
        Assert.Equal(["Hit Stored Done Done"], unexpected);
    }

    /// <summary>Between the look at the handle and the question why it is stale, the client may have been opened.</summary>
    [Fact]
    public void Whoever_asks_too_late_why_there_is_no_pool_looks_again()
    {
        using var host = new TmemHost(Hosts.Small);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        Shard shard = Inside.Shards(host.Store)[0];

        Assert.True(Inside.TryAwaitOpen(null, shard, pool.Handle));
        pool.Dispose();
        Assert.False(Inside.TryAwaitOpen(null, shard, pool.Handle));
    }

    /// <summary>The reserve is kept by a put that waited, too; and one that it refuses may find its client paused by then.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_put_refused_for_the_reserve_waits_for_a_paused_client_as_others_do(bool isForm)
    {
        using var host = new TmemHost(Hosts.Xen(8));
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        byte[] page = Pages.Of(1);
        for (uint i = 0; pool.Put(1, i, page) == PutResult.Stored; i++)
        {
        }

        PutResult result = default;
        host.Store.Pause(client.Slots);
        var putting = new Thread(() => result = isForm ? host.Store.PutForm(pool.Handle, 2, 2, PackedForm.Whole, page, page) : pool.Put(2, 2, page));
        putting.Start();
        SpinWait.SpinUntil(() => !putting.IsAlive || putting.ThreadState == ThreadState.WaitSleepJoin);
        host.Store.Resume(client.Slots);
        putting.Join();

        Assert.Equal(PutResult.OutOfMemory, result);
        Assert.Equal(0, host.GetStatistics().Refusals.Unavailable);
    }

    [Fact]
    public async Task A_put_that_is_on_its_way_when_the_client_is_paused_is_in_the_image()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        Assert.Equal(PutResult.Stored, pool.Put(1, 1, Pages.Of(1)));
        using var gate = new Gate();
        Task<PutResult>? putting = null;
        ShardLock shard = Inside.Shards(host.Store)[0].Lock;
        var stream = new MemoryStream();
        PipeWriter writer = PipeWriter.Create(stream);
        var onTheWay = new Report(() =>
        {
            // All pages have been walked; the put is inside of the lock by the time that the client is paused, and stays there until somebody waits for it.
            var source = new GatedSource(gate, 2);
            putting ??= Task.Run(() => pool.Put(1, 2, ref source));
            gate.AwaitEntry();
            Task.Run(() =>
            {
                SpinWait.SpinUntil(() => client.Slots.IsPaused && shard.HasWaiters);
                gate.Open();
            });
        });

        await SaveStream.SaveAsync(client, writer, new SaveOptions { Freezes = false }, onTheWay);

        await writer.CompleteAsync();
        Assert.Equal(PutResult.Stored, await putting!);
        using TmemClient image = await SavedBytes.RestoreAsync(host, stream.ToArray());
        Assert.Equal(2, SampleClient.Persistent(image).Single().PageCount);
    }

    /// <summary>Nobody reads what is saved: the log becomes as long as it may, and then the client's own calls wait, and no others.</summary>
    [Fact]
    public async Task Calls_wait_when_the_log_is_as_long_as_it_may_be()
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 16 * Hosts.Mebibyte });
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        Assert.Equal(PutResult.Stored, pool.Put(1, 1, Pages.Of(1)));
        PersistentPool neighbour = host.CreateClient().CreatePersistentPool();
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
        Task<SaveReport> saving = SaveStream.SaveAsync(client, pipe.Writer, new SaveOptions { Freezes = false });
        long puts = 0;
        bool isOver = false;
        var thread = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver) && pool.FlushPage(7, 7) == FlushResult.Done && pool.PutEntry(7, 7, [1]) == PutResult.Stored)
            {
                Volatile.Write(ref puts, puts + 1);
            }
        });
        thread.Start();

        SpinWait.SpinUntil(() => Volatile.Read(ref puts) > 2 * ClientTracking.FirstLimit
            || (Volatile.Read(ref puts) >= ClientTracking.FirstLimit - 1 && thread.ThreadState == ThreadState.WaitSleepJoin));

        Assert.InRange(Volatile.Read(ref puts), ClientTracking.FirstLimit - 1, ClientTracking.FirstLimit);
        Assert.Equal(PutResult.Stored, neighbour.Put(1, 1, Pages.Of(1)));
        Task<SaveStreamReport> inspecting = SaveStream.InspectAsync(pipe.Reader);
        SaveReport report = await saving;
        Volatile.Write(ref isOver, true);
        thread.Join();
        Assert.InRange(report.PagesGone + report.Pages, ClientTracking.FirstLimit / 2, long.MaxValue);
        Assert.InRange((await inspecting).Pages, 1, 2);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public async Task Notes_that_nobody_has_taken_out_are_given_back()
    {
        using var host = new TmemHost(Hosts.Small);
        SampleClient sample = SampleClient.Create(host, 100, PageCompression.None);
        PersistentPool pool = SampleClient.Persistent(sample.Client).Single();
        using var cancellation = new CancellationTokenSource();
        uint cells = 0;
        var change = new Report(() =>
        {
            for (uint i = 0; i < 300; i++)
            {
                sample.Put(pool, 8, i, [1]);
            }

            cells = Inside.HostRecord(host.Store).ChangeHeap.Cells;
            cancellation.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SaveStream.SaveAsync(
            sample.Client, PipeWriter.Create(Stream.Null), new SaveOptions { Freezes = false }, change, cancellation.Token));

        Assert.NotEqual(0u, cells);
        Assert.Equal(0u, Inside.HostRecord(host.Store).ChangeHeap.Cells);
        sample.RequireEqual(await SavedBytes.RestoreAsync(host, await SavedBytes.SaveAsync(sample.Client)));
    }

    [Theory]
    [InlineData(true, PutResult.Frozen)]
    [InlineData(false, PutResult.Stored)]
    public async Task A_client_is_frozen_while_it_is_saved_if_that_is_wanted_and_not_afterwards(bool freezes, PutResult meanwhile)
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        PutResult? result = null;
        var put = new Report(() => result = pool.Put(1, 1, Pages.Of(1)));

        await SaveStream.SaveAsync(client, PipeWriter.Create(Stream.Null), new SaveOptions { Freezes = freezes }, put);

        Assert.Equal(meanwhile, result);
        Assert.Equal(PutResult.Stored, pool.Put(1, 2, Pages.Of(1)));
        Assert.False(client.GetStatistics().IsFrozen);
    }

    /// <summary>Without memory for a note the save fails, for the image would lack a change, and the client goes on.</summary>
    [Fact]
    public async Task A_save_whose_changes_cannot_be_noted_fails_and_leaves_the_client_as_it_was()
    {
        bool isShort = false;
        using var host = new TmemHost(Hosts.Small with { FailAllocation = () => isShort });
        SampleClient sample = SampleClient.Create(host, 100, PageCompression.None);
        PersistentPool pool = SampleClient.Persistent(sample.Client).Single();
        bool isFirst = true;
        var change = new Report(() =>
        {
            if (isFirst)
            {
                isShort = true;
                isFirst = false;
                sample.Put(pool, 5, 1, SampleClient.Mixed(9));
                isShort = false;
            }
        });

        await Assert.ThrowsAsync<InsufficientMemoryException>(
            () => SaveStream.SaveAsync(sample.Client, PipeWriter.Create(Stream.Null), new SaveOptions { Freezes = false }, change));

        sample.RequirePages(sample.Client);
        sample.RequireEqual(await SavedBytes.RestoreAsync(host, await SavedBytes.SaveAsync(sample.Client)));
    }

    private sealed class Report(Action act) : IProgress<MigrationProgress>
    {
        void IProgress<MigrationProgress>.Report(MigrationProgress value)
        {
            if (value.Round == 0)
            {
                act();
            }
        }
    }
}
