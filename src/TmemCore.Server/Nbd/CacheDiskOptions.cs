using System.Globalization;
using System.Runtime.Versioning;
using TmemCore.Server.Takeover;

namespace TmemCore.Server.Nbd;

/// <summary>
/// A cache in front of a file or of another NBD server: what is read stays in an ephemeral pool of a client of its own as long as the host has room for it,
/// and what is written goes to the backing before anybody is told that it is written. Nobody else may write to the backing meanwhile.
/// </summary>
/// <example><code>
/// new CacheDiskOptions { Name = "image", Backing = "/srv/image.raw" }
/// new CacheDiskOptions { Name = "far", Backing = "nbd://10.0.0.7:10809/far", IsReadOnly = true }
/// </code></example>
public sealed record CacheDiskOptions : NbdExportOptions
{
    /// <summary>
    /// What the cache stands in front of: the path of a file or block device, or an NBD server as <c>nbd+unix:///NAME?socket=PATH</c> or
    /// <c>nbd://HOST:PORT/NAME</c>.
    /// </summary>
    public required string Backing { get; init; }

    /// <summary>Whether nothing may be written. False by default; a backing that is read-only makes the export so, too.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>How its pages are made smaller; null, the default, as the host does.</summary>
    public PageCompression? Compression { get; init; }

    /// <summary>Its part of the host's ephemeral memory against those of others, as in <see cref="TmemClientOptions.Weight"/>; null for the usual.</summary>
    public int? Weight { get; init; }

    /// <summary>The most memory that it takes, pages and index, as in <see cref="TmemClientOptions.EphemeralCapBytes"/>; 0, the default, for no limit.</summary>
    public long CapBytes { get; init; }

    internal TmemClientOptions Terms => new()
    {
        Name = $"cache {Name}",
        Compression = Compression,
        Weight = Weight,
        EphemeralCapBytes = CapBytes,
        PersistentAllowanceBytes = 0,
    };

    internal override string Identity => $"{Name} in front of {Backing}{(IsReadOnly ? ", read-only" : "")}";

    internal override void Validate()
    {
        base.Validate();
        ArgumentException.ThrowIfNullOrEmpty(Backing);
        if (NbdAddress.IsOne(Backing) && !NbdAddress.TryParse(Backing, out _))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{nameof(Backing)} of {Name} is {Backing}; {NbdAddress.Forms}."), nameof(Backing));
        }

        Terms.Validate();
    }

    [SupportedOSPlatform("linux")]
    internal override NbdExport Open(TmemHost host, NbdServerOptions server)
    {
        IBacking backing = NbdAddress.TryParse(Backing, out NbdAddress? address)
            ? RemoteBacking.Connect(address, server.HandshakeTimeout)
            : new FileBacking(Backing, IsReadOnly);
        try
        {
            return new CacheDisk(host, this, backing, server);
        }
        catch
        {
            backing.Dispose();
            throw;
        }
    }

    /// <summary>Opens nothing: what the other had open is handed over, and with it the lock that keeps others off a file.</summary>
    [SupportedOSPlatform("linux")]
    internal override NbdExport Adopt(TmemHost host, NbdServerOptions server, ReceivedDisks received)
    {
        HandedCache handed = received.Caches.First(cache => cache.Name == Name);
        IBacking backing = NbdAddress.TryParse(Backing, out NbdAddress? address)
            ? RemoteBacking.Adopt(address, server.HandshakeTimeout, handed.Backing)
            : FileBacking.Adopt(Backing, IsReadOnly, handed.Backing);
        return new CacheDisk(host, this, handed, backing, server);
    }
}
