using System.Buffers.Binary;
using System.Net.Sockets;
using TmemCore.Server.Nbd;
using TmemCore.Tests;
using Xunit;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>Another NBD server behind a cache: found by its address, left when it talks nonsense, connected to again when it was away.</summary>
public sealed class RemoteBackingTests
{
    private const int PageBytes = TmemPool.PageBytes;

    [Theory]
    [InlineData("nbd+unix:///a%20b?socket=/run/x.sock", "/run/x.sock", "", 0, "a b")]
    [InlineData("nbd+unix:///?socket=%2Frun%2Fx", "/run/x", "", 0, "")]
    [InlineData("nbd://127.0.0.1:99/a", null, "127.0.0.1", 99, "a")]
    [InlineData("nbd://[::1]/a/b", null, "::1", 10809, "a/b")]
    [InlineData("nbd://host", null, "host", 10809, "")]
    public void Addresses_are_read(string text, string? path, string host, int port, string name)
    {
        Assert.True(NbdAddress.TryParse(text, out NbdAddress? address));
        Assert.Equal(new NbdAddress(path, host, port, name), address);
        Assert.True(NbdAddress.TryParse(address.ToString(), out NbdAddress? again));
        Assert.Equal(address, again);
    }

    [Theory]
    [InlineData("nbd+unix:///a", true)]
    [InlineData("nbd+unix://a?socket=/x", true)]
    [InlineData("nbd+unix:///a?socket=", true)]
    [InlineData("nbd://", true)]
    [InlineData("nbd://host/a?tls=1", true)]
    [InlineData("nbds://host/a", true)]
    [InlineData("/srv/nbd", false)]
    [InlineData("nbds", false)]
    public void What_is_no_address_is_told_from_a_path(string text, bool isMeant)
    {
        Assert.False(NbdAddress.TryParse(text, out _));
        Assert.Equal(isMeant, NbdAddress.IsOne(text));
    }

    [Fact]
    public async Task One_that_was_away_is_connected_to_again_and_what_was_known_of_it_is_forgotten()
    {
        using var host = new TmemHost(new() { CapacityBytes = 16L << 20 });
        string path = Path.Combine(Path.GetTempPath(), $"tmem-{Guid.NewGuid():N}.sock");
        NbdServerOptions behindOptions = new() { Exports = [new PersistentDiskOptions { Name = "a", SizeBytes = 1 << 20 }], SocketPath = path };
        var behind = new NbdServer(host, behindOptions);
        behind.Start();
        await using var served = new ServedDisks(
            new() { CapacityBytes = 16L << 20 }, new CacheDiskOptions { Name = "cache", Backing = $"nbd+unix:///a?socket={path}" });
        using NbdPeer peer = served.Enter("cache");
        peer.WriteDisk(0, Pages.Of(1));
        await behind.DisposeAsync();

        // What is known is told until something has to be asked for.
        Assert.Equal(Pages.Of(1), peer.ReadDisk(0, PageBytes));
        Assert.Equal(NbdError.InputOutput, peer.Do(NbdCommand.Read, PageBytes, PageBytes).Error);
        Assert.Equal(NbdError.InputOutput, peer.Do(NbdCommand.Write, 0, PageBytes, data: Pages.Of(2)).Error);
        await using (var smaller = new NbdServer(host, behindOptions with { Exports = [new PersistentDiskOptions { Name = "a", SizeBytes = 1 << 19 }] }))
        {
            smaller.Start();
            Assert.Equal(NbdError.InputOutput, peer.Do(NbdCommand.Read, PageBytes, PageBytes).Error);
        }

        // The next one has forgotten all that it was told.
        await using var next = new NbdServer(host, behindOptions);
        next.Start();
        Assert.Equal(new byte[PageBytes], peer.ReadDisk(PageBytes, PageBytes));
        Assert.Equal(new byte[PageBytes], peer.ReadDisk(0, PageBytes));
        peer.WriteDisk(0, Pages.Of(3));
        Assert.Equal(Pages.Of(3), peer.ReadDisk(0, PageBytes));
    }

    [Theory]
    [InlineData("greeting")]
    [InlineData("silence")]
    [InlineData("end")]
    [InlineData("option")]
    [InlineData("length")]
    [InlineData("unknown")]
    public async Task One_that_is_no_server_is_told_in_a_sentence_and_leaves_nothing(string kind)
    {
        using var host = new TmemHost();
        string path = Path.Combine(Path.GetTempPath(), $"tmem-{Guid.NewGuid():N}.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Task<Socket> accepting = listener.AcceptAsync();
        Task answering = Task.Run(async () =>
        {
            using Socket one = await accepting;
            Misbehave(one, kind);
        });
        await using var server = new NbdServer(host, new()
        {
            Exports = [new CacheDiskOptions { Name = "cache", Backing = $"nbd+unix:///a?socket={path}" }],
            SocketPath = path + ".nbd",
            HandshakeTimeout = TimeSpan.FromMilliseconds(500),
        });
        Assert.Contains($"nbd+unix:///a?socket={path} cannot be used: ", Assert.Throws<IOException>(server.Start).Message, StringComparison.Ordinal);
        Assert.Empty(host.Control.GetClients());
        await answering;
        File.Delete(path);
    }

    [Theory]
    [InlineData("cookie")]
    [InlineData("magic")]
    [InlineData("outside")]
    [InlineData("short")]
    [InlineData("twice")]
    [InlineData("huge")]
    [InlineData("type")]
    [InlineData("end")]
    public async Task One_that_answers_nonsense_is_left_and_nothing_of_it_is_believed(string kind)
    {
        await using var behind = new FalseServer(kind);
        await using var served = new ServedDisks(
            new() { CapacityBytes = 16L << 20 }, new CacheDiskOptions { Name = "cache", Backing = $"nbd+unix:///a?socket={behind.Path}" });
        using NbdPeer peer = served.Enter("cache");
        Assert.Equal(NbdError.InputOutput, peer.Do(NbdCommand.Read, 0, PageBytes).Error);

        // It is asked anew, and answers well from now on.
        behind.Kind = "good";
        Assert.Equal([.. Enumerable.Repeat((byte)7, PageBytes)], peer.ReadDisk(0, PageBytes));
    }

    private static void Misbehave(Socket one, string kind)
    {
        byte[] greeting = FalseServer.Greeting();
        greeting[3] += (byte)(kind == "greeting" ? 1 : 0);
        byte[] reply = FalseServer.OptionReply(kind is "unknown" or "length" ? NbdOption.StructuredReply : NbdOption.Go, NbdOptionReply.Ack, []);
        if (kind == "length")
        {
            BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(16), uint.MaxValue);
        }

        byte[] refusal = kind == "unknown" ? FalseServer.OptionReply(NbdOption.Go, NbdOptionReply.Unknown, "no"u8.ToArray()) : [];
        try
        {
            one.Send(kind == "silence" ? [] : kind == "end" ? greeting[..10] : greeting);
            if (kind == "end")
            {
                return;
            }

            // In silence nothing comes, and the other side's patience ends this.
            one.Receive(new byte[4]);
            one.Send([.. reply, .. refusal]);
            while (one.Receive(new byte[100]) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Left by the other side, as it was to be.
        }
    }
}
