using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using TmemCore.Server.Takeover;

namespace TmemCore.Server.Nbd;

/// <summary>
/// The bytes of one connection, in and out, through two buffers that were made before. Nothing is allocated for them. It is for the connection's own
/// thread alone.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class NbdChannel(Socket socket, NbdBuffers buffers, StopSignal stop) : IDisposable
{
    /// <summary>Less room than this at the end of the buffer, and what is unread moves to its front.</summary>
    private const int LeastRoomBytes = 64 << 10;

    private readonly byte[] _input = buffers.Input;
    private readonly byte[] _output = buffers.Output;
    private readonly SafeSocketHandle _handle = socket.SafeHandle;
    private int _start;
    private int _end;
    private int _filled;
    private long _deadline = long.MaxValue;
    private bool _isLeft;
    private bool _isSendBlocked;

    /// <summary>Received, and not consumed yet.</summary>
    public ReadOnlySpan<byte> Unread => _input.AsSpan(_start, _end - _start);

    /// <summary>Whether it waits just now for the peer to take answers; any thread may ask.</summary>
    public bool IsSendBlocked => Volatile.Read(ref _isSendBlocked);

    private bool IsLate => _deadline != long.MaxValue && Environment.TickCount64 >= _deadline;

    /// <summary>How long the peer still has; without end, -1.</summary>
    public int LeftMilliseconds => _deadline == long.MaxValue ? -1 : (int)Math.Clamp(_deadline - Environment.TickCount64, 0, int.MaxValue);

    /// <summary>Why nothing more is received or sent.</summary>
    public string Ending { get; private set; } = "the connection broke";

    /// <summary>Begins with what another process has received and not looked at: no more than the buffer holds.</summary>
    public void Preload(ReadOnlySpan<byte> unread)
    {
        unread.CopyTo(_input);
        _start = 0;
        _end = unread.Length;
    }

    /// <summary>Leaves the connection to another process.</summary>
    public void Leave() => _isLeft = true;

    /// <summary>From now on the peer has so much time for all that it receives and sends; null for no haste.</summary>
    public void SetDeadline(TimeSpan? time) => _deadline = time is null ? long.MaxValue : Environment.TickCount64 + (long)time.Value.TotalMilliseconds;

    /// <summary>Takes bytes away that have been looked at.</summary>
    public void Consume(int bytes)
    {
        _start += bytes;
        if (_start == _end)
        {
            _start = 0;
            _end = 0;
        }
    }

    /// <summary>Waits for at least one more byte, once there is nothing left to be sent.</summary>
    /// <returns>False when there will be none: <see cref="Ending"/> says why.</returns>
    public bool TryReceive() => TryReceive(other: null, another: null, out _);

    /// <summary>As <see cref="TryReceive()"/>, unless something else happens first.</summary>
    public bool TryReceive(SafeFileHandle other, out bool isOther) => TryReceive(other, another: null, out isOther);

    /// <summary>As <see cref="TryReceive()"/>, unless one of two other things happens first.</summary>
    public bool TryReceive(SafeFileHandle? other, SafeFileHandle? another, out bool isOther)
    {
        isOther = false;
        if (!TryFlush())
        {
            return false;
        }

        if (_input.Length - _end < LeastRoomBytes && _start != 0)
        {
            Unread.CopyTo(_input);
            _end -= _start;
            _start = 0;
        }

        while (true)
        {
            if (stop.IsRaised)
            {
                return End("the server stops");
            }

            if (IsLate)
            {
                return EndLate();
            }

            int received = socket.Receive(_input.AsSpan(_end), SocketFlags.None, out SocketError error);
            if (received > 0)
            {
                _end += received;
                return true;
            }

            if (error is not (SocketError.WouldBlock or SocketError.Interrupted))
            {
                return End(error == SocketError.Success ? "it closed the connection" : "the connection broke");
            }

            if (!TryWait(isToSend: false, other, another, out isOther) || isOther)
            {
                return isOther;
            }
        }
    }

    /// <summary>Takes bytes away that nobody wants, as they come.</summary>
    public bool TrySkip(long bytes)
    {
        while (bytes > 0)
        {
            if (Unread.IsEmpty && !TryReceive())
            {
                return false;
            }

            int part = (int)Math.Min(bytes, Unread.Length);
            Consume(part);
            bytes -= part;
        }

        return true;
    }

    /// <summary>Room for an answer, or a part of one; what is there before is sent first if it has to be.</summary>
    /// <param name="bytes">At most what the buffer holds.</param>
    /// <param name="room">Exactly so many bytes.</param>
    public bool TryReserve(int bytes, out Span<byte> room)
    {
        if (_output.Length - _filled < bytes && !TryFlush())
        {
            room = default;
            return false;
        }

        room = _output.AsSpan(_filled, bytes);
        return true;
    }

    /// <summary>The first bytes of the room that was reserved last are to be sent.</summary>
    public void Advance(int bytes) => _filled += bytes;

    /// <summary>Sends all that is to be sent.</summary>
    /// <returns>False when it cannot be: <see cref="Ending"/> says why.</returns>
    public bool TryFlush()
    {
        int sent = 0;
        while (sent < _filled)
        {
            int part = socket.Send(_output.AsSpan(sent, _filled - sent), SocketFlags.None, out SocketError error);
            if (error == SocketError.Success)
            {
                sent += part;
            }
            else if (error is not (SocketError.WouldBlock or SocketError.Interrupted))
            {
                return End("the connection broke");
            }
            else if (!TryWaitToSend())
            {
                return false;
            }
        }

        _filled = 0;
        return true;
    }

    /// <summary>Says why nothing more can be answered; the answer is always false.</summary>
    public bool End(string reason)
    {
        Ending = reason;
        return false;
    }

    public void Dispose()
    {
        if (_isLeft)
        {
            LeftSocket.Keep(socket);
        }
        else
        {
            LeftSocket.End(socket);
        }
    }

    private bool TryWaitToSend()
    {
        Volatile.Write(ref _isSendBlocked, true);
        bool isAlive = TryWait(isToSend: true, other: null, another: null, out _);
        Volatile.Write(ref _isSendBlocked, false);
        return isAlive;
    }

    private bool TryWait(bool isToSend, SafeFileHandle? other, SafeFileHandle? another, out bool isOther)
    {
        WaitOutcome outcome = Native.WaitFor(_handle, isToSend, stop.Handle, other, another, LeftMilliseconds);
        isOther = outcome == WaitOutcome.Other;
        return outcome != WaitOutcome.End || (stop.IsRaised ? End("the server stops") : EndLate());
    }

    private bool EndLate() => End("it did not end its handshake in time");
}
