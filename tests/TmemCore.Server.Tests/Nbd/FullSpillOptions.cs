using TmemCore.Server.Nbd;
using TmemCore.Server.Takeover;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>A disk whose spill file's file system is full when a test wants it to be.</summary>
internal sealed record FullSpillOptions : NbdExportOptions
{
    public required PersistentDiskOptions Disk { get; init; }

    public required Func<bool> IsFull { get; init; }

    internal override NbdExport Open(TmemHost host, NbdServerOptions server) =>
        new PersistentDisk(host, Disk, new FullSpillFile(Path.GetTempPath(), Disk.SizeBytes, IsFull), server.MaxRequestBytes);

    internal override string Identity => Disk.Identity;

    internal override NbdExport Adopt(TmemHost host, NbdServerOptions server, ReceivedDisks received) => throw new NotSupportedException();

    private sealed class FullSpillFile(string path, long sizeBytes, Func<bool> isFull) : SpillFile(path, sizeBytes)
    {
        public override bool TryWrite(long page, ReadOnlySpan<byte> bytes) => !isFull() && base.TryWrite(page, bytes);
    }
}
