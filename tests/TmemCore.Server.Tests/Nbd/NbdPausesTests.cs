using TmemCore.Server.Nbd;
using TmemCore.Server.Takeover;
using Xunit;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>A connection that stands still, is given up, or has ended.</summary>
public sealed class NbdPausesTests : IDisposable
{
    private readonly StopSignal _signal = new();
    private readonly NbdPauses _pauses;

    public NbdPausesTests() => _pauses = new NbdPauses(_signal);

    public void Dispose() => _signal.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_has_arrived_waits_for_what_is_decided_and_cannot_be_given_up(bool goesOn)
    {
        ConnectionPause pause = _pauses.Ask();
        Task<PauseOutcome> connection = Task.Run(() => _pauses.Await([1, 2]));
        Assert.Equal([1, 2], await pause.Arrival);
        Assert.False(pause.GiveUp());
        Assert.False(connection.IsCompleted);
        pause.Decide(goesOn);
        Assert.Equal(goesOn ? PauseOutcome.GoOn : PauseOutcome.Leave, await connection);
    }

    /// <summary>Nobody waits for it any more: whatever it did would be done to what is another's.</summary>
    [Fact]
    public void One_that_was_given_up_ends_however_often_it_asks()
    {
        ConnectionPause pause = _pauses.Ask();
        Assert.True(pause.GiveUp());
        Assert.Equal(PauseOutcome.End, _pauses.Await([]));
        pause.Decide(goesOn: true);
        Assert.Equal(PauseOutcome.End, _pauses.Await([]));
    }

    [Fact]
    public void One_that_has_ended_is_not_waited_for()
    {
        ConnectionPause before = _pauses.Ask();
        _pauses.End();
        Assert.True(before.Arrival.IsCanceled);
        Assert.True(_pauses.Ask().Arrival.IsCanceled);
    }

    [Fact]
    public void Without_a_pause_it_goes_on() => Assert.Equal(PauseOutcome.GoOn, _pauses.Await([]));
}
