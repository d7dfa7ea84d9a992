using System.Globalization;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using TmemCore.Server.Nbd;

namespace TmemCore.Server.Takeover;

/// <summary>A disk on its way to the successor: its pages are in the host, and what else there is of it is here.</summary>
/// <param name="Name">The name that clients know it by.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="ClientId">The client of the host that has its pages.</param>
/// <param name="PoolId">That client's pool.</param>
/// <param name="Kept">Which pages the pool has, a bit each.</param>
/// <param name="Spilled">Which pages the spill file has.</param>
/// <param name="Spill">The spill file, if it has one.</param>
[SupportedOSPlatform("linux")]
internal sealed record HandedDisk(string Name, long SizeBytes, int ClientId, int PoolId, byte[] Kept, byte[] Spilled, SafeFileHandle? Spill)
    : IDisposable
{
    /// <summary>What the successor's settings have to say of it.</summary>
    public string Identity => IdentityOf(Name, SizeBytes);

    /// <summary>A disk as people know it.</summary>
    public static string IdentityOf(string name, long sizeBytes) => string.Create(CultureInfo.InvariantCulture, $"{name} of {sizeBytes:N0} bytes");

    /// <summary>Says a disk to the successor.</summary>
    public static void Send(
        TakeoverChannel channel, string name, long sizeBytes, int clientId, int poolId, PageMap kept, PageMap? spilled, SpillFile? spill)
    {
        channel.Send(name);
        channel.Send(BitConverter.GetBytes(sizeBytes));
        channel.Send(clientId);
        channel.Send(poolId);
        channel.Send(kept.Bytes);
        channel.Send(spilled is null ? [] : spilled.Bytes);
        channel.Send(spill is null ? 0 : 1);
        if (spill is not null)
        {
            channel.Send(spill.File);
        }
    }

    /// <summary>Hears of a disk.</summary>
    public static HandedDisk Receive(TakeoverChannel channel)
    {
        string name = channel.ReceiveText();
        byte[] size = channel.Receive();
        if (size.Length != sizeof(long))
        {
            throw new InvalidDataException($"The size of a disk has {sizeof(long)} bytes; {size.Length:N0} came.");
        }

        (int client, int pool) = (channel.ReceiveInt32(), channel.ReceiveInt32());
        (byte[] kept, byte[] spilled) = (channel.Receive(), channel.Receive());
        SafeFileHandle? spill = channel.ReceiveInt32() == 0 ? null : channel.ReceiveFile();
        return new HandedDisk(name, BitConverter.ToInt64(size), client, pool, kept, spilled, spill);
    }

    /// <inheritdoc/>
    public void Dispose() => Spill?.Dispose();
}
