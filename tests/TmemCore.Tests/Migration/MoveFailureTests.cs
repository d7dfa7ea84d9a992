using TmemCore.Dispatch;
using TmemCore.Migration;
using Xunit;

namespace TmemCore.Tests.Migration;

/// <summary>What sides do that hear nothing, hear nonsense, are told to stop, or lose their client or host.</summary>
public sealed class MoveFailureTests : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(31);

    private readonly TmemHost _host = new(Hosts.Small);
    private readonly SampleClient _sample;
    private readonly CuttableLink _link = new();
    private readonly ManualTime _clock = new();
    private readonly OtherSide _target;
    private readonly OtherSide _source;

    public MoveFailureTests()
    {
        _sample = SampleClient.Create(_host, 20, PageCompression.None);
        _target = new OtherSide(_link.Target);
        _source = new OtherSide(_link.Source);
    }

    private PersistentPool Pool => SampleClient.Persistent(_sample.Client).Single();

    public void Dispose()
    {
        _host.Dispose();
        _target.Dispose();
        _source.Dispose();
    }

    [Fact]
    public async Task A_target_that_does_not_answer_leaves_the_client_where_it_is()
    {
        Task<SaveReport> sending = SendAsync();
        await _target.TakeImageAsync();
        Task<PutResult> waiting = Waiting(() => Pool.Put(8, 8, Pages.Of(1)));

        await _clock.AdvanceUntilAsync(sending, s_long);

        MigrationException e = await Assert.ThrowsAsync<MigrationException>(() => sending);
        Assert.Equal(MigrationOutcome.SourceRuns, e.Outcome);
        Assert.IsType<TimeoutException>(e.InnerException);
        Assert.Equal(PutResult.Stored, await waiting);
        Pool.FlushPage(8, 8);
        _sample.RequirePages(_sample.Client);
    }

    [Fact]
    public async Task A_target_that_does_not_read_leaves_the_client_where_it_is()
    {
        SampleClient large = SampleClient.Create(_host, 200, PageCompression.None);
        Task<SaveReport> sending = ClientMigration.SendAsync(large.Client, _link.Source, new SendOptions { Clock = _clock });

        await _clock.AdvanceUntilAsync(sending, s_long);

        Assert.IsType<TimeoutException>((await Assert.ThrowsAsync<MigrationException>(() => sending)).InnerException);
        large.RequirePages(large.Client);
    }

    [Fact]
    public async Task A_target_that_is_silent_after_the_switch_leaves_the_client_in_doubt()
    {
        Task<SaveReport> sending = SendAsync();
        uint sum = await _target.TakeImageAsync();
        await _target.SayAsync(SaveRecordType.Ready, sum);
        Assert.Equal(SaveRecordType.Switch, await _target.HearAsync());
        Task<PutResult> waiting = Waiting(() => Pool.Put(8, 8, Pages.Of(1)));

        await _clock.AdvanceUntilAsync(sending, s_long);

        Assert.Equal(MigrationOutcome.InDoubt, (await Assert.ThrowsAsync<MigrationException>(() => sending)).Outcome);
        Assert.Equal(PutResult.Frozen, await waiting);
        await Assert.ThrowsAsync<InvalidOperationException>(() => SavedBytes.SaveAsync(_sample.Client));
        _host.Control.Settle(_sample.Client, isHere: true);
        _sample.RequireEqual(await SavedBytes.RestoreAsync(_host, await SavedBytes.SaveAsync(_sample.Client)));
    }

    [Fact]
    public async Task A_client_in_doubt_that_runs_elsewhere_is_disposed()
    {
        Task<SaveReport> sending = SendAsync();
        await _target.SayAsync(SaveRecordType.Ready, await _target.TakeImageAsync());
        Assert.Equal(SaveRecordType.Switch, await _target.HearAsync());
        await _link.CutAsync();
        Assert.Equal(MigrationOutcome.InDoubt, (await Assert.ThrowsAsync<MigrationException>(() => sending)).Outcome);

        _host.Control.Settle(_sample.Client, isHere: false);

        Assert.False(_host.TryGetClient(_sample.Client.Id, out _));
        Assert.Equal(0, _host.GetStatistics().Pages);
        Assert.Empty(_host.Verify());
    }

    [Fact]
    public async Task A_target_that_refuses_the_switch_leaves_the_client_where_it_is()
    {
        Task<SaveReport> sending = SendAsync();
        await _target.SayAsync(SaveRecordType.Ready, await _target.TakeImageAsync());
        Assert.Equal(SaveRecordType.Switch, await _target.HearAsync());
        await _target.RefuseAsync("too late");

        MigrationException e = await Assert.ThrowsAsync<MigrationException>(() => sending);

        Assert.Equal(MigrationOutcome.SourceRuns, e.Outcome);
        Assert.Contains("too late", e.Message, StringComparison.Ordinal);
        Assert.Equal(PutResult.Stored, Pool.Put(8, 8, Pages.Of(1)));
    }

    [Theory]
    [InlineData((int)SaveRecordType.Ready, 1u)]
    [InlineData((int)SaveRecordType.Switched, 0u)]
    [InlineData((int)SaveRecordType.Switch, 0u)]
    public async Task A_target_that_talks_nonsense_leaves_the_client_where_it_is(int word, uint difference)
    {
        Task<SaveReport> sending = SendAsync();
        await _target.SayAsync((SaveRecordType)word, await _target.TakeImageAsync() + difference);

        Assert.Equal(MigrationOutcome.SourceRuns, (await Assert.ThrowsAsync<MigrationException>(() => sending)).Outcome);
        Assert.Equal(PutResult.Stored, Pool.Put(8, 8, Pages.Of(1)));
    }

    [Fact]
    public async Task Whatever_bytes_a_target_answers_the_client_stays_where_it_is()
    {
        var random = new Random(3);
        for (int round = 0; round < 100; round++)
        {
            var link = new CuttableLink();
            using var target = new OtherSide(link.Target);
            Task<SaveReport> sending = ClientMigration.SendAsync(_sample.Client, link.Source);
            uint sum = await target.TakeImageAsync();
            byte[] answer = SavedBytes.Join([new SavedRecord(SaveRecordType.Ready, [.. BitConverter.GetBytes(sum), 0, 0, 0, 0])], recounts: false);
            answer = answer[SaveStreamFormat.HeaderBytes..];
            answer[random.Next(answer.Length)] ^= (byte)random.Next(1, 256);
            await link.Target.Output.WriteAsync(answer.AsMemory(0, round % 2 == 0 ? answer.Length : random.Next(answer.Length)));
            await link.Target.Output.CompleteAsync();

            Assert.Equal(MigrationOutcome.SourceRuns, (await Assert.ThrowsAsync<MigrationException>(() => sending)).Outcome);
            Assert.Equal(PutResult.Stored, Pool.Put(8, 8, Pages.Of(1)));
            await link.CloseAsync();
        }
    }

    [Theory]
    [InlineData((int)SaveRecordType.Ready)]
    [InlineData((int)SaveRecordType.Switch)]
    public async Task Nonsense_after_the_switch_leaves_the_client_in_doubt(int word)
    {
        Task<SaveReport> sending = SendAsync();
        uint sum = await _target.TakeImageAsync();
        await _target.SayAsync(SaveRecordType.Ready, sum);
        Assert.Equal(SaveRecordType.Switch, await _target.HearAsync());
        await _target.SayAsync((SaveRecordType)word, sum);

        Assert.Equal(MigrationOutcome.InDoubt, (await Assert.ThrowsAsync<MigrationException>(() => sending)).Outcome);
    }

    [Theory]
    [InlineData("silence")]
    [InlineData("cut")]
    [InlineData("another sum")]
    [InlineData("another word")]
    public async Task A_target_that_is_not_told_to_take_over_has_no_trace_of_the_client(string what)
    {
        using var other = new TmemHost(Hosts.Small);
        byte[] saved = await SavedBytes.SaveAsync(_sample.Client);
        Task<TmemClient> receiving = ClientMigration.ReceiveAsync(other, _link.Target, new ReceiveOptions { Clock = _clock });
        uint sum = await _source.SendImageAsync(saved);
        Assert.Equal(SaveRecordType.Ready, await _source.HearAsync());
        Assert.NotEqual(0, other.GetStatistics().Pages);
        switch (what)
        {
            case "silence": await _clock.AdvanceUntilAsync(receiving, s_long); break;
            case "cut": await _link.CutAsync(); break;
            case "another sum": await _source.SayAsync(SaveRecordType.Switch, sum ^ 1); break;
            default: await _source.SayAsync(SaveRecordType.Switched, sum); break;
        }

        Assert.Equal(MigrationOutcome.SourceRuns, (await Assert.ThrowsAsync<MigrationException>(() => receiving)).Outcome);
        Assert.Equal((0, 0), (other.GetStatistics().Pages, other.GetStatistics().Objects));
        Assert.Empty(other.Verify());
        Assert.False(other.TryGetClient(0, out _));
        if (what != "cut")
        {
            Assert.Equal(SaveRecordType.Refused, await _source.HearAsync());
        }
    }

    [Fact]
    public async Task A_target_that_was_told_to_take_over_runs_the_client_whatever_becomes_of_the_connection()
    {
        using var other = new TmemHost(Hosts.Small);
        byte[] saved = await SavedBytes.SaveAsync(_sample.Client);
        using var cancellation = new CancellationTokenSource();
        Task<TmemClient> receiving = ClientMigration.ReceiveAsync(other, _link.Target, cancellationToken: cancellation.Token);
        uint sum = await _source.SendImageAsync(saved);
        Assert.Equal(SaveRecordType.Ready, await _source.HearAsync());
        await _link.Source.Input.CompleteAsync();

        await _source.SayAsync(SaveRecordType.Switch, sum);
        await _link.Source.Output.CompleteAsync();

        _sample.RequireEqual(await receiving);
    }

    [Fact]
    public async Task A_saved_client_is_not_received()
    {
        using var other = new TmemHost(Hosts.Small);
        byte[] saved = await SavedBytes.SaveAsync(_sample.Client);
        Task<TmemClient> receiving = ClientMigration.ReceiveAsync(other, _link.Target);
        await _link.Source.Output.WriteAsync(saved.AsMemory(0, 1000));

        MigrationException e = await Assert.ThrowsAsync<MigrationException>(() => receiving);

        Assert.Equal(SaveStreamFault.Unsupported, Assert.IsType<SaveStreamException>(e.InnerException).Fault);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancelling_before_the_switch_leaves_the_client_where_it_is(bool isPaused)
    {
        using var cancellation = new CancellationTokenSource();
        Task<SaveReport> sending = SendAsync(cancellation.Token);
        Task<PutResult>? waiting = null;
        if (isPaused)
        {
            await _target.TakeImageAsync();
            waiting = Waiting(() => Pool.Put(8, 8, Pages.Of(1)));
        }

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal(PutResult.Stored, waiting is null ? Pool.Put(8, 8, Pages.Of(1)) : await waiting);
        Pool.FlushPage(8, 8);
        _sample.RequireEqual(await SavedBytes.RestoreAsync(_host, await SavedBytes.SaveAsync(_sample.Client)));
    }

    [Fact]
    public async Task A_cancelled_target_has_no_trace_of_the_client()
    {
        using var other = new TmemHost(Hosts.Small);
        using var cancellation = new CancellationTokenSource();
        Task<TmemClient> receiving = ClientMigration.ReceiveAsync(other, _link.Target, cancellationToken: cancellation.Token);
        await _source.SendImageAsync(await SavedBytes.SaveAsync(_sample.Client));
        Assert.Equal(SaveRecordType.Ready, await _source.HearAsync());

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        Assert.Equal(SaveRecordType.Refused, await _source.HearAsync());
        Assert.Equal(0, other.GetStatistics().Pages);
        Assert.Empty(other.Verify());
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Disposing_meanwhile_ends_the_move_and_whatever_waits(bool isHost, bool isPaused)
    {
        Task<SaveReport> sending = SendAsync();
        Task<Exception?>? waiting = null;
        PersistentPool pool = Pool;
        if (isPaused)
        {
            await _target.TakeImageAsync();
            waiting = Waiting<Exception?>(() => Record.Exception(() => Assert.Equal(PutResult.Unavailable, pool.Put(8, 8, Pages.Of(1)))));
        }

        ((IDisposable)(isHost ? _host : _sample.Client)).Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => sending);
        if (waiting is not null)
        {
            Assert.Equal(isHost ? typeof(ObjectDisposedException) : null, (await waiting)?.GetType());
        }

        if (!isHost)
        {
            Assert.Equal(0, _host.GetStatistics().Pages);
            Assert.Empty(_host.Verify());
        }
    }

    [Fact]
    public async Task A_client_disposed_after_the_switch_is_gone_whatever_the_target_says()
    {
        Task<SaveReport> sending = SendAsync();
        uint sum = await _target.TakeImageAsync();
        await _target.SayAsync(SaveRecordType.Ready, sum);
        Assert.Equal(SaveRecordType.Switch, await _target.HearAsync());
        _sample.Client.Dispose();

        await _target.SayAsync(SaveRecordType.Switched, sum);

        Assert.NotEqual(0, (await sending).Pages);
        Assert.Empty(_host.Verify());
    }

    [Fact]
    public async Task While_a_client_is_paused_its_calls_wait_and_others_do_not()
    {
        var dispatcher = new TmemDispatcher(_host);
        TmemClient client = _sample.Client;
        using TmemClient neighbour = _host.CreateClient();
        Task<SaveReport> sending = SendAsync();
        uint sum = await _target.TakeImageAsync();
        var source = new SeedSource(1);
        PersistentPool pool = Pool;
        Task[] waiting =
        [
            Waiting(() => pool.Put(8, 8, Pages.Of(1))),
            Waiting(() => pool.PutEntry(8, 9, [1])),
            Waiting(() => pool.Get(8, 8, new byte[TmemPool.PageBytes])),
            Waiting(() => pool.FlushPage(8, 7)),
            Waiting(() => pool.FlushObject(9999)),
            Waiting(() => dispatcher.PutPage(client.Id, pool.Id, 8, 10, ref source)),
            Waiting(() => dispatcher.FlushPage(client.Id, pool.Id, 8, 11)),
            Waiting(() => dispatcher.NewPool(client.Id, default, 1u << 24)),
            Waiting(client.CreateRetainingPool),
            Waiting(() => client.TryJoinSharedPool(new PoolUuid(5, 5), out _)),
            Waiting(() => { client.TryGetPool(0, out TmemPool? first); first!.Dispose(); return 0; }),
        ];

        Assert.Equal(PutResult.Stored, neighbour.CreatePersistentPool().Put(1, 1, Pages.Of(1)));
        Assert.Equal(_sample.PageCount, pool.PageCount);
        Assert.Equal(0, dispatcher.Control((int)TmemCore.Abi.FreezeOp.Number, 0, TmemDispatcher.AllClients, 0));
        Assert.Equal(0, dispatcher.Control((int)TmemCore.Abi.ThawOp.Number, 0, TmemDispatcher.AllClients, 0));
        Assert.All(waiting, static task => Assert.False(task.IsCompleted));
        await _target.SayAsync(SaveRecordType.Ready, sum ^ 1);
        await Assert.ThrowsAsync<MigrationException>(() => sending);

        await Task.WhenAll(waiting);
        Assert.Equal(PutResult.Stored, await (Task<PutResult>)waiting[0]);
        Assert.Equal(1L, await (Task<long>)waiting[5]);
        Assert.False(client.TryGetPool(0, out _) && client.TryGetPool(6, out _));
        Assert.Empty(_host.Verify());
    }

    [Fact]
    public async Task A_timeout_that_is_none_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => ClientMigration.SendAsync(_sample.Client, _link.Source, new SendOptions { Timeout = TimeSpan.Zero }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => ClientMigration.ReceiveAsync(_host, _link.Target, new ReceiveOptions { Timeout = Timeout.InfiniteTimeSpan }));
    }

    /// <summary>A call on a thread of its own that has begun, and is to wait.</summary>
    private static Task<T> Waiting<T>(Func<T> call)
    {
        using var begun = new ManualResetEventSlim();
        Task<T> task = Task.Factory.StartNew(
            () =>
            {
                begun.Set();
                return call();
            },
            default,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        begun.Wait();
        return task;
    }

    private Task<SaveReport> SendAsync(CancellationToken cancellationToken = default) =>
        ClientMigration.SendAsync(_sample.Client, _link.Source, new SendOptions { Clock = _clock }, cancellationToken: cancellationToken);
}
