using TmemCore.Server.Nbd;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>A cache in front of a backing that a test holds in its hands.</summary>
internal sealed record GatedCacheOptions : NbdExportOptions
{
    public required GatedBacking Backing { get; init; }

    internal override NbdExport Open(TmemHost host, NbdServerOptions server) =>
        new CacheDisk(host, new CacheDiskOptions { Name = Name, Backing = "an array" }, Backing, server);
}
