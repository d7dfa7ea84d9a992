using System.Net.Sockets;
using System.Runtime.Versioning;
using TmemCore.Server.Takeover;

namespace TmemCore.Server.Nbd;

/// <summary>One connection, from the greeting to its end, on the thread that runs it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class NbdConnection
{
    /// <summary>Room that the system is asked for in the socket; it gives what it allows.</summary>
    private const int SocketBytes = 1 << 20;

    private readonly Socket _socket;
    private readonly IReadOnlyList<NbdExport> _exports;
    private readonly NbdServerOptions _options;
    private readonly NbdBufferPool _buffers;
    private readonly StopSignal _stop;
    private readonly NbdPauses _pauses;
    private readonly NbdHandshakeState? _begun;
    private byte[] _unread;
    private NbdChannel? _channel;
    private NbdHandshake? _handshake;
    private NbdConnectionState? _state;

    /// <summary>A connection that has just come, or one that was handed over.</summary>
    public NbdConnection(
        Socket socket,
        IReadOnlyList<NbdExport> exports,
        NbdServerOptions options,
        NbdBufferPool buffers,
        StopSignal stop,
        StopSignal pausing,
        HandedDiskConnection? handed)
    {
        _pauses = new NbdPauses(pausing);
        _state = handed?.State;
        _begun = handed?.Handshake;
        _unread = handed?.Unread ?? [];
        _socket = socket;
        _exports = exports;
        _options = options;
        _buffers = buffers;
        _stop = stop;
        socket.Blocking = false;
        if (socket.AddressFamily == AddressFamily.Unix)
        {
            Peer = PeerCredentials.Of(socket).ToString();
            socket.SendBufferSize = SocketBytes;
        }
        else
        {
            Peer = $"A client at {socket.RemoteEndPoint}";
            Tune(socket);
        }
    }

    /// <summary>Who is at the other end, as far as the system knows.</summary>
    public string Peer { get; }

    /// <summary>The connection itself.</summary>
    public Socket Socket => _socket;

    /// <summary>What it has agreed on; null before the end of its handshake.</summary>
    public NbdConnectionState? State => Volatile.Read(ref _state);

    /// <summary>What its handshake had come to when it stood still, as long as it is at it.</summary>
    public NbdHandshakeState? Handshake => State is null ? _handshake?.Standing : null;

    /// <summary>Asks it to stand still between two requests, or two options.</summary>
    public ConnectionPause Pause() => _pauses.Ask();

    /// <summary>Whether it is at its handshake, and does not take the answers.</summary>
    public bool IsDeaf => State is null && Volatile.Read(ref _channel) is { IsSendBlocked: true } && !HasRoom();

    /// <summary>Ends it if it is deaf: it has nothing yet that it could lose.</summary>
    /// <param name="pause">A pause that it has been asked for.</param>
    /// <returns>Whether it is ended.</returns>
    public bool TryEndHandshake(ConnectionPause pause)
    {
        if (!IsDeaf || !pause.GiveUp())
        {
            return false;
        }

        LeftSocket.Break(_socket);
        return true;
    }

    /// <summary>Has small answers go at once, and a peer be missed that has gone without a word.</summary>
    public static Socket Tune(Socket socket)
    {
        const int AliveAfterSeconds = 60;
        const int AliveEverySeconds = 10;
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, AliveAfterSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, AliveEverySeconds);
        return socket;
    }

    /// <summary>Serves the connection to its end.</summary>
    /// <param name="tell">Told when it has chosen what it wants.</param>
    /// <returns>Why it has ended; null when it goes on in another process.</returns>
    public string? Run(Action<string> tell)
    {
        NbdBuffers buffers = _buffers.Rent();
        using var channel = new NbdChannel(_socket, buffers, _stop);
        try
        {
            Volatile.Write(ref _channel, channel);
            channel.Preload(_unread);
            _unread = [];
            if (State is null && !TryShakeHands(channel, tell, out string? ending))
            {
                return ending;
            }

            return ExportOf(State!).Serve(channel, State!, buffers, _pauses);
        }
        finally
        {
            _pauses.End();
            _buffers.Return(buffers);
        }
    }

    /// <summary>Whether answers would be taken by now: the connection's thread may only not have run since.</summary>
    private bool HasRoom()
    {
        try
        {
            return _socket.Poll(0, SelectMode.SelectWrite);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended meanwhile.
            return true;
        }
    }

    private NbdExport ExportOf(NbdConnectionState state) => _exports.First(export => export.Name == state.ExportName);

    private bool TryShakeHands(NbdChannel channel, Action<string> tell, out string? ending)
    {
        channel.SetDeadline(_begun is null ? _options.HandshakeTimeout : TimeSpan.FromMilliseconds(_begun.LeftMilliseconds));
        _handshake = new NbdHandshake(channel, _exports, _pauses, _options.MaxRequestBytes, _begun);
        if (!_handshake.TryRun(out NbdExport? export, out NbdConnectionState? state))
        {
            ending = _handshake.Ending;
            return false;
        }

        channel.SetDeadline(null);
        Volatile.Write(ref _state, state);
        tell($"{Peer} uses {export!.Name}.");
        ending = null;
        return true;
    }
}
