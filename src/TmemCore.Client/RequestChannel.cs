using System.Net.Sockets;
using TmemCore.Wire;

namespace TmemCore.Client;

/// <summary>
/// Requests out and answers in, over one socket, from any number of threads. Answers come in the order of the requests: each caller reads its
/// own when its turn has come, straight into its buffer. Nobody copies for another.
/// </summary>
internal sealed class RequestChannel(Socket socket) : IDisposable
{
    /// <summary>
    /// Requests that a caller sends before it reads. The answers of as many fit into the buffers of a socket, so that a caller that is still
    /// sending never keeps the daemon from reading.
    /// </summary>
    public const int MostAtOnce = 32;

    private const int BufferBytes = 64 << 10;

    private readonly Lock _sending = new();
    private readonly object _receiving = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;
    private long _sent;
    private long _received;
    private volatile string? _broken;

    /// <summary>Sends requests.</summary>
    /// <param name="requests">Whole frames.</param>
    /// <param name="count">How many.</param>
    /// <param name="pool">The pool that all of them are for; null when they are for none.</param>
    /// <returns>The turn of the first answer; each must be taken, in order, with <see cref="BeginAnswer"/>.</returns>
    /// <exception cref="TmemConnectionException">The connection has broken.</exception>
    public long Send(Span<byte> requests, int count, RemotePool? pool)
    {
        lock (_sending)
        {
            RequireWhole();
            long first = _sent;
            _sent += count;
            Tag(requests, (uint)first, pool is { IsGone: true });
            try
            {
                while (!requests.IsEmpty)
                {
                    requests = requests[socket.Send(requests)..];
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                throw Break($"The connection broke: {e.Message}");
            }

            return first;
        }
    }

    /// <summary>Waits for the turn of an answer, and reads its header. What follows is the caller's until <see cref="EndAnswer"/>.</summary>
    /// <param name="turn">The answer's turn.</param>
    /// <param name="dataBytes">Bytes that follow.</param>
    /// <returns>The result.</returns>
    /// <exception cref="TmemConnectionException">The connection has broken.</exception>
    public long BeginAnswer(long turn, out int dataBytes)
    {
        AwaitTurn(turn);
        Span<byte> header = stackalloc byte[WireFrame.HeaderBytes];
        Read(header);
        return WireFrame.TryReadAnswer(header, out uint tag, out long result, out dataBytes) && tag == (uint)turn
            ? result
            : throw Break("The daemon sent what is no answer.");
    }

    /// <summary>As <see cref="BeginAnswer"/>, of an answer without data, and reads nothing of what follows it in the stream.</summary>
    public long BeginWholeAnswer(long turn)
    {
        AwaitTurn(turn);
        Span<byte> header = stackalloc byte[WireFrame.HeaderBytes];
        for (Span<byte> left = header; !left.IsEmpty;)
        {
            left = left[Receive(left)..];
        }

        return WireFrame.TryReadAnswer(header, out uint tag, out long result, out int dataBytes) && tag == (uint)turn && dataBytes == 0
            ? result
            : throw Break("The daemon sent what is no answer.");
    }

    /// <summary>Reads bytes of the answer whose turn it is.</summary>
    public void Read(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_start == _end)
            {
                if (bytes.Length >= BufferBytes)
                {
                    bytes = bytes[Receive(bytes)..];
                    continue;
                }

                _start = 0;
                _end = Receive(_buffer);
            }

            int taken = Math.Min(bytes.Length, _end - _start);
            _buffer.AsSpan(_start, taken).CopyTo(bytes);
            _start += taken;
            bytes = bytes[taken..];
        }
    }

    /// <summary>Lets the next answer be read.</summary>
    public void EndAnswer()
    {
        lock (_receiving)
        {
            Volatile.Write(ref _received, _received + 1);
            Monitor.PulseAll(_receiving);
        }
    }

    /// <summary>Notes that the connection can be used no more, and tells all who wait.</summary>
    /// <returns>What to throw.</returns>
    public TmemConnectionException Break(string reason)
    {
        lock (_receiving)
        {
            _broken ??= reason;
            Monitor.PulseAll(_receiving);
        }

        socket.Dispose();
        return new TmemConnectionException(_broken);
    }

    /// <summary>Ends the connection; callers that wait are told.</summary>
    public void Dispose() => Break("The connection is disposed.");

    /// <summary>
    /// Whether the pool is gone is looked at here, in the order that requests are sent in: an op behind the destruction would find the pool that has
    /// the number by then.
    /// </summary>
    private static void Tag(Span<byte> requests, uint tag, bool isPoolGone)
    {
        for (; !requests.IsEmpty; tag++)
        {
            if (isPoolGone)
            {
                WireFrame.TakePoolAway(requests);
            }

            requests = requests[WireFrame.TagRequest(requests, tag)..];
        }
    }

    private void AwaitTurn(long turn)
    {
        var spin = default(SpinWait);
        while (Volatile.Read(ref _received) != turn && !spin.NextSpinWillYield)
        {
            spin.SpinOnce();
        }

        lock (_receiving)
        {
            while (_received != turn && _broken is null)
            {
                Monitor.Wait(_receiving);
            }
        }

        RequireWhole();
    }

    /// <summary>Throws when the daemon has closed the connection, which nobody who waits for an answer in shared memory would notice.</summary>
    public void RequirePeer()
    {
        RequireWhole();
        try
        {
            // An end can be read, and has no bytes.
            if (socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0)
            {
                throw Break("The daemon has closed the connection.");
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw Break($"The connection broke: {e.Message}");
        }
    }

    private int Receive(Span<byte> bytes)
    {
        try
        {
            int received = socket.Receive(bytes);
            return received != 0 ? received : throw Break("The daemon has closed the connection.");
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw Break($"The connection broke: {e.Message}");
        }
    }

    /// <summary>Throws when the connection has broken.</summary>
    public void RequireWhole()
    {
        if (_broken is not null)
        {
            throw new TmemConnectionException(_broken);
        }
    }
}
