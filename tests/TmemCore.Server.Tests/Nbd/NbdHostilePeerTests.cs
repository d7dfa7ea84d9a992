using System.Buffers.Binary;
using System.Net.Sockets;
using TmemCore.Server.Nbd;
using TmemCore.Tests;
using Xunit;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>Peers that are wrong, greedy, or gone in the middle: they are answered or cut off, and others never notice.</summary>
[Collection(nameof(Alone))]
public sealed class NbdHostilePeerTests : IAsyncLifetime
{
    private const int VictimPages = 300;
    private const int PageBytes = TmemPool.PageBytes;

    private readonly ServedDisks _served;
    private readonly NbdPeer _victim;

    public NbdHostilePeerTests()
    {
        _served = new(
            new() { CapacityBytes = 32L << 20 },
            [
                new PersistentDiskOptions { Name = "disk", SizeBytes = 4 << 20 },
                new PersistentDiskOptions { Name = "victim", SizeBytes = VictimPages * PageBytes },
                new PersistentDiskOptions { Name = "spilling", SizeBytes = 1 << 20, SpillPath = ServedDisks.Here, AllowanceBytes = 200_000 },
                new GatedCacheOptions { Name = "cache", Backing = new GatedBacking(4 << 20) },
            ]);
        _victim = _served.Enter("victim");
    }

    public Task InitializeAsync()
    {
        for (int i = 0; i < VictimPages; i++)
        {
            _victim.WriteDisk(i * PageBytes, Pages.Of((ulong)i));
        }

        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        for (int i = 0; i < VictimPages; i++)
        {
            Assert.Equal(Pages.Of((ulong)i), _victim.ReadDisk(i * PageBytes, PageBytes));
        }

        _victim.Dispose();
        await _served.UntilConnectionsAre(0);
        Assert.Empty(_served.Host.Verify());
        await _served.DisposeAsync();
    }

    [Fact]
    public async Task What_is_no_request_ends_the_connection()
    {
        using NbdPeer peer = _served.Enter("disk");
        peer.Socket.Send(new byte[NbdRequest.Bytes]);
        peer.ReadToEnd();
        await _served.UntilLogSays("it sent what is no request.");
        using NbdPeer other = NbdPeer.Greet(_served.Place);
        other.Socket.Send(new byte[16]);
        other.ReadToEnd();
        await _served.UntilLogSays("it sent what is no option.");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(27)]
    [InlineData(28)]
    [InlineData(5000)]
    public async Task One_that_goes_in_the_middle_of_a_request_leaves_nothing(int bytes)
    {
        NbdPeer peer = _served.Enter("disk");
        var request = new byte[NbdRequest.Bytes + (3 * PageBytes)];
        new NbdRequest(NbdCommandFlags.None, NbdCommand.Write, 1, 0, 3 * PageBytes).Write(request);
        peer.Socket.Send(request.AsSpan(0, bytes));
        peer.Dispose();
        await _served.UntilConnectionsAre(1);
    }

    [Fact]
    public void One_that_takes_no_answers_costs_nobody_else_anything()
    {
        using NbdPeer peer = _served.Enter("disk");
        peer.WriteDisk(0, Pages.Of(9));
        peer.Socket.Blocking = false;
        var request = new byte[NbdRequest.Bytes];
        new NbdRequest(NbdCommandFlags.None, NbdCommand.Read, 1, 0, 1 << 20).Write(request);
        SocketError error;
        do
        {
            peer.Socket.Send(request, SocketFlags.None, out error);
        }
        while (error == SocketError.Success);

        Assert.Equal(SocketError.WouldBlock, error);
        using NbdPeer other = _served.Enter("disk");
        Assert.Equal(Pages.Of(9), other.ReadDisk(0, PageBytes));
    }

    [Fact]
    public void No_bytes_harm_anybody()
    {
        var random = new Random(23);
        NbdPeer peer = _served.Enter("disk");
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = random.Next(3) == 0 ? Noise(random) : Request(random);
            for (int i = random.Next(3); i > 0; i--)
            {
                bytes[random.Next(random.Next(4) == 0 ? 0 : 4, Math.Min(bytes.Length, NbdRequest.Bytes))] = (byte)random.Next(256);
            }

            if (!TrySend(peer.Socket, bytes) || random.Next(50) == 0)
            {
                peer.Dispose();
                peer = _served.Enter(random.Next(3) switch { 0 => "disk", 1 => "spilling", _ => "cache" }, isStructured: random.Next(2) == 0);
            }
        }

        peer.Dispose();
    }

    [Fact]
    public void No_handshake_harms_anybody()
    {
        var random = new Random(29);
        for (int round = 0; round < Rounds / 10; round++)
        {
            NbdPeer peer = NbdPeer.Greet(_served.Place, random.Next(10) == 0 ? (uint)random.Next() : 3);
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                byte[] bytes = Option(random);
                for (int j = random.Next(3); j > 0; j--)
                {
                    bytes[random.Next(random.Next(4) == 0 ? 0 : 8, bytes.Length)] = (byte)random.Next(256);
                }

                if (!TrySend(peer.Socket, bytes))
                {
                    break;
                }
            }

            peer.Dispose();
        }
    }

    [Fact]
    public async Task Ten_thousand_connections_leave_neither_descriptors_nor_memory()
    {
        using NbdPeer warm = _served.Enter("disk");
        warm.WriteDisk(0, Pages.Of(1));
        const int Rounds = 10_000;
        int descriptors = 0;
        long bytes = 0;
        for (int i = 0; i < Rounds; i++)
        {
            if (i == Rounds / 10)
            {
                await _served.UntilConnectionsAre(2);
                descriptors = Directory.GetFiles("/proc/self/fd").Length;
                bytes = GC.GetTotalMemory(forceFullCollection: true);
            }

            using NbdPeer peer = i % 3 == 0 ? NbdPeer.Greet(_served.Place) : _served.Enter("disk", isStructured: i % 2 == 0);
            if (i % 3 == 1)
            {
                Assert.Equal(Pages.Of(1), peer.ReadDisk(0, PageBytes));
            }

            if (i % 16 == 0)
            {
                await _served.UntilConnectionsAre(3);
            }

            _served.Log.Clear();
        }

        await _served.UntilConnectionsAre(2);
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, descriptors + 50);

        // Nine thousand connections that left a set of buffers each would have left five gigabytes.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, bytes + (24 << 20));
    }

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("TMEM_FUZZ_ROUNDS"), out int wanted) ? wanted : 3000;

    private static byte[] Request(Random random)
    {
        var command = (NbdCommand)random.Next(10);
        int length = random.Next(4) switch { 0 => random.Next(1 << 16), 1 => PageBytes, 2 => random.Next(600), _ => random.Next(3 << 20) };
        var bytes = new byte[NbdRequest.Bytes + (command == NbdCommand.Write ? Math.Min(length, 1 << 16) : 0)];
        random.NextBytes(bytes);
        command = command == NbdCommand.Disconnect && random.Next(20) != 0 ? NbdCommand.Read : command;
        var flags = (NbdCommandFlags)(random.Next(3) == 0 ? random.Next(64) : 0);
        length = command == NbdCommand.Write ? bytes.Length - NbdRequest.Bytes : length;
        new NbdRequest(flags, command, (ulong)random.NextInt64(), (ulong)random.Next(5 << 20), (uint)length).Write(bytes);
        return bytes;
    }

    private static byte[] Noise(Random random)
    {
        var bytes = new byte[random.Next(NbdRequest.Bytes, 300)];
        random.NextBytes(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, NbdWire.RequestMagic);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6), (ushort)random.Next(9));
        return bytes;
    }

    private static byte[] Option(Random random)
    {
        byte[] data = random.Next(5) switch
        {
            0 => NbdPeer.Named("disk", 1, 3),
            1 => NbdPeer.Contexts("disk", "base:allocation", "x"),
            2 => "disk"u8.ToArray(),
            3 => [],
            _ => new byte[random.Next(10_000)],
        };
        var bytes = new byte[16 + data.Length];
        data.CopyTo(bytes, 16);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, NbdWire.OptionMagic);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), (uint)random.Next(13));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(12), data.Length);
        return bytes;
    }

    /// <summary>Sends, and takes what has come meanwhile, so that neither side waits for the other for ever.</summary>
    private static bool TrySend(Socket socket, byte[] bytes)
    {
        var taken = new byte[256 << 10];
        try
        {
            for (int sent = 0; sent < bytes.Length;)
            {
                while (socket.Poll(0, SelectMode.SelectRead))
                {
                    if (socket.Receive(taken) == 0)
                    {
                        return false;
                    }
                }

                if (socket.Poll(1000, SelectMode.SelectWrite))
                {
                    socket.Blocking = false;
                    sent += Math.Max(0, socket.Send(bytes.AsSpan(sent), SocketFlags.None, out SocketError error));
                    socket.Blocking = true;
                    if (error is not (SocketError.Success or SocketError.WouldBlock))
                    {
                        return false;
                    }
                }
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
