using System.Runtime.Versioning;
using TmemCore.Server.Takeover;

namespace TmemCore.Server.Nbd;

/// <summary>
/// The second part of a connection: requests in, answers out. What a request may be is looked at here; what it does is the export's. Answers are gathered
/// and sent together when nothing whole is left to be done, so that one wakeup serves many requests.
/// </summary>
[SupportedOSPlatform("linux")]
internal abstract class NbdTransmission(NbdChannel channel, NbdExport export, NbdConnectionState state, NbdPauses pauses, int mostPayloadBytes)
{
    protected NbdChannel Channel => channel;

    protected NbdConnectionState State => state;

    protected NbdPauses Pauses => pauses;

    /// <summary>Serves the connection to its end. Between two requests it is all in <see cref="State"/> and in what the channel has received.</summary>
    /// <returns>Why it has ended; null when it goes on in another process.</returns>
    public string? Run()
    {
        string? reason = Serve();
        TryEndRequests();
        return reason;
    }

    /// <summary>Does a request that is possible, and answers it, now or later.</summary>
    /// <returns>False when the connection is over.</returns>
    protected abstract bool TryDo(in NbdRequest request);

    /// <summary>Waits for more bytes.</summary>
    protected virtual bool TryReceive() => channel.TryReceive();

    /// <summary>Waits for requests that are under way, and sends what is left.</summary>
    /// <returns>False when the connection is over; no request is under way then, either.</returns>
    protected virtual bool TryEndRequests() => channel.TryFlush();

    /// <summary>Answers a request that has no data to answer with.</summary>
    /// <returns>False when the connection is over.</returns>
    protected bool TryAnswer(in NbdRequest request, NbdError error)
    {
        if (!channel.TryReserve(NbdReplies.MostErrorBytes, out Span<byte> answer))
        {
            return false;
        }

        if (state.HasStructuredReplies && error != NbdError.None)
        {
            channel.Advance(NbdReplies.WriteError(answer, request.Cookie, error));
        }
        else
        {
            NbdReplies.WriteSimple(answer, request.Cookie, error);
            channel.Advance(NbdWire.SimpleReplyBytes);
        }

        return true;
    }

    /// <summary>The whole answer to a read of nothing.</summary>
    /// <returns>False when the connection is over.</returns>
    protected bool TryAnswerEmptyRead(in NbdRequest request)
    {
        if (!state.HasStructuredReplies)
        {
            return TryAnswer(request, NbdError.None);
        }

        if (!channel.TryReserve(NbdWire.ChunkHeaderBytes, out Span<byte> answer))
        {
            return false;
        }

        NbdReplies.WriteChunk(answer, request.Cookie, NbdChunkType.None, 0, isLast: true);
        channel.Advance(NbdWire.ChunkHeaderBytes);
        return true;
    }

    /// <summary>Stands still for a takeover, with nothing left to be sent.</summary>
    /// <param name="reason">Why it has ended; null when it goes on in another process.</param>
    /// <returns>Whether it goes on here.</returns>
    private bool TryStandStill(out string? reason)
    {
        PauseOutcome outcome = TryEndRequests() ? pauses.Await(channel.Unread.ToArray()) : PauseOutcome.End;
        reason = channel.Ending;
        if (outcome == PauseOutcome.Leave)
        {
            channel.Leave();
            reason = null;
        }

        return outcome == PauseOutcome.GoOn;
    }

    private string? Serve()
    {
        while (true)
        {
            if (pauses.IsAsked && !TryStandStill(out string? reason))
            {
                return reason;
            }

            ReadOnlySpan<byte> unread = channel.Unread;
            if (unread.Length < NbdRequest.Bytes)
            {
                if (!TryReceive())
                {
                    return unread.IsEmpty ? channel.Ending : channel.Ending + " within a request";
                }

                continue;
            }

            if (!NbdRequest.TryRead(unread, out NbdRequest request))
            {
                return "it sent what is no request";
            }

            channel.Consume(NbdRequest.Bytes);
            if (request.Command == NbdCommand.Disconnect)
            {
                return "it took its leave";
            }

            NbdError error = request.Check(export, state, mostPayloadBytes);
            bool isAlive = error == NbdError.None
                ? TryDo(request)
                : channel.TrySkip(request.PayloadBytes) && TryAnswer(request, error);
            if (!isAlive)
            {
                return channel.Ending;
            }
        }
    }
}
