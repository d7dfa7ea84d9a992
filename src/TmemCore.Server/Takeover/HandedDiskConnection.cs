using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using TmemCore.Server.Nbd;

namespace TmemCore.Server.Takeover;

/// <summary>A connection of a disk on its way to the successor.</summary>
/// <param name="Socket">The open socket.</param>
/// <param name="State">What it has agreed on; null while it is at its handshake.</param>
/// <param name="Handshake">What its handshake has come to, while it is at it.</param>
/// <param name="Unread">What has been received and not looked at.</param>
[SupportedOSPlatform("linux")]
internal sealed record HandedDiskConnection(SafeFileHandle Socket, NbdConnectionState? State, NbdHandshakeState? Handshake, byte[] Unread) : IDisposable
{
    private const int StructuredReplies = 1;
    private const int AllocationContext = 2;
    private const int AtHandshake = 4;
    private const int ClientFlags = 8;
    private const int NoZeroes = 16;

    /// <summary>Says a connection that stands still to the successor.</summary>
    public static void Send(TakeoverChannel channel, NbdConnection connection, byte[] unread)
    {
        channel.Send(connection.Socket.SafeHandle);
        channel.Send(unread);
        if (connection.Handshake is NbdHandshakeState begun)
        {
            Send(channel, begun);
            return;
        }

        NbdConnectionState state = connection.State!;
        channel.Send(Flag(state.HasStructuredReplies, StructuredReplies) | Flag(state.HasAllocationContext, AllocationContext));
        channel.Send(state.ExportName);
    }

    /// <summary>Hears of a connection.</summary>
    public static HandedDiskConnection Receive(TakeoverChannel channel)
    {
        SafeFileHandle socket = channel.ReceiveFile();
        try
        {
            byte[] unread = channel.Receive();
            if (unread.Length > NbdBuffers.InputBytes)
            {
                throw new InvalidDataException($"{unread.Length:N0} bytes of a connection came; there are at most {NbdBuffers.InputBytes:N0}.");
            }

            int flags = channel.ReceiveInt32();
            string export = channel.ReceiveText();
            return (flags & AtHandshake) == 0
                ? new(socket, new NbdConnectionState(export, (flags & StructuredReplies) != 0, (flags & AllocationContext) != 0), null, unread)
                : new(socket, null, ReceiveHandshake(channel, flags, export), unread);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Socket.Dispose();

    private static void Send(TakeoverChannel channel, NbdHandshakeState begun)
    {
        channel.Send(
            AtHandshake
            | Flag(begun.HasFlags, ClientFlags)
            | Flag(begun.HasNoZeroes, NoZeroes)
            | Flag(begun.HasStructuredReplies, StructuredReplies)
            | Flag(begun.AllocationOf is not null, AllocationContext));
        channel.Send(begun.AllocationOf ?? string.Empty);
        channel.Send((int)begun.UnwantedBytes);
        channel.Send(begun.LeftMilliseconds);
    }

    private static NbdHandshakeState ReceiveHandshake(TakeoverChannel channel, int flags, string export) => new(
        (flags & ClientFlags) != 0,
        (flags & NoZeroes) != 0,
        (flags & StructuredReplies) != 0,
        (flags & AllocationContext) != 0 ? export : null,
        (uint)channel.ReceiveInt32(),
        Math.Max(0, channel.ReceiveInt32()));

    private static int Flag(bool isSet, int flag) => isSet ? flag : 0;
}
