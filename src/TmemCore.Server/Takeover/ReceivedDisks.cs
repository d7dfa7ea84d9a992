using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using TmemCore.Server.Nbd;

namespace TmemCore.Server.Takeover;

/// <summary>What a successor has received of a server of disks; as with <see cref="ReceivedParts"/>, plain descriptors until they are its own.</summary>
[SupportedOSPlatform("linux")]
internal sealed record ReceivedDisks(
    IReadOnlyList<SafeFileHandle> Listeners,
    IReadOnlyList<HandedDisk> Disks,
    IReadOnlyList<HandedCache> Caches,
    IReadOnlyList<HandedDiskConnection> Connections) : IDisposable
{
    /// <summary>The name of the part that serves disks.</summary>
    public const string Part = "disks";

    /// <summary>Receives all.</summary>
    public static ReceivedDisks Receive(TakeoverChannel channel)
    {
        var listeners = new List<SafeFileHandle>();
        var disks = new List<HandedDisk>();
        var caches = new List<HandedCache>();
        var connections = new List<HandedDiskConnection>();
        var received = new ReceivedDisks(listeners, disks, caches, connections);
        try
        {
            Repeat(channel, () => listeners.Add(channel.ReceiveFile()));
            Repeat(channel, () => disks.Add(HandedDisk.Receive(channel)));
            Repeat(channel, () => caches.Add(HandedCache.Receive(channel)));
            Repeat(channel, () => connections.Add(HandedDiskConnection.Receive(channel)));
            return received;
        }
        catch
        {
            received.Dispose();
            throw;
        }
    }

    /// <summary>Refuses settings that have other disks or caches: whoever uses one would lose it.</summary>
    public void RequireSame(NbdServerOptions? options)
    {
        string here = Describe((options?.Exports ?? []).Select(static export => export.Identity));
        string there = Describe([.. Disks.Select(static disk => disk.Identity), .. Caches.Select(static cache => cache.Identity)]);
        if (here != there)
        {
            throw new InvalidDataException($"The other process serves the disks {there}; the settings here say {here}, and have to say the same.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable received in (IEnumerable<IDisposable>)[.. Listeners, .. Disks, .. Caches, .. Connections])
        {
            received.Dispose();
        }
    }

    private static string Describe(IEnumerable<string> identities) => string.Join(", ", identities.Order(StringComparer.Ordinal));

    private static void Repeat(TakeoverChannel channel, Action receive)
    {
        for (int left = channel.ReceiveInt32(); left > 0; left--)
        {
            receive();
        }
    }
}
