using System.IO.Pipelines;
using TmemCore.Migration;
using Xunit;

namespace TmemCore.Tests.Migration;

/// <summary>A client that was handed over, and of which nobody has heard whether it runs at the target.</summary>
public sealed class InDoubtTests
{
    /// <summary>What a refused put or flush was about is not there any more when the client goes on.</summary>
    [Theory]
    [InlineData(TmemProfile.Default)]
    [InlineData(TmemProfile.Xen)]
    public void Pages_that_were_put_over_or_flushed_in_doubt_are_not_read_afterwards(TmemProfile profile)
    {
        using var host = new TmemHost(Hosts.Small with { Profile = profile, CapacityBytes = 16 * Hosts.Mebibyte });
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        RetainingPool retaining = client.CreateRetainingPool();
        for (uint i = 0; i < 1000; i++)
        {
            Assert.Equal(PutResult.Stored, pool.Put(i < 600 ? 1UL : 2UL, i, Pages.Of(i)));
        }

        for (uint i = 0; i < 4; i++)
        {
            Assert.True(retaining.TryPut(3, i, Pages.Of(i)));
        }

        host.Store.Close(client.Slots);
        Assert.Equal(PutResult.PageDropped, pool.Put(2, 700, Pages.Of(1)));
        Assert.Equal(PutResult.PageDropped, pool.PutEntry(2, 701, [1]));
        Assert.Equal(PutResult.Frozen, pool.Put(2, 701, Pages.Of(1)));
        Assert.Equal(FlushResult.Unavailable, pool.FlushPage(2, 702));
        Assert.Equal(FlushResult.Unavailable, pool.FlushObject(1));
        Assert.False(retaining.TryPut(3, 1, Pages.Of(1), out PutResult refused));
        Assert.Equal(PutResult.PageDropped, refused);
        Assert.Equal(FlushResult.Unavailable, retaining.FlushPage(3, 2));
        host.Control.Settle(client, isHere: true);

        var page = new byte[TmemPool.PageBytes];
        Assert.Equal(GetResult.Miss, pool.Get(2, 700, page));
        Assert.Equal(GetResult.Miss, pool.Get(2, 701, page));
        Assert.Equal(GetResult.Miss, pool.Get(2, 702, page));
        Assert.Equal(GetResult.Miss, pool.Get(1, 5, page));
        Assert.Equal(GetResult.Hit, pool.Get(2, 703, page));
        Assert.Equal(397, pool.PageCount);
        Assert.Equal(GetResult.Miss, retaining.Get(3, 1, page));
        Assert.Equal(GetResult.Miss, retaining.Get(3, 2, page));
        Assert.Equal(GetResult.Hit, retaining.Get(3, 3, page));
        Assert.Equal(0, pool.GetStatistics()!.ObjectFlushes);
        Assert.Empty(host.Verify());
    }

    /// <summary>Two operators who say the opposite at the same time are not both believed.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_doubt_is_settled_once(bool isHere)
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        host.Store.Close(client.Slots);
        Task<bool> second;
        lock (host.Store.Control)
        {
            // Both wait here for the lock.
            second = Task.Run(() => TrySettle(host, client, !isHere));
            Thread.Yield();
        }

        bool isFirstBelieved = TrySettle(host, client, isHere);

        Assert.NotEqual(isFirstBelieved, await second);
        Assert.Equal(isFirstBelieved == isHere, host.Control.GetClients().Contains(client));
    }

    /// <summary>Between the word that a client runs elsewhere and its end here nobody can say the opposite.</summary>
    [Fact]
    public void A_client_that_is_said_to_run_elsewhere_is_not_taken_back()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        host.Store.Close(client.Slots);
        client.Slots.IsElsewhere = true;
        Assert.Throws<InvalidOperationException>(() => host.Control.Settle(client, isHere: true));
        Assert.True(client.Slots.IsClosed);
    }

    private static bool TrySettle(TmemHost host, TmemClient client, bool isHere)
    {
        try
        {
            host.Control.Settle(client, isHere);
            return true;
        }
        catch (InvalidOperationException)
        {
            // Settled already, or, as an object disposed is one too, gone.
            return false;
        }
    }

    /// <summary>Whatever a broken connection throws, the client is not left paused, in which nobody could settle where it runs.</summary>
    [Fact]
    public async Task A_connection_that_breaks_in_an_unusual_way_after_the_switch_leaves_the_client_in_doubt()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        Assert.Equal(PutResult.Stored, pool.Put(1, 1, Pages.Of(1)));
        var toTarget = new Pipe(new PipeOptions(useSynchronizationContext: false));
        var toSource = new Pipe(new PipeOptions(useSynchronizationContext: false));
        var reader = new BreakingReader(toSource.Reader);
        using var target = new OtherSide(new End(toTarget.Reader, toSource.Writer));
        Task<SaveReport> sending = ClientMigration.SendAsync(client, new End(reader, toTarget.Writer));
        uint sum = await target.TakeImageAsync();
        await toTarget.Reader.CompleteAsync();
        reader.Breaks = true;
        await target.SayAsync(SaveRecordType.Ready, sum);

        Exception? e = await Record.ExceptionAsync(() => sending);

        Assert.Equal(MigrationOutcome.InDoubt, Assert.IsType<MigrationException>(e).Outcome);
        Assert.False(client.Slots.IsPaused);
        host.Control.Settle(client, isHere: true);
        Assert.Equal(GetResult.Hit, pool.Get(1, 1, new byte[TmemPool.PageBytes]));
    }

    private sealed record End(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Reads as another does, until it breaks.</summary>
    private sealed class BreakingReader(PipeReader inner) : PipeReader
    {
        public bool Breaks { get; set; }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            Breaks ? throw new InvalidOperationException("The connection is gone.") : inner.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
