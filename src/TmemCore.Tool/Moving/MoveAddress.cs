using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TmemCore.Tool.Moving;

/// <summary>Where a client is moved to: the path of a Unix socket, or a name or number of a machine and a port.</summary>
internal sealed class MoveAddress
{
    private const int MostPathBytes = 107;

    private readonly string _text;
    private readonly EndPoint _endPoint;

    private MoveAddress(string text, EndPoint endPoint)
    {
        _text = text;
        _endPoint = endPoint;
    }

    /// <summary>What an address looks like, for messages.</summary>
    public const string Forms = "a path with a slash, of 107 bytes at most, or HOST:PORT";

    /// <summary>Reads an address; null when it is none.</summary>
    public static MoveAddress? Parse(string text)
    {
        if (text.Contains('/', StringComparison.Ordinal))
        {
            return Encoding.UTF8.GetByteCount(text) <= MostPathBytes ? new MoveAddress(text, new UnixDomainSocketEndPoint(text)) : null;
        }

        int colon = text.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            ? new MoveAddress(text, IPAddress.TryParse(text.AsSpan(0, colon), out IPAddress? address) ? new IPEndPoint(address, port) : new DnsEndPoint(text[..colon], port))
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    /// <summary>Connects to whoever waits there.</summary>
    /// <exception cref="SocketException">Nobody does.</exception>
    public async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        Socket socket = Create();
        try
        {
            await socket.ConnectAsync(_endPoint, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits for somebody to connect; once.</summary>
    /// <param name="onListening">Told when somebody could.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="SocketException">The port is taken, or the address none of this machine.</exception>
    /// <exception cref="IOException">The path is taken.</exception>
    public async Task<Socket> AcceptAsync(Action onListening, CancellationToken cancellation)
    {
        using Socket listener = Create();
        EndPoint local = _endPoint is DnsEndPoint name
            ? new IPEndPoint((await Dns.GetHostAddressesAsync(name.Host, cancellation))[0], name.Port)
            : _endPoint;
        Bind(listener, local);
        try
        {
            listener.Listen(1);
            onListening();
            return await listener.AcceptAsync(cancellation);
        }
        finally
        {
            if (_endPoint is UnixDomainSocketEndPoint)
            {
                File.Delete(_text);
            }
        }
    }

    private void Bind(Socket listener, EndPoint local)
    {
        try
        {
            listener.Bind(local);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && _endPoint is UnixDomainSocketEndPoint)
        {
            throw new IOException($"{_text} is there already; remove it if nobody waits at it any more.", e);
        }
    }

    private Socket Create() => _endPoint is UnixDomainSocketEndPoint
        ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(SocketType.Stream, ProtocolType.Tcp);
}
