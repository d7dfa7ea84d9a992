using System.Net.Sockets;
using TmemCore.Server.Nbd;
using Xunit;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>Disks that go over to another server with the host that has their pages, and with the connections of those who use them.</summary>
public sealed class DiskTakeoverTests : IAsyncDisposable
{
    private const int PageBytes = TmemPool.PageBytes;
    private const long DiskBytes = 4L << 20;

    private readonly ServedTakeovers _served = new();

    public ValueTask DisposeAsync() => _served.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_uses_a_disk_goes_on_with_it(bool spills)
    {
        NbdServerOptions options = Disks(spills ? new PersistentDiskOptions { Name = "disk", SizeBytes = DiskBytes, SpillPath = _served.Folder, AllowanceBytes = 1L << 20 } : Disk());
        _served.Start(options);
        using NbdPeer peer = NbdPeer.Enter(Place, "disk");
        using NbdPeer plain = NbdPeer.Enter(Place, "disk", isStructured: false);
        for (uint page = 0; page < 600; page++)
        {
            peer.WriteDisk(page * PageBytes, Noise(page));
        }

        peer.WriteDisk((700 * PageBytes) + 100, [1, 2, 3]);
        NbdServer successor = _served.TakeOver(options);
        await _served.Servers[0].Server.HandedOver;
        await _served.Servers[0].Disks!.DisposeAsync();
        Assert.True(File.Exists(options.SocketPath));
        Assert.Equal(2, successor.ConnectionCount);
        Assert.Equal(spills, successor.Exports[0].SpilledBytes > 0);
        for (uint page = 0; page < 600; page++)
        {
            Assert.Equal(Noise(page), (page % 2 == 0 ? peer : plain).ReadDisk(page * PageBytes, PageBytes));
        }

        Assert.Equal([0, 1, 2, 3, 0], plain.ReadDisk((700 * PageBytes) + 99, 5));
        Assert.Equal(new byte[PageBytes], peer.ReadDisk(650 * PageBytes, PageBytes));
        plain.WriteDisk(5 * PageBytes, Noise(9999));
        Assert.Equal(Noise(9999), peer.ReadDisk(5 * PageBytes, PageBytes));
        using (NbdPeer another = NbdPeer.Enter(Place, "disk"))
        {
            Assert.Equal(Noise(9999), another.ReadDisk(5 * PageBytes, PageBytes));
        }

        Assert.Equal(NbdError.None, peer.Do(NbdCommand.Trim, 0, DiskBytes).Error);
        Assert.Equal(0, successor.Host.GetStatistics().Pages);
        Assert.Equal(0, successor.Exports[0].SpilledBytes);
        Assert.Empty(successor.Host.Verify());
        await _served.Servers[1].Server.DisposeAsync();
        await successor.DisposeAsync();
        Assert.False(File.Exists(options.SocketPath));
    }

    [Fact]
    public void A_request_that_has_come_in_half_is_answered_by_the_successor()
    {
        NbdServerOptions options = Disks(Disk());
        _served.Start(options);
        using NbdPeer peer = NbdPeer.Enter(Place, "disk", isStructured: false);
        peer.WriteDisk(0, Noise(1));
        byte[] request = new byte[NbdRequest.Bytes];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(request, NbdWire.RequestMagic);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(24), PageBytes);
        peer.Socket.Send(request.AsSpan(0, 11));

        _served.TakeOver(options);
        peer.Socket.Send(request.AsSpan(11));
        Assert.Equal(Noise(1), peer.Read(NbdWire.SimpleReplyBytes + PageBytes)[NbdWire.SimpleReplyBytes..]);
    }

    [Fact]
    public Task Nobody_loses_a_page_while_a_disk_goes_from_server_to_server() => _served.TakeOverWhileUsedAsync(Disks(Disk()), "disk");

    [Fact]
    public void A_client_within_a_request_holds_a_takeover_up_and_all_goes_on()
    {
        NbdServerOptions options = Disks(Disk());
        _served.Start(options, TimeSpan.FromMilliseconds(20));
        using NbdPeer peer = NbdPeer.Enter(Place, "disk", isStructured: false);
        byte[] data = Noise(3);
        byte[] request = new byte[NbdRequest.Bytes];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(request, NbdWire.RequestMagic);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(6), (ushort)NbdCommand.Write);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(24), PageBytes);
        peer.Socket.Send([.. request, .. data.AsSpan(0, 100)]);

        // Until the server has taken the request, it stands between two.
        IOException refusal = _served.RefusalOf(options);
        Assert.Contains($"Process {Environment.ProcessId} of user ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("is within a request to a disk", refusal.Message, StringComparison.Ordinal);
        peer.Socket.Send(data.AsSpan(100));
        Assert.Equal(0u, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(peer.Read(NbdWire.SimpleReplyBytes).AsSpan(4)));
        Assert.Equal(data, peer.ReadDisk(0, PageBytes));
    }

    [Fact]
    public void Settings_with_other_disks_are_refused_and_all_goes_on()
    {
        NbdServerOptions options = Disks(Disk());
        _served.Start(options);
        using NbdPeer peer = NbdPeer.Enter(Place, "disk");
        peer.WriteDisk(0, Noise(1));
        foreach (NbdServerOptions? other in (NbdServerOptions?[])[null, Disks(Disk() with { Name = "other" }), Disks(Disk() with { SizeBytes = DiskBytes * 2 })])
        {
            InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => TmemServer.TakeOverWithDisks(_served.Options(), null, other, out _));
            Assert.Contains("disk of 4,194,304 bytes", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Equal(Noise(1), peer.ReadDisk(0, PageBytes));
    }

    /// <summary>The next client has the id of the one that is gone, and a pool of the same number: its pages are not the disk's.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_disk_whose_client_was_ended_goes_to_nobody_and_adopts_no_other(bool isIdInUse)
    {
        NbdServerOptions options = Disks(Disk());
        _served.Start(options);
        TmemHost host = _served.Servers[0].Server.Host;
        TmemClient ended = Assert.Single(host.Control.GetClients());
        ended.Dispose();
        PersistentPool? other = null;
        if (isIdInUse)
        {
            other = host.CreateClient(new() { Id = ended.Id }).CreatePersistentPool();
            Assert.Equal(PutResult.Stored, other.Put(0, 0, Noise(1)));
        }

        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => TmemServer.TakeOverWithDisks(_served.Options(), null, options, out _));
        Assert.Contains("an operator has ended the client", refusal.Message, StringComparison.Ordinal);
        using NbdPeer peer = NbdPeer.Enter(Place, "disk");
        Assert.Equal(NbdError.InputOutput, peer.Do(NbdCommand.Write, 0, PageBytes, data: Noise(1)).Error);
        Assert.Equal(isIdInUse ? 1 : 0, host.Control.GetClients().Count);
        Assert.Equal(isIdInUse ? 1 : 0, host.GetStatistics().Pages);
    }

    private static PersistentDiskOptions Disk() => new() { Name = "disk", SizeBytes = DiskBytes };

    private UnixDomainSocketEndPoint Place => _served.Place;

    private NbdServerOptions Disks(NbdExportOptions export) => _served.Exporting(export);

    private static byte[] Noise(uint seed) => DiskUser.Noise(seed);
}
