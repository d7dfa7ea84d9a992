using System.Net.Sockets;
using System.Runtime.Versioning;

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

    public NbdConnection(Socket socket, IReadOnlyList<NbdExport> exports, NbdServerOptions options, NbdBufferPool buffers, StopSignal stop)
    {
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
    /// <returns>Why it has ended.</returns>
    public string Run(Action<string> tell)
    {
        NbdBuffers buffers = _buffers.Rent();
        using var channel = new NbdChannel(_socket, buffers, _stop);
        try
        {
            channel.SetDeadline(_options.HandshakeTimeout);
            var handshake = new NbdHandshake(channel, _exports, _options.MaxRequestBytes);
            if (!handshake.TryRun(out NbdExport? export, out NbdConnectionState? state))
            {
                return handshake.Ending;
            }

            channel.SetDeadline(null);
            tell($"{Peer} uses {export!.Name}.");
            return export.Serve(channel, state!, buffers);
        }
        finally
        {
            _buffers.Return(buffers);
        }
    }
}
