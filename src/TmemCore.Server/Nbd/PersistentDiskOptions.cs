using System.Globalization;
using System.Runtime.Versioning;
using TmemCore.Server.Takeover;

namespace TmemCore.Server.Nbd;

/// <summary>
/// A disk in memory, empty at first: its pages are a persistent pool's, of a client of its own. What it may need at worst is reserved when the server
/// starts, or else it has a spill file; so it never fails for lack of memory. It lives as long as the server.
/// </summary>
/// <example><code>
/// new PersistentDiskOptions { Name = "swap", SizeBytes = 2L &lt;&lt; 30 }
/// new PersistentDiskOptions { Name = "scratch", SizeBytes = 64L &lt;&lt; 30, SpillPath = "/var/tmp" }
/// </code></example>
public sealed record PersistentDiskOptions : NbdExportOptions
{
    /// <summary>The largest disk: 64 TiB.</summary>
    public const long MaximumSizeBytes = 64L << 40;

    /// <summary>The size of the disk in bytes, 1 to <see cref="MaximumSizeBytes"/>.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>
    /// Where pages go that the store refuses: a path where nothing is yet, or a folder. The file is sparse, readable by its owner alone, and has no name
    /// once it is made, so that nothing of it is left however the process ends. Null, the default, reserves memory for all of the disk.
    /// </summary>
    public string? SpillPath { get; init; }

    /// <summary>How its pages are made smaller; null, the default, as the host does.</summary>
    public PageCompression? Compression { get; init; }

    /// <summary>The most memory that a disk with a spill file takes, pages and index; no limit by default. One without has all that is reserved for it.</summary>
    public long AllowanceBytes { get; init; } = long.MaxValue;

    [SupportedOSPlatform("linux")]
    internal override string Identity => HandedDisk.IdentityOf(Name, SizeBytes);

    internal override void Validate()
    {
        base.Validate();
        TmemHostOptions.RequireCompression(Compression);
        if (SizeBytes is < 1 or > MaximumSizeBytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(SizeBytes),
                SizeBytes,
                string.Create(CultureInfo.InvariantCulture, $"{nameof(SizeBytes)} of {Name} is {SizeBytes:N0}; it may be 1 to {MaximumSizeBytes:N0}."));
        }

        if (AllowanceBytes < 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(AllowanceBytes),
                AllowanceBytes,
                string.Create(CultureInfo.InvariantCulture, $"{nameof(AllowanceBytes)} of {Name} is {AllowanceBytes:N0}; it may be 0 or more."));
        }
    }

    [SupportedOSPlatform("linux")]
    internal override NbdExport Open(TmemHost host, NbdServerOptions server) =>
        new PersistentDisk(host, this, SpillPath is null ? null : new SpillFile(SpillPath, SizeBytes), server.MaxRequestBytes);

    [SupportedOSPlatform("linux")]
    internal override NbdExport Adopt(TmemHost host, NbdServerOptions server, ReceivedDisks received) =>
        new PersistentDisk(host, this, received.Disks.First(disk => disk.Name == Name), server.MaxRequestBytes);
}
