using System.Net.Sockets;
using TmemCore.Abi;
using TmemCore.Client;
using TmemCore.Hypercalls;
using TmemCore.Server.Takeover;
using TmemCore.Wire;
using Xunit;

namespace TmemCore.Server.Tests;

/// <summary>
/// A server that hands its host and its connections over to another one. Here both are in one process; that they need not be is shown by tests of
/// the command.
/// </summary>
public sealed class TakeoverTests
{
    private static readonly TmemAbi s_abi = new(AbiGeneration.V1Hypercall);

    private static readonly TmemHostOptions s_host = new()
    {
        CapacityBytes = 16L << 20,
        Backing = BackingMemory.MemoryFile,
        CompressByDefault = true,
        RequireSharedAuthorization = false,
    };

    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Fact]
    public async Task Clients_go_on_with_the_successor()
    {
        await using var served = Serve();
        using TmemConnection first = served.Connect();
        using TmemConnection second = served.Connect();
        IPersistentPool swap = first.CreatePersistentPool();
        IEphemeralPool cache = first.CreateEphemeralPool();
        first.TryJoinSharedPool(new PoolUuid(1, 2), out ISharedEphemeralPool? shared);
        second.TryJoinSharedPool(new PoolUuid(1, 2), out ISharedEphemeralPool? sharedToo);
        for (uint i = 0; i < 100; i++)
        {
            Assert.Equal(PutResult.Stored, swap.Put(1, i, Page(i)));
        }

        cache.TryPut(1, 0, Page(7));
        shared!.TryPut(1, 0, Page(8));

        await using TmemServer successor = TmemServer.TakeOver(served.Options);
        using TmemHost host = successor.Host;
        await served.Server.HandedOver;
        await served.Server.DisposeAsync();
        Assert.True(File.Exists(served.Options.SocketPath));
        Assert.Equal(2, successor.ConnectionCount);

        for (uint i = 0; i < 100; i++)
        {
            Assert.Equal(GetResult.Hit, swap.Get(1, i, _buffer));
            Assert.Equal(Page(i), _buffer);
        }

        Assert.Equal(GetResult.Hit, cache.Take(1, 0, _buffer));
        Assert.Equal(GetResult.Hit, sharedToo!.Get(1, 0, _buffer));
        Assert.Equal(Page(8), _buffer);
        using TmemConnection third = served.Connect();
        Assert.Equal(PutResult.Stored, third.CreatePersistentPool().Put(1, 1, Page(9)));
        Assert.Empty(host.Verify());

        second.Dispose();
        await UntilClientsAre(host, 2);
        await successor.DisposeAsync();
        Assert.False(File.Exists(served.Options.SocketPath));
        Assert.False(File.Exists(served.Options.TakeoverPath));
    }

    [Fact]
    public async Task A_request_that_has_come_in_half_is_answered_by_the_successor()
    {
        await using var served = Serve();
        using Socket raw = served.ConnectRaw();
        var greeting = new byte[WireGreeting.Bytes];
        ReceiveAll(raw, greeting);
        byte[] request = NewPool(tag: 77);
        raw.Send(request.AsSpan(0, 21));
        await served.UntilConnectionsAre(1);

        await using TmemServer successor = TmemServer.TakeOver(served.Options);
        using TmemHost host = successor.Host;
        raw.Send(request.AsSpan(21));
        var answer = new byte[WireFrame.HeaderBytes];
        ReceiveAll(raw, answer);
        Assert.Equal(77u, BitConverter.ToUInt32(answer, 4));
        Assert.Equal(0, BitConverter.ToInt64(answer, 8));
    }

    [Fact]
    public async Task Nobody_loses_a_page_while_a_host_goes_from_server_to_server()
    {
        const int Threads = 3;
        const int Takeovers = 8;
        await using var served = Serve();
        var servers = new List<TmemServer> { served.Server };
        using var stop = new CancellationTokenSource();
        Task<int>[] work = [.. Enumerable.Range(0, Threads).Select(number => Task.Run(() => UseAsync(served, number, stop.Token)))];
        for (int i = 0; i < Takeovers; i++)
        {
            servers.Add(TmemServer.TakeOver(served.Options));
            await Task.Delay(5);
        }

        await stop.CancelAsync();
        int[] rounds = await Task.WhenAll(work);
        Assert.All(rounds, static count => Assert.True(count > 0));
        Assert.Empty(servers[^1].Host.Verify());
        foreach (TmemServer server in servers.AsEnumerable().Reverse())
        {
            await server.DisposeAsync();
            server.Host.Dispose();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_successor_that_goes_before_it_has_taken_leaves_the_host_where_it_is(int steps)
    {
        await using var served = Serve();
        using TmemConnection connection = served.Connect();
        IPersistentPool pool = connection.CreatePersistentPool();
        pool.Put(1, 1, Page(1));
        using (TakeoverChannel channel = ConnectTo(served))
        {
            GoAlong(channel, steps);
        }

        await served.UntilLogSays("."); // Somebody has come at least.
        Assert.Equal(GetResult.Hit, pool.Get(1, 1, _buffer));
        Assert.Equal(Page(1), _buffer);
        using TmemConnection another = served.Connect();
        Assert.Equal(PutResult.Stored, another.CreatePersistentPool().Put(1, 1, Page(2)));
        Assert.False(served.Server.HandedOver.IsCompleted);

        await using TmemServer successor = TmemServer.TakeOver(served.Options);
        using TmemHost host = successor.Host;
        Assert.Equal(GetResult.Hit, pool.Get(1, 1, _buffer));
    }

    [Fact]
    public async Task A_successor_that_is_late_learns_that_it_has_nothing()
    {
        await using var served = Serve(successorPatience: TimeSpan.FromMilliseconds(100));
        using TmemConnection connection = served.Connect();
        IPersistentPool pool = connection.CreatePersistentPool();
        pool.Put(1, 1, Page(1));
        using TakeoverChannel channel = GoAlongToTheEnd(served);
        await served.UntilLogSays("that it has taken over.");
        Assert.Throws<IOException>(() => channel.SendMark(TakeoverOffer.Taken));
        Assert.Equal(GetResult.Hit, pool.Get(1, 1, _buffer));
        Assert.False(served.Server.HandedOver.IsCompleted);
    }

    [Fact]
    public async Task A_client_that_takes_no_answers_holds_a_takeover_up_and_is_named()
    {
        const int MostRequests = 100_000;
        await using var served = Serve(pausePatience: TimeSpan.FromMilliseconds(20));
        using Socket raw = served.ConnectRaw();
        byte[] lists = [.. Enumerable.Repeat(List(), 64).SelectMany(static list => list)];
        Task sending = Task.Factory.StartNew(() => SendWithoutReading(raw, lists, MostRequests / 64), TaskCreationOptions.LongRunning);

        // Until the socket is full of answers, it can be handed over between two requests; each time leaves open files in this process.
        for (int available = -1; raw.Available != available || available == 0;)
        {
            available = raw.Available;
            await Task.Delay(50);
        }

        var servers = new List<TmemServer> { served.Server };
        string? reason = null;
        while (reason is null)
        {
            try
            {
                servers.Add(TmemServer.TakeOver(served.Options));
            }
            catch (IOException e)
            {
                reason = e.Message.Contains("does not take its answers", StringComparison.Ordinal) ? e.Message : null;
            }
        }

        Assert.Contains("client 0", reason, StringComparison.Ordinal);
        using (TmemConnection connection = served.Connect())
        {
            Assert.Equal(PutResult.Stored, connection.CreatePersistentPool().Put(1, 1, Page(1)));
        }

        raw.Dispose();
        await sending;
        foreach (TmemServer server in servers.AsEnumerable().Reverse())
        {
            await server.DisposeAsync();
            server.Host.Dispose();
        }
    }

    [Fact]
    public async Task Whom_the_successors_rules_do_not_let_in_is_cut_off()
    {
        await using var served = Serve();
        using TmemConnection connection = served.Connect();
        IPersistentPool pool = connection.CreatePersistentPool();
        pool.Put(1, 1, Page(1));
        await using TmemServer successor = TmemServer.TakeOver(served.Options with { Access = [new() { UserId = 12345 }] });
        using TmemHost host = successor.Host;
        Assert.Equal(0, host.GetStatistics().Clients);
        Assert.Throws<TmemConnectionException>(() => pool.Get(1, 1, _buffer));
        Assert.Contains(served.Log, static line => line.Contains("no rule lets it in", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_that_is_in_no_memory_file_is_not_given_away()
    {
        await using var served = new ServedHost(new() { CapacityBytes = 16L << 20 }, Offered);
        IOException refusal = Assert.Throws<IOException>(() => TmemServer.TakeOver(served.Options));
        Assert.Contains(nameof(BackingMemory.MemoryFile), refusal.Message, StringComparison.Ordinal);
        using TmemConnection connection = served.Connect();
        Assert.Equal(PutResult.Stored, connection.CreatePersistentPool().Put(1, 1, Page(1)));
    }

    [Fact]
    public async Task Whoever_does_not_say_the_right_hello_gets_nothing()
    {
        await using var served = Serve();
        using TakeoverChannel channel = ConnectTo(served);
        channel.Send("tmem takeover 99");
        Assert.Equal(TakeoverOffer.Refusal, channel.ReceiveMark());
        Assert.Contains(TakeoverOffer.Hello, channel.ReceiveText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nobody_offers_there_is_nothing_to_take()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        IOException refusal = Assert.Throws<IOException>(() => TmemServer.TakeOver(new() { TakeoverPath = path }));
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TmemServer.TakeOver(new()));
    }

    [Fact]
    public async Task A_server_that_ends_while_a_takeover_fails_ends()
    {
        await using var served = Serve();
        Task ending;
        using (TakeoverChannel channel = ConnectTo(served))
        {
            GoAlong(channel, steps: 3);
            ending = Task.Run(async () => await served.Server.DisposeAsync());
            await Task.Delay(100);
        }

        await ending.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.False(File.Exists(served.Options.SocketPath));
        Assert.False(File.Exists(served.Options.TakeoverPath));
    }

    [Fact]
    public async Task A_server_that_ends_while_it_is_taken_over_leaves_the_sockets_to_its_successor()
    {
        await using var served = Serve();
        using TakeoverChannel channel = ConnectTo(served);
        GoAlong(channel, steps: 5);
        var ending = Task.Run(async () => await served.Server.DisposeAsync());
        await Task.Delay(100);
        channel.SendMark(TakeoverOffer.Taken);
        await ending.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(served.Server.HandedOver.IsCompletedSuccessfully);
        Assert.True(File.Exists(served.Options.SocketPath));
        Assert.True(File.Exists(served.Options.TakeoverPath));
    }

    [Fact]
    public async Task A_connection_whose_client_was_ended_does_not_become_the_one_that_has_its_id_now()
    {
        await using var served = Serve();
        using TmemConnection ended = served.Connect();
        IPersistentPool lost = ended.CreatePersistentPool();
        Assert.True(served.Host.TryGetClient(ended.Id, out TmemClient? client));
        served.Host.Control.Destroy(client);
        using TmemConnection living = served.Connect();
        Assert.Equal(ended.Id, living.Id);
        IPersistentPool pool = living.CreatePersistentPool();
        pool.Put(1, 1, Page(1));

        await using TmemServer successor = TmemServer.TakeOver(served.Options);
        using TmemHost host = successor.Host;
        Assert.Equal(GetResult.Hit, pool.Get(1, 1, _buffer));
        Assert.Throws<TmemConnectionException>(() => lost.Get(1, 1, _buffer));
        Assert.Equal(1, successor.ConnectionCount);
    }

    [Fact]
    public async Task A_connection_that_is_ending_is_waited_for_and_its_client_does_not_go_over()
    {
        await using var served = Serve();
        TmemConnection connection = served.Connect();
        connection.CreatePersistentPool().Put(1, 1, Page(1));
        Task<TmemServer> takeover;
        using (served.Host.BeginHandover())
        {
            // Its client cannot go while the host stands still.
            connection.Dispose();
            await Task.Delay(100);
            takeover = Task.Run(() => TmemServer.TakeOver(served.Options));
            await Task.Delay(100);
        }

        await using TmemServer successor = await takeover.WaitAsync(TimeSpan.FromMinutes(1));
        using TmemHost host = successor.Host;
        Assert.Equal(0, host.GetStatistics().Clients);
    }

    [Fact]
    public async Task The_successor_says_who_may_open_the_socket()
    {
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        await using var served = Serve();
        await using TmemServer successor = TmemServer.TakeOver(served.Options with { SocketMode = Mode });
        using TmemHost host = successor.Host;
        Assert.Equal(Mode, File.GetUnixFileMode(served.Options.SocketPath));
    }

    [Fact]
    public async Task Only_the_servers_own_user_can_open_the_socket_of_takeovers()
    {
        await using var served = Serve();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(served.Options.TakeoverPath!));
    }

    private static ServedHost Serve(TimeSpan? pausePatience = null, TimeSpan? successorPatience = null)
    {
        TimeSpan patient = TimeSpan.FromMinutes(2);
        return new ServedHost(s_host, options => Offered(options) with
        {
            PausePatience = pausePatience ?? patient,
            SuccessorPatience = successorPatience ?? patient,
        });
    }

    private static TmemServerOptions Offered(TmemServerOptions options) => options with { TakeoverPath = options.SocketPath + ".takeover" };

    private static TakeoverChannel ConnectTo(ServedHost served)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(served.Options.TakeoverPath!));
        return new TakeoverChannel(socket, TimeSpan.FromMinutes(2));
    }

    /// <summary>Up to the word to go. On a busy machine a successor may be late before that, and comes again.</summary>
    private static TakeoverChannel GoAlongToTheEnd(ServedHost served)
    {
        while (true)
        {
            TakeoverChannel channel = ConnectTo(served);
            try
            {
                GoAlong(channel, steps: 5);
                return channel;
            }
            catch (IOException)
            {
                channel.Dispose();
            }
        }
    }

    /// <summary>Says and hears what a successor does, up to a step: nothing, hello, all that comes, that it is ready, the word to go.</summary>
    private static void GoAlong(TakeoverChannel channel, int steps)
    {
        if (steps >= 2)
        {
            channel.Send(TakeoverOffer.Hello);
        }

        if (steps >= 3)
        {
            Assert.Equal(TakeoverOffer.Ready, channel.ReceiveMark());
            ReceivedParts.Receive(channel, null, null).Dispose();
        }

        if (steps >= 4)
        {
            channel.SendMark(TakeoverOffer.Ready);
        }

        if (steps >= 5)
        {
            Assert.Equal(TakeoverOffer.Go, channel.ReceiveMark());
        }
    }

    private static async Task<int> UseAsync(ServedHost served, int number, CancellationToken stop)
    {
        using TmemConnection connection = served.Connect();
        IPersistentPool pool = connection.CreatePersistentPool();
        var buffer = new byte[TmemPool.PageBytes];
        var random = new Random(number);
        var stored = new uint[64];
        int rounds = 0;
        for (uint round = 1; !stop.IsCancellationRequested; round++)
        {
            uint index = (uint)random.Next(stored.Length);
            Assert.Equal(stored[index] == 0 ? GetResult.Miss : GetResult.Hit, Known(pool.Get(1, index, buffer)));
            if (stored[index] != 0)
            {
                Assert.Equal(Page(stored[index]), buffer);
            }

            Assert.Equal(PutResult.Stored, pool.Put(1, index, Page(round)));
            stored[index] = round;
            rounds++;
        }

        return rounds;
    }

    /// <summary>A pool without any page answers in its own way.</summary>
    private static GetResult Known(GetResult result) => result == GetResult.Empty ? GetResult.Miss : result;

    private static byte[] Page(uint seed)
    {
        var page = new byte[TmemPool.PageBytes];
        new Random((int)seed).NextBytes(page.AsSpan(0, page.Length / 2));
        return page;
    }

    private static async Task UntilClientsAre(TmemHost host, int count)
    {
        while (host.GetStatistics().Clients != count)
        {
            await Task.Delay(1);
        }
    }

    private static byte[] NewPool(uint tag)
    {
        var op = new byte[TmemOp.MaxSize];
        return Request(tag, op.AsSpan(0, new NewPoolOp { Flags = TmemPoolFlags.Version1 }.Write(s_abi, op)));
    }

    private static byte[] List()
    {
        var op = new byte[TmemOp.MaxSize];
        var list = new ListOp { ClientId = HypercallControl.AllClients, BufferBytes = WireFrame.MaximumAnswerBytes, LongForm = 1 };
        return Request(0, op.AsSpan(0, list.Write(s_abi, op)));
    }

    private static byte[] Request(uint tag, ReadOnlySpan<byte> op)
    {
        var request = new byte[WireFrame.HeaderBytes + op.Length];
        WireFrame.WriteRequest(request, tag, op.Length, dataBytes: 0);
        op.CopyTo(request.AsSpan(WireFrame.HeaderBytes));
        return request;
    }

    private static void SendWithoutReading(Socket socket, byte[] requests, int times)
    {
        try
        {
            for (int i = 0; i < times; i++)
            {
                socket.Send(requests);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The socket was closed, as it was to be.
        }
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
