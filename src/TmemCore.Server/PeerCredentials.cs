using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TmemCore.Server;

/// <summary>Who is at the other end of a Unix socket, as the kernel knows it.</summary>
/// <param name="ProcessId">The process that connected.</param>
/// <param name="UserId">Its user.</param>
/// <param name="GroupId">Its primary group.</param>
internal readonly record struct PeerCredentials(int ProcessId, uint UserId, uint GroupId)
{
    /// <summary>SOL_SOCKET and SO_PEERCRED of Linux, see unix(7).</summary>
    private const int SocketLevel = 1;
    private const int PeerCredentialsOption = 17;

    /// <inheritdoc/>
    public override string ToString() => $"Process {ProcessId} of user {UserId}";

    /// <summary>Asks the kernel.</summary>
    /// <exception cref="SocketException">The connection has gone already.</exception>
    public static PeerCredentials Of(Socket socket)
    {
        Span<uint> values = stackalloc uint[3];
        int bytes = socket.GetRawSocketOption(SocketLevel, PeerCredentialsOption, MemoryMarshal.AsBytes(values));
        return bytes == MemoryMarshal.AsBytes(values).Length
            ? new PeerCredentials((int)values[0], values[1], values[2])
            : throw new SocketException((int)SocketError.ProtocolOption);
    }
}
