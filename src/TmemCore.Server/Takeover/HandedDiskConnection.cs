using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using TmemCore.Server.Nbd;

namespace TmemCore.Server.Takeover;

/// <summary>A connection of a disk on its way to the successor.</summary>
/// <param name="Socket">The open socket.</param>
/// <param name="State">What it has agreed on.</param>
/// <param name="Unread">What has been received and not looked at.</param>
[SupportedOSPlatform("linux")]
internal sealed record HandedDiskConnection(SafeFileHandle Socket, NbdConnectionState State, byte[] Unread) : IDisposable
{
    private const int StructuredReplies = 1;
    private const int AllocationContext = 2;

    /// <summary>Says a connection to the successor.</summary>
    public static void Send(TakeoverChannel channel, NbdConnection connection, byte[] unread)
    {
        NbdConnectionState state = connection.State!;
        channel.Send(connection.Socket.SafeHandle);
        channel.Send(state.ExportName);
        channel.Send((state.HasStructuredReplies ? StructuredReplies : 0) | (state.HasAllocationContext ? AllocationContext : 0));
        channel.Send(unread);
    }

    /// <summary>Hears of a connection.</summary>
    public static HandedDiskConnection Receive(TakeoverChannel channel)
    {
        SafeFileHandle socket = channel.ReceiveFile();
        try
        {
            string export = channel.ReceiveText();
            int flags = channel.ReceiveInt32();
            byte[] unread = channel.Receive();
            return unread.Length <= NbdBuffers.InputBytes
                ? new(socket, new NbdConnectionState(export, (flags & StructuredReplies) != 0, (flags & AllocationContext) != 0), unread)
                : throw new InvalidDataException($"{unread.Length:N0} bytes of a connection came; there are at most {NbdBuffers.InputBytes:N0}.");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Socket.Dispose();
}
