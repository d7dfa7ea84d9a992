using System.Buffers.Binary;
using System.Net;
using System.Text;
using TmemCore.Server.Nbd;
using Xunit;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>How a client and a server agree, in every way that there is.</summary>
public sealed class NbdHandshakeTests : IAsyncLifetime
{
    private const NbdExportFlags Usual = NbdExportFlags.HasFlags | NbdExportFlags.SendFlush | NbdExportFlags.SendForceUnitAccess | NbdExportFlags.SendTrim
        | NbdExportFlags.SendWriteZeroes | NbdExportFlags.CanMultiConnect | NbdExportFlags.SendCache | NbdExportFlags.SendFastZero;

    private readonly ServedDisks _served = new(
        new() { CapacityBytes = 16L << 20 },
        new PersistentDiskOptions { Name = "eins", SizeBytes = 1 << 20 },
        new PersistentDiskOptions { Name = "zwölf", SizeBytes = 12_345 });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _served.DisposeAsync();

    [Theory]
    [InlineData("eins", 1 << 20, true)]
    [InlineData("zwölf", 12_345, true)]
    [InlineData("", 1 << 20, false)]
    public void The_old_way_gives_the_export_at_once(string name, long size, bool hasNoZeroes)
    {
        using NbdPeer peer = NbdPeer.Greet(_served.Place, hasNoZeroes ? 3u : 1u);
        peer.SendOption(NbdOption.ExportName, Encoding.UTF8.GetBytes(name));
        peer.TakeExport(peer.Read(hasNoZeroes ? 10 : 134));
        Assert.Equal((size, Usual), (peer.SizeBytes, peer.Flags));
        Assert.Equal(new byte[10], peer.ReadDisk(5, 10));
    }

    [Fact]
    public async Task The_old_way_to_an_export_that_is_not_there_ends_the_connection()
    {
        using NbdPeer peer = NbdPeer.Greet(_served.Place);
        peer.SendOption(NbdOption.ExportName, "none"u8.ToArray());
        peer.ReadToEnd();
        await _served.UntilLogSays("an export that is not there.");
    }

    [Fact]
    public void Exports_are_listed_with_what_they_are()
    {
        using NbdPeer peer = NbdPeer.Greet(_served.Place);
        List<(NbdOptionReply Type, byte[] Data)> replies = peer.Ask(NbdOption.List, []);
        Assert.Equal([NbdOptionReply.Server, NbdOptionReply.Server, NbdOptionReply.Ack], replies.Select(static reply => reply.Type));
        int length = BinaryPrimitives.ReadInt32BigEndian(replies[1].Data);
        Assert.Equal("zwölf", Encoding.UTF8.GetString(replies[1].Data, 4, length));
        Assert.StartsWith("persistent disk, ", Encoding.UTF8.GetString(replies[1].Data.AsSpan(4 + length)), StringComparison.Ordinal);
        Assert.Equal(NbdOptionReply.Invalid, peer.Ask(NbdOption.List, [1]).Single().Type);
    }

    [Fact]
    public void Information_is_told_before_and_when_an_export_is_entered()
    {
        using NbdPeer peer = NbdPeer.Greet(_served.Place);
        peer.Ask(NbdOption.StructuredReply, []);
        foreach (NbdOption option in (NbdOption[])[NbdOption.Info, NbdOption.Go])
        {
            List<(NbdOptionReply Type, byte[] Data)> replies = peer.Ask(option, NbdPeer.Named("zwölf", 1, 2, 3, 77));
            Assert.Equal(5, replies.Count);
            Assert.Equal([0, 3, 1, 2], replies.Take(4).Select(static reply => (int)BinaryPrimitives.ReadUInt16BigEndian(reply.Data)));
            peer.TakeExport(replies[0].Data.AsSpan(2));
            Assert.Equal((12_345, Usual | NbdExportFlags.SendDontFragment), (peer.SizeBytes, peer.Flags));
            Assert.Equal([0, 0, 0, 1, 0, 0, 16, 0, 2, 0, 0, 0], replies[1].Data[2..]);
            Assert.Equal("zwölf", Encoding.UTF8.GetString(replies[2].Data.AsSpan(2)));
        }
    }

    [Fact]
    public void What_is_not_known_or_not_allowed_is_answered_and_the_handshake_goes_on()
    {
        using NbdPeer peer = NbdPeer.Greet(_served.Place, flags: 0);
        NbdOptionReply One(NbdOption option, params byte[] data) => peer.Ask(option, data).Single().Type;
        Assert.Equal(NbdOptionReply.Unknown, One(NbdOption.Go, NbdPeer.Named("none")));
        Assert.Equal(NbdOptionReply.Unknown, One(NbdOption.Info, NbdPeer.Named("eins ")));
        Assert.Equal(NbdOptionReply.Policy, One(NbdOption.StartTls));
        Assert.Equal(NbdOptionReply.Unsupported, One((NbdOption)4));
        Assert.Equal(NbdOptionReply.Unsupported, One((NbdOption)11));
        Assert.Equal(NbdOptionReply.Unsupported, One((NbdOption)uint.MaxValue, new byte[8192]));
        Assert.Equal(NbdOptionReply.TooBig, One(NbdOption.Go, new byte[8193]));
        Assert.Equal(NbdOptionReply.TooBig, One((NbdOption)99, new byte[1 << 20]));
        Assert.Equal(NbdOptionReply.Invalid, One(NbdOption.StructuredReply, 1));
        byte[][] broken =
        [
            [], [0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 5, 1, 1], [255, 255, 255, 255, 1, 1], [0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 1],
            [.. NbdPeer.Named("eins", 1), 1],
        ];
        Assert.All(broken, data => Assert.Equal(NbdOptionReply.Invalid, One(NbdOption.Go, data)));
        Assert.Equal(NbdOptionReply.Ack, peer.Ask(NbdOption.Go, NbdPeer.Named("eins"))[^1].Type);
        Assert.Equal(NbdError.None, peer.Do(NbdCommand.Flush, 0, 0).Error);
    }

    [Fact]
    public void Contexts_are_listed_and_set_by_their_names()
    {
        using NbdPeer peer = NbdPeer.Greet(_served.Place);
        Assert.Equal(NbdOptionReply.Invalid, peer.Ask(NbdOption.SetMetaContext, NbdPeer.Contexts("eins", "base:allocation")).Single().Type);
        peer.Ask(NbdOption.StructuredReply, []);
        int Found(NbdOption option, params string[] queries) => peer.Ask(option, NbdPeer.Contexts("eins", queries)).Count(static reply => reply.Type == NbdOptionReply.MetaContext);
        Assert.Equal(1, Found(NbdOption.ListMetaContext));
        Assert.Equal(1, Found(NbdOption.ListMetaContext, "base:"));
        Assert.Equal(1, Found(NbdOption.ListMetaContext, "x-none:a", "base:allocation"));
        Assert.Equal(0, Found(NbdOption.ListMetaContext, "base:other"));
        Assert.Equal(0, Found(NbdOption.SetMetaContext));
        Assert.Equal(0, Found(NbdOption.SetMetaContext, "base:"));
        (NbdOptionReply type, byte[] data) = peer.Ask(NbdOption.SetMetaContext, NbdPeer.Contexts("eins", "qemu:dirty-bitmap:x", "base:allocation"))[0];
        Assert.Equal((NbdOptionReply.MetaContext, "\0\0\0\u0001base:allocation"), (type, Encoding.ASCII.GetString(data)));
        Assert.Equal(NbdOptionReply.Unknown, peer.Ask(NbdOption.ListMetaContext, NbdPeer.Contexts("none")).Single().Type);
        byte[] whole = NbdPeer.Contexts("eins", "base:allocation");
        Assert.All(Enumerable.Range(0, whole.Length), length => Assert.Equal(NbdOptionReply.Invalid, peer.Ask(NbdOption.SetMetaContext, whole[..length]).Single().Type));
        Assert.Equal(NbdOptionReply.Invalid, peer.Ask(NbdOption.SetMetaContext, [.. whole, 0]).Single().Type);
    }

    [Theory]
    [InlineData("eins", true, true)]
    [InlineData("zwölf", true, false)]
    [InlineData("eins", false, false)]
    public void A_context_is_for_the_export_that_it_was_set_for(string name, bool isSet, bool isGood)
    {
        using NbdPeer peer = NbdPeer.Greet(_served.Place);
        peer.Ask(NbdOption.StructuredReply, []);
        peer.Ask(NbdOption.SetMetaContext, NbdPeer.Contexts("eins", "base:allocation"));
        if (!isSet)
        {
            peer.Ask(NbdOption.SetMetaContext, NbdPeer.Contexts("eins"));
        }

        peer.Ask(NbdOption.Go, NbdPeer.Named(name));
        Assert.Equal(isGood ? NbdError.None : NbdError.Invalid, Structured(peer).Do(NbdCommand.BlockStatus, 0, 1).Error);
    }

    [Fact]
    public async Task A_client_may_leave_in_the_middle()
    {
        using NbdPeer peer = NbdPeer.Greet(_served.Place);
        Assert.Equal(NbdOptionReply.Ack, peer.Ask(NbdOption.Abort, []).Single().Type);
        peer.ReadToEnd();
        await _served.UntilLogSays("it left during the handshake.");
        NbdPeer.Greet(_served.Place).Dispose();
        await _served.UntilLogSays("it closed the connection.");
        using NbdPeer whole = _served.Enter("eins");
        whole.Send(NbdCommand.Disconnect, 0, 0);
        whole.ReadToEnd();
        await _served.UntilLogSays("it took its leave.");
    }

    [Theory]
    [InlineData(4u)]
    [InlineData(0x8000_0000u)]
    public async Task Flags_that_nobody_knows_end_the_connection(uint flags)
    {
        using NbdPeer peer = NbdPeer.Greet(_served.Place, flags);
        peer.ReadToEnd();
        await _served.UntilLogSays("it sent flags that nobody knows.");
    }

    [Fact]
    public async Task One_that_does_not_end_its_handshake_is_cut_off_and_one_that_has_may_be_silent()
    {
        await using var hasty = new ServedDisks(
            new() { CapacityBytes = 16L << 20 },
            [new PersistentDiskOptions { Name = "a", SizeBytes = 4096 }],
            static options => options with { HandshakeTimeout = TimeSpan.FromMilliseconds(300) });
        using NbdPeer silent = hasty.Enter("a");
        using NbdPeer slow = NbdPeer.Greet(hasty.Place);
        slow.Ask(NbdOption.StructuredReply, []);
        slow.Socket.Send(new byte[3]);
        slow.ReadToEnd();
        await hasty.UntilLogSays("in time.");

        // One that is never silent is no better.
        using NbdPeer busy = NbdPeer.Greet(hasty.Place);
        hasty.Log.Clear();
        void AskForEver()
        {
            while (true)
            {
                busy.Ask(NbdOption.List, []);
            }
        }

        Assert.ThrowsAny<Exception>(AskForEver);
        await hasty.UntilLogSays("in time.");
        Assert.Equal(new byte[1], silent.ReadDisk(0, 1));
    }

    [Fact]
    public async Task Loopback_is_served_too_where_that_is_asked_for()
    {
        await using var both = new ServedDisks(
            new() { CapacityBytes = 16L << 20 },
            [new PersistentDiskOptions { Name = "a", SizeBytes = 8192 }],
            static options => options with { EndPoint = new IPEndPoint(IPAddress.Loopback, 0) });
        using NbdPeer near = both.Enter("a");
        using NbdPeer far = NbdPeer.Enter(both.Server.EndPoint!, "a");
        near.WriteDisk(1, [1, 2, 3]);
        Assert.Equal([0, 1, 2, 3, 0], far.ReadDisk(0, 5));
        await using var taken = new NbdServer(both.Host, both.Options with { SocketPath = null, EndPoint = both.Server.EndPoint });
        Assert.Contains($"{both.Server.EndPoint}", Assert.Throws<IOException>(taken.Start).Message, StringComparison.Ordinal);
        Assert.Empty(taken.Exports);
        Assert.Single(both.Host.Control.GetClients());
    }

    [Fact]
    public async Task One_connection_too_many_is_turned_away_and_may_come_when_another_has_gone()
    {
        await using var served = new ServedDisks(
            new() { CapacityBytes = 16L << 20 },
            [new PersistentDiskOptions { Name = "a", SizeBytes = 4096 }],
            static options => options with { MaxConnections = 2 });
        NbdPeer first = served.Enter("a");
        using NbdPeer second = served.Enter("a");
        Assert.ThrowsAny<Exception>(() => served.Enter("a"));
        first.Dispose();
        await served.UntilConnectionsAre(1);
        served.Enter("a").Dispose();
    }

    [Fact]
    public async Task A_server_ends_once_starts_once_and_leaves_the_socket_to_the_next()
    {
        using NbdPeer peer = _served.Enter("eins");
        Assert.Throws<InvalidOperationException>(_served.Server.Start);
        await using (var second = new NbdServer(_served.Host, _served.Options))
        {
            Assert.Contains("serves at", Assert.Throws<IOException>(second.Start).Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, _served.Host.Control.GetClients().Count);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await _served.Server.DisposeAsync();
            Assert.Empty(_served.Host.Control.GetClients());
        })));
        Assert.Throws<ObjectDisposedException>(_served.Server.Start);
        await using var next = new NbdServer(_served.Host, _served.Options);
        next.Start();
        NbdPeer.Enter(_served.Place, "zwölf").Dispose();
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        using var host = new TmemHost();
        PersistentDiskOptions disk = new() { Name = "a", SizeBytes = 1 };
        CacheDiskOptions cache = new() { Name = "a", Backing = "x" };
        NbdServerOptions good = new() { Exports = [disk] };
        (string Name, NbdServerOptions Options)[] wrong =
        [
            ("Exports", good with { Exports = [] }),
            ("Exports", good with { Exports = [disk, disk] }),
            ("Exports", good with { Exports = [null!] }),
            ("Name", good with { Exports = [disk with { Name = "" }] }),
            ("Name", good with { Exports = [disk with { Name = "a\n" }] }),
            ("Name", good with { Exports = [disk with { Name = new string('ä', 128) }] }),
            ("SizeBytes", good with { Exports = [disk with { SizeBytes = 0 }] }),
            ("SizeBytes", good with { Exports = [disk with { SizeBytes = PersistentDiskOptions.MaximumSizeBytes + 1 }] }),
            ("AllowanceBytes", good with { Exports = [disk with { AllowanceBytes = -1 }] }),
            ("Backing", good with { Exports = [cache with { Backing = "" }] }),
            ("Backing", good with { Exports = [cache with { Backing = "nbd:/nowhere" }] }),
            ("Backing", good with { Exports = [cache with { Backing = "nbd+unix:///a" }] }),
            ("Backing", good with { Exports = [cache with { Backing = "nbds://host/a" }] }),
            ("Weight", good with { Exports = [cache with { Weight = -1 }] }),
            ("EphemeralCapBytes", good with { Exports = [cache with { CapBytes = -1 }] }),
            ("SocketPath", good with { SocketPath = "" }),
            ("SocketPath", good with { SocketPath = null }),
            ("SocketPath", good with { SocketPath = "/" + new string('x', 107) }),
            ("EndPoint", good with { EndPoint = new IPEndPoint(IPAddress.Any, 1) }),
            ("EndPoint", good with { EndPoint = new IPEndPoint(IPAddress.Parse("10.0.0.1"), 1) }),
            ("MaxConnections", good with { MaxConnections = 0 }),
            ("MaxConnections", good with { MaxConnections = 4097 }),
            ("MaxRequestsInFlight", good with { MaxRequestsInFlight = 0 }),
            ("MaxRequestBytes", good with { MaxRequestBytes = 65_535 }),
            ("MaxRequestBytes", good with { MaxRequestBytes = (1 << 30) + 1 }),
            ("HandshakeTimeout", good with { HandshakeTimeout = TimeSpan.Zero }),
            ("HandshakeTimeout", good with { HandshakeTimeout = TimeSpan.FromDays(30) }),
        ];
        Assert.All(wrong, pair => Assert.Equal(pair.Name, Assert.ThrowsAny<ArgumentException>(() => new NbdServer(host, pair.Options)).ParamName));
        Assert.NotNull(new NbdServer(host, good with { EndPoint = new IPEndPoint(IPAddress.Any, 1), AllowsOtherMachines = true }));
    }

    private static NbdPeer Structured(NbdPeer peer)
    {
        peer.AgreeOnStructure();
        return peer;
    }
}
