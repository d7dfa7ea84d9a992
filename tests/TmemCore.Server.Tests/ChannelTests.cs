using System.Net.Sockets;
using System.Numerics;
using Microsoft.Win32.SafeHandles;
using TmemCore.Abi;
using TmemCore.Client;
using TmemCore.Memory;
using TmemCore.Tests;
using TmemCore.Wire;
using Xunit;

namespace TmemCore.Server.Tests;

/// <summary>Puts and gets through memory that client and server share. That they mean the same as elsewhere is in <see cref="BothSidesTests"/>.</summary>
public sealed class ChannelTests
{
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Fact]
    public async Task Threads_share_a_channel_and_each_gets_what_it_has_put()
    {
        const int Threads = 6;
        const uint Rounds = 2000;
        await using var served = new ServedHost(new() { CapacityBytes = 64L << 20 });
        using TmemConnection connection = Share(served);
        using IPersistentPool pool = connection.CreatePersistentPool();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(number => Task.Factory.StartNew(
            () =>
            {
                var buffer = new byte[TmemPool.PageBytes];
                for (uint i = 0; i < Rounds; i++)
                {
                    uint index = i % 300;
                    Assert.Equal(PutResult.Stored, pool.Put((ulong)number, index, Pages.Of(((ulong)number << 32) | i)));
                    Assert.Equal(GetResult.Hit, pool.Get((ulong)number, index, buffer));
                    Assert.Equal(Pages.Of(((ulong)number << 32) | i), buffer);
                }
            },
            TaskCreationOptions.LongRunning)));
        Assert.Empty(served.Host.Verify());
    }

    [Fact]
    public async Task Threads_share_the_slots_when_each_asks_for_more_than_there_are()
    {
        const int Threads = 4;
        const int Count = 100;
        const uint Rounds = 60;
        await using var served = new ServedHost(new() { CapacityBytes = 64L << 20 });
        using TmemConnection connection = Share(served);
        using IPersistentPool pool = connection.CreatePersistentPool();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(number => Task.Factory.StartNew(
            () =>
            {
                PageHandle[] handles = [.. Enumerable.Range(0, Count).Select(i => new PageHandle((ulong)number, (uint)i))];
                var buffer = new byte[Count * TmemPool.PageBytes];
                for (uint round = 0; round < Rounds; round++)
                {
                    byte[] pages = [.. Enumerable.Range(0, Count).SelectMany(i => Pages.Of(((ulong)number << 32) | (round + (uint)i)))];
                    Assert.Equal(Count, pool.PutMany(handles, pages, new PutResult[Count]));
                    Assert.Equal(Count, pool.GetMany(handles, buffer, new GetResult[Count]));
                    Assert.Equal(pages, buffer);
                }
            },
            TaskCreationOptions.LongRunning)));
        Assert.Empty(served.Host.Verify());
    }

    /// <summary>The daemon answers nothing before as many are under way as may be, so that a client that sends one after the other would wait for ever.</summary>
    [Fact]
    public async Task Many_pages_at_once_are_under_way_together_and_nothing_of_them_goes_over_the_socket()
    {
        const int Together = 32;
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Task<(Socket, SharedMemory)> serving = Task.Run(() => OpenChannelAsDaemon(listener));
        using var connection = TmemConnection.ConnectSharingMemory(path);
        (Socket daemon, SharedMemory memory) = await serving;
        File.Delete(path);
        using (daemon)
        using (memory)
        {
            Task<IPersistentPool> creation = Task.Run(connection.CreatePersistentPool);
            AnswerRequest(daemon, 0);
            IPersistentPool pool = await creation;
            PageHandle[] handles = [.. Enumerable.Range(0, Together).Select(static i => new PageHandle(1, (uint)i))];
            byte[] pages = [.. Enumerable.Range(0, Together).SelectMany(static i => Pages.Of((ulong)i))];

            Task<int> call = Task.Run(() => pool.PutMany(handles, pages, new PutResult[Together]));
            ulong submitted = AnswerOnceSubmitted(memory, Together, PutPageOp.Number);
            Assert.Equal(Together, await call);
            var buffer = new byte[pages.Length];
            call = Task.Run(() => pool.GetMany(handles, buffer, new GetResult[Together]));
            Assert.Equal(submitted, AnswerOnceSubmitted(memory, Together, GetPageOp.Number));
            Assert.Equal(Together, await call);
            Assert.Equal(pages, buffer);
            Assert.Equal(0, daemon.Available);
        }
    }

    [Fact]
    public async Task Who_asks_for_a_channel_when_there_are_as_many_as_there_may_be_uses_the_socket()
    {
        await using var served = new ServedHost(null, static options => options with { MaxChannels = 1 });
        using (TmemConnection first = Share(served))
        {
            using var second = TmemConnection.ConnectSharingMemory(served.Options.SocketPath);
            Assert.False(second.UsesSharedMemory);
            Assert.Equal(PutResult.Stored, second.CreatePersistentPool().Put(1, 1, Pages.Of(1)));
        }

        await served.UntilConnectionsAre(0);
        using TmemConnection third = Share(served);
        Assert.Equal(PutResult.Stored, third.CreatePersistentPool().Put(1, 1, Pages.Of(1)));
    }

    [Fact]
    public async Task A_client_that_has_gone_has_its_channel_and_its_pages_freed()
    {
        await using var served = new ServedHost();
        for (int i = 0; i < 50; i++)
        {
            using TmemConnection connection = Share(served);
            Assert.Equal(PutResult.Stored, connection.CreatePersistentPool().Put(1, 1, Pages.Of(1)));
        }

        await served.UntilConnectionsAre(0);
        Assert.Equal(0, served.Host.GetStatistics().Pages);
        Assert.Equal(0, served.Host.GetStatistics().Clients);

        // Other tests' channels are mapped meanwhile, and go as well.
        while (File.ReadLines("/proc/self/maps").Any(static line => line.Contains("tmem-channel", StringComparison.Ordinal)))
        {
            await Task.Delay(1);
        }
    }

    [Fact]
    public async Task Whoever_waits_for_a_server_that_ends_is_told()
    {
        await using var served = new ServedHost();
        using TmemConnection connection = Share(served);
        IPersistentPool pool = connection.CreatePersistentPool();
        pool.Put(1, 1, Pages.Of(1));
        await served.Server.DisposeAsync();
        Assert.Throws<TmemConnectionException>(() => pool.Get(1, 1, _buffer));
        Assert.Throws<TmemConnectionException>(() => pool.Get(1, 1, _buffer));
        pool.Dispose();
    }

    [Fact]
    public async Task A_disposed_connection_has_no_memory_any_more()
    {
        await using var served = new ServedHost();
        TmemConnection connection = Share(served);
        IPersistentPool pool = connection.CreatePersistentPool();
        connection.Dispose();
        connection.Dispose();
        Assert.Throws<TmemConnectionException>(() => pool.Put(1, 1, Pages.Of(1)));
    }

    [Fact]
    public async Task A_destroyed_pools_number_is_not_used_for_another()
    {
        await using var served = new ServedHost();
        using TmemConnection connection = Share(served);
        IPersistentPool old = connection.CreatePersistentPool();
        old.Put(1, 1, Pages.Of(1));
        old.Dispose();
        using IPersistentPool young = connection.CreatePersistentPool();
        Assert.Equal(old.Id, young.Id);
        Assert.Equal(PutResult.Unavailable, old.Put(1, 1, Pages.Of(2)));
        Assert.Equal(GetResult.Unavailable, old.Get(1, 1, _buffer));
        Assert.Equal(GetResult.Empty, young.Get(1, 1, _buffer));
    }

    [Fact]
    public async Task Nobody_can_cut_the_memory_off()
    {
        await using var served = new ServedHost();
        using Socket raw = served.ConnectRaw();
        using SafeFileHandle file = OpenRaw(raw);
        Assert.ThrowsAny<Exception>(() => RandomAccess.SetLength(file, 0));
        Assert.ThrowsAny<Exception>(() => RandomAccess.SetLength(file, 1L << 30));
        Assert.Equal(ChannelLayout.TotalBytes, RandomAccess.GetLength(file));
    }

    [Fact]
    public async Task A_second_channel_of_a_connection_is_refused()
    {
        await using var served = new ServedHost();
        using Socket raw = served.ConnectRaw();
        using SafeFileHandle file = OpenRaw(raw);
        raw.Send(OpenRequest());
        var answer = new byte[WireFrame.HeaderBytes];
        ReceiveAll(raw, answer);
        Assert.Equal(-17, BitConverter.ToInt64(answer, 8));
    }

    /// <summary>Any bytes at all in the memory, while the server works on it; another client keeps what it has.</summary>
    [Fact]
    public async Task What_a_client_writes_into_the_memory_concerns_itself_alone()
    {
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("TMEM_FUZZ_ROUNDS"), out int asked) ? asked : 20_000;
        await using var served = new ServedHost(new() { CapacityBytes = 32L << 20, CompressByDefault = true });
        using TmemConnection other = Share(served);
        IPersistentPool kept = other.CreatePersistentPool();
        for (uint i = 0; i < 200; i++)
        {
            kept.Put(1, i, Pages.Of(i));
        }

        using (TmemConnection pools = served.Connect())
        using (Socket raw = served.ConnectRaw())
        {
            using SafeFileHandle file = OpenRaw(raw);
            using SharedMemory memory = SharedMemory.Adopt(file, ChannelLayout.TotalBytes);
            raw.Send(NewPoolRequest(TmemPoolFlags.Persistent));
            raw.Send(NewPoolRequest(TmemPoolFlags.None));
            ReceiveAll(raw, new byte[2 * WireFrame.HeaderBytes]);
            Scribble(memory, rounds);
        }

        await served.UntilConnectionsAre(1);
        for (uint i = 0; i < 200; i++)
        {
            Assert.Equal(GetResult.Hit, kept.Get(1, i, _buffer));
            Assert.Equal(Pages.Of(i), _buffer);
        }

        Assert.Equal(200, served.Host.GetStatistics().Pages);
        Assert.Empty(served.Host.Verify());
    }

    [Fact]
    public async Task A_channel_goes_over_to_a_successor_with_what_is_under_way_in_it()
    {
        const int Takeovers = 5;
        var host = new TmemHostOptions { CapacityBytes = 16L << 20, Backing = BackingMemory.MemoryFile, CompressByDefault = true };
        await using var served = new ServedHost(host, static options => options with
        {
            TakeoverPath = options.SocketPath + ".takeover",
            PausePatience = TimeSpan.FromMinutes(2),
            SuccessorPatience = TimeSpan.FromMinutes(2),
        });
        using TmemConnection connection = Share(served);
        IPersistentPool pool = connection.CreatePersistentPool();
        using var stop = new CancellationTokenSource();
        Task<uint> work = Task.Factory.StartNew(() => Use(pool, stop.Token), TaskCreationOptions.LongRunning);
        var servers = new List<TmemServer> { served.Server };
        for (int i = 0; i < Takeovers; i++)
        {
            servers.Add(TmemServer.TakeOver(served.Options));
        }

        await stop.CancelAsync();
        Assert.NotEqual(0u, await work);
        Assert.Empty(servers[^1].Host.Verify());
        foreach (TmemServer server in servers.AsEnumerable().Reverse())
        {
            await server.DisposeAsync();
            server.Host.Dispose();
        }
    }

    private static TmemConnection Share(ServedHost served)
    {
        var connection = TmemConnection.ConnectSharingMemory(served.Options.SocketPath);
        Assert.True(connection.UsesSharedMemory);
        return connection;
    }

    private static uint Use(IPersistentPool pool, CancellationToken stop)
    {
        const int Count = 50;
        var buffer = new byte[Count * TmemPool.PageBytes];
        uint round = 0;
        while (!stop.IsCancellationRequested)
        {
            round++;
            Assert.Equal(PutResult.Stored, pool.Put(1, round % 500, Pages.Of(round)));
            Assert.Equal(GetResult.Hit, pool.Get(1, round % 500, buffer.AsSpan(0, TmemPool.PageBytes)));
            Assert.Equal(Pages.Of(round), buffer[..TmemPool.PageBytes]);

            PageHandle[] handles = [.. Enumerable.Range(0, Count).Select(static i => new PageHandle(2, (uint)i))];
            byte[] pages = [.. Enumerable.Range(0, Count).SelectMany(i => Pages.Of(round + (ulong)i))];
            Assert.Equal(Count, pool.PutMany(handles, pages, new PutResult[Count]));
            Assert.Equal(Count, pool.GetMany(handles, buffer, new GetResult[Count]));
            Assert.Equal(pages, buffer);
        }

        return round;
    }

    /// <summary>A daemon's greeting, and memory for whoever has come.</summary>
    private static (Socket Daemon, SharedMemory Memory) OpenChannelAsDaemon(Socket listener)
    {
        Socket daemon = listener.Accept();
        var greeting = new byte[WireGreeting.Bytes];
        new WireGreeting(0, ClientId: 1, MayControl: false).Write(greeting);
        daemon.Send(greeting);
        AnswerRequest(daemon, ChannelLayout.TotalBytes);
        var memory = SharedMemory.Create(ChannelLayout.TotalBytes);
        Assert.Equal(1, Wire.Native.SendFile((int)daemon.Handle, ChannelLayout.FileMark, (int)memory.File.DangerousGetHandle()));
        return (daemon, memory);
    }

    private static void AnswerRequest(Socket daemon, long result)
    {
        var header = new byte[WireFrame.HeaderBytes];
        ReceiveAll(daemon, header);
        Assert.True(WireFrame.TryReadRequest(header, out uint tag, out int opBytes, out int dataBytes));
        ReceiveAll(daemon, new byte[opBytes + dataBytes]);
        WireFrame.WriteAnswer(header, tag, result, dataBytes: 0);
        daemon.Send(header);
    }

    private static ulong AnswerOnceSubmitted(SharedMemory memory, int count, uint op)
    {
        ref ulong submitted = ref memory.At<ulong>(ChannelLayout.Submitted);
        while (BitOperations.PopCount(Volatile.Read(ref submitted)) < count)
        {
            Thread.Yield();
        }

        ulong taken = Interlocked.Exchange(ref submitted, 0);
        for (ulong left = taken; left != 0; left &= left - 1)
        {
            ref ChannelSlot slot = ref memory.At<ChannelSlot>(ChannelLayout.SlotAt(BitOperations.TrailingZeroCount(left)));
            Assert.Equal(op, slot.Op);
            slot.Result = op == PutPageOp.Number ? (long)PutResult.Stored : (long)GetResult.Hit;
            slot.FoundBytes = op == PutPageOp.Number ? 0 : TmemPool.PageBytes;
            if (Interlocked.Exchange(ref slot.State, ChannelSlot.Done) == ChannelSlot.Awaited)
            {
                Wire.Native.WakeAll(ref slot.State);
            }
        }

        return taken;
    }

    private static void Scribble(SharedMemory memory, int rounds)
    {
        var random = new Random(11);
        uint[] ops = [PutPageOp.Number, GetPageOp.Number, FlushPageOp.Number, FlushObjectOp.Number, 0, 1000, uint.MaxValue];
        for (int round = 0; round < rounds; round++)
        {
            int number = random.Next(ChannelLayout.Slots);
            random.NextBytes(memory.Bytes(ChannelLayout.PageAt(number), random.Next(TmemPool.PageBytes + 1)));
            ref ChannelSlot slot = ref memory.At<ChannelSlot>(ChannelLayout.SlotAt(number));
            random.NextBytes(memory.Bytes(ChannelLayout.SlotAt(number), ChannelSlot.Bytes));
            if (random.Next(4) != 0)
            {
                slot.Op = ops[random.Next(ops.Length)];
                slot.Pool = random.Next(-1, 3);
                slot.Index = (uint)random.Next(50);
                slot.Object = (ulong)random.Next(5);
                slot.DataBytes = random.Next(3) == 0 ? random.Next(-5, 5000) : TmemPool.PageBytes;
            }

            Interlocked.Or(ref memory.At<ulong>(ChannelLayout.Submitted), random.Next(5) == 0 ? (ulong)random.NextInt64() : 1UL << number);
            ref int sleeps = ref memory.At<int>(ChannelLayout.DaemonSleeps);
            if (random.Next(2) == 0)
            {
                sleeps = random.Next(-1, 3);
            }

            Wire.Native.WakeAll(ref sleeps);
        }
    }

    /// <summary>A connection without manners, and the memory that it shares.</summary>
    private static SafeFileHandle OpenRaw(Socket raw)
    {
        ReceiveAll(raw, new byte[WireGreeting.Bytes]);
        raw.Send(OpenRequest());
        var answer = new byte[WireFrame.HeaderBytes];
        ReceiveAll(raw, answer);
        Assert.Equal(ChannelLayout.TotalBytes, BitConverter.ToInt64(answer, 8));
        Assert.Equal(1, Wire.Native.ReceiveFile((int)raw.Handle, out byte mark, out int? file));
        Assert.Equal(ChannelLayout.FileMark, mark);
        return new SafeFileHandle(file!.Value, ownsHandle: true);
    }

    private static byte[] OpenRequest()
    {
        var request = new byte[WireFrame.HeaderBytes + sizeof(uint)];
        TmemConnection.Compose(request, BitConverter.GetBytes(ChannelLayout.OpenOp), default);
        return request;
    }

    private static byte[] NewPoolRequest(TmemPoolFlags flags)
    {
        var op = new byte[TmemOp.MaxSize];
        int bytes = new NewPoolOp { Flags = flags | TmemPoolFlags.Version1 }.Write(new TmemAbi(AbiGeneration.V1Hypercall), op);
        var request = new byte[WireFrame.HeaderBytes + bytes];
        TmemConnection.Compose(request, op.AsSpan(0, bytes), default);
        return request;
    }

    private static void ReceiveAll(Socket socket, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int received = socket.Receive(bytes);
            Assert.NotEqual(0, received);
            bytes = bytes[received..];
        }
    }
}
