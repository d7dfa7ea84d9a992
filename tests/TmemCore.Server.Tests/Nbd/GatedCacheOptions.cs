using TmemCore.Server.Nbd;
using TmemCore.Server.Takeover;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>A cache in front of a backing that a test holds in its hands.</summary>
internal sealed record GatedCacheOptions : NbdExportOptions
{
    public required GatedBacking Backing { get; init; }

    internal override string Identity => Disk.Identity;

    private CacheDiskOptions Disk => new() { Name = Name, Backing = "an array" };

    internal override NbdExport Open(TmemHost host, NbdServerOptions server) => new CacheDisk(host, Disk, Backing, server);

    internal override NbdExport Adopt(TmemHost host, NbdServerOptions server, ReceivedDisks received) =>
        new CacheDisk(host, Disk, received.Caches.First(cache => cache.Name == Name), Backing, server);
}
