using Microsoft.Win32.SafeHandles;
using TmemCore.Server.Takeover;

namespace TmemCore.Server.Nbd;

/// <summary>The pauses of one connection: asked for from outside, and kept by the connection's own thread between two requests, or two options.</summary>
/// <param name="signal">Raised while all connections of the server are to stand still.</param>
internal sealed class NbdPauses(StopSignal signal)
{
    private ConnectionPause? _pause;
    private bool _hasEnded;

    /// <summary>Whether the connection is to stand still.</summary>
    public bool IsAsked => signal.IsRaised;

    /// <summary>What to wait for beside a socket.</summary>
    public SafeFileHandle Handle => signal.Handle;

    /// <summary>Asks for a pause, before the signal is raised.</summary>
    public ConnectionPause Ask()
    {
        var pause = new ConnectionPause();
        Interlocked.Exchange(ref _pause, pause);
        if (Volatile.Read(ref _hasEnded))
        {
            pause.GiveUp();
        }

        return pause;
    }

    /// <summary>Stands still, on the connection's thread.</summary>
    /// <param name="unread">What has been received and not looked at.</param>
    /// <returns>What becomes of the connection.</returns>
    public PauseOutcome Await(byte[] unread)
    {
        ConnectionPause? pause = Volatile.Read(ref _pause);
        if (pause is null)
        {
            return PauseOutcome.GoOn;
        }

        PauseOutcome outcome = pause.ArriveAsync(unread).GetAwaiter().GetResult();
        if (outcome == PauseOutcome.GoOn)
        {
            // What it has told of is kept no longer, unless the next pause was asked for already.
            Interlocked.CompareExchange(ref _pause, null, pause);
        }

        return outcome;
    }

    /// <summary>The connection has ended, and will not arrive.</summary>
    public void End()
    {
        Volatile.Write(ref _hasEnded, true);
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _pause)?.GiveUp();
    }
}
