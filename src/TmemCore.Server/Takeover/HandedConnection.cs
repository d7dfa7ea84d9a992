using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace TmemCore.Server.Takeover;

/// <summary>A connection on its way to the successor.</summary>
/// <param name="Socket">The open socket.</param>
/// <param name="ClientId">The client that it is; <see cref="NoClient"/> for one whose client has been ended.</param>
/// <param name="Unread">What the peer has sent of a request that has not been looked at.</param>
/// <param name="Channel">The memory that it shares with the client, if it does.</param>
internal sealed record HandedConnection(SafeFileHandle Socket, int ClientId, byte[] Unread, SafeFileHandle? Channel) : IDisposable
{
    /// <summary>The id of no client.</summary>
    public const int NoClient = -1;

    /// <summary>Says a connection to the successor.</summary>
    public static void Send(TakeoverChannel channel, ServerConnection connection, byte[] unread)
    {
        channel.Send(connection.Socket.SafeHandle);
        channel.Send(connection.HasClient ? connection.ClientId : NoClient);
        channel.Send(unread);
        channel.Send(connection.Channel is null ? 0 : 1);
        if (connection.Channel is ChannelServer shared)
        {
            channel.Send(shared.File);
        }
    }

    /// <summary>Hears of a connection.</summary>
    public static HandedConnection Receive(TakeoverChannel channel)
    {
        SafeFileHandle socket = channel.ReceiveFile();
        try
        {
            int client = channel.ReceiveInt32();
            byte[] unread = channel.Receive();
            return new HandedConnection(socket, client, unread, channel.ReceiveInt32() == 0 ? null : channel.ReceiveFile());
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The connection as the successor serves it.</summary>
    public ServerConnection Connect(
        TmemHost host, Socket socket, TmemClient client, bool mayControl, TmemServerOptions options, ChannelCount channels)
    {
        var connection = new ServerConnection(host, socket, client, mayControl, options, channels, Unread);
        if (Channel is not null)
        {
            connection.AdoptChannel(Channel);
            Channel.Dispose();
        }

        return connection;
    }

    /// <summary>Leaves it to the other process.</summary>
    public void Dispose()
    {
        Socket.Dispose();
        Channel?.Dispose();
    }
}
