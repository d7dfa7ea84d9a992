using System.Runtime.InteropServices;

namespace TmemCore.Server.Takeover;

/// <summary>What a cache stands in front of, on its way to the successor.</summary>
/// <param name="SizeBytes">Its size, which clients have been told.</param>
/// <param name="Flags">What another NBD server has said that it can do; 0 of a file.</param>
/// <param name="File">The open file, with the lock that keeps others off it; or the connection to another NBD server, null when that is broken.</param>
internal sealed record HandedBacking(long SizeBytes, int Flags, SafeHandle? File)
{
    /// <summary>Says it to the successor.</summary>
    public void Send(TakeoverChannel channel)
    {
        channel.Send(BitConverter.GetBytes(SizeBytes));
        channel.Send(Flags);
        channel.Send(File is null ? 0 : 1);
        if (File is not null)
        {
            channel.Send(File);
        }
    }

    /// <summary>Hears of it.</summary>
    public static HandedBacking Receive(TakeoverChannel channel)
    {
        byte[] size = channel.Receive();
        if (size.Length != sizeof(long))
        {
            throw new InvalidDataException($"The size of a backing has {sizeof(long)} bytes; {size.Length:N0} came.");
        }

        int flags = channel.ReceiveInt32();
        return new HandedBacking(BitConverter.ToInt64(size), flags, channel.ReceiveInt32() == 0 ? null : channel.ReceiveFile());
    }
}
