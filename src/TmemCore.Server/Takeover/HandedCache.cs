using System.Runtime.Versioning;

namespace TmemCore.Server.Takeover;

/// <summary>A cache on its way to the successor: its pages are in the host.</summary>
/// <param name="Name">The name that clients know it by.</param>
/// <param name="Identity">What the successor's settings have to say of it.</param>
/// <param name="ClientId">The client of the host that has its pages; <see cref="HandedConnection.NoClient"/> when that has been ended.</param>
/// <param name="PoolId">That client's pool; <see cref="NoPool"/> for none.</param>
/// <param name="Backing">What it stands in front of.</param>
[SupportedOSPlatform("linux")]
internal sealed record HandedCache(string Name, string Identity, int ClientId, int PoolId, HandedBacking Backing) : IDisposable
{
    /// <summary>The id of no pool.</summary>
    public const int NoPool = -1;

    /// <summary>Says a cache to the successor.</summary>
    public void Send(TakeoverChannel channel)
    {
        channel.Send(Name);
        channel.Send(Identity);
        channel.Send(ClientId);
        channel.Send(PoolId);
        Backing.Send(channel);
    }

    /// <summary>Hears of a cache.</summary>
    public static HandedCache Receive(TakeoverChannel channel) =>
        new(channel.ReceiveText(), channel.ReceiveText(), channel.ReceiveInt32(), channel.ReceiveInt32(), HandedBacking.Receive(channel));

    /// <inheritdoc/>
    public void Dispose() => Backing.File?.Dispose();
}
