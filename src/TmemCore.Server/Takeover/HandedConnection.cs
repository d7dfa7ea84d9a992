using Microsoft.Win32.SafeHandles;

namespace TmemCore.Server.Takeover;

/// <summary>A connection on its way to the successor.</summary>
/// <param name="Socket">The open socket.</param>
/// <param name="ClientId">The client that it is; <see cref="NoClient"/> for one whose client has been ended.</param>
/// <param name="Unread">What the peer has sent of a request that has not been looked at.</param>
internal sealed record HandedConnection(SafeFileHandle Socket, int ClientId, byte[] Unread)
{
    /// <summary>The id of no client.</summary>
    public const int NoClient = -1;

    /// <summary>Says a connection to the successor.</summary>
    public static void Send(TakeoverChannel channel, System.Net.Sockets.Socket socket, int clientId, byte[] unread)
    {
        channel.Send(socket.SafeHandle);
        channel.Send(clientId);
        channel.Send(unread);
    }

    /// <summary>Hears of a connection.</summary>
    public static HandedConnection Receive(TakeoverChannel channel)
    {
        SafeFileHandle socket = channel.ReceiveFile();
        return new HandedConnection(socket, channel.ReceiveInt32(), channel.Receive());
    }
}
