using System.Buffers.Binary;
using System.Net.Sockets;
using TmemCore.Abi;
using TmemCore.Client;
using TmemCore.Hypercalls;
using TmemCore.Tests;
using TmemCore.Wire;
using Xunit;

namespace TmemCore.Server.Tests;

/// <summary>Peers that are slow, silent, wrong or greedy: they are cut off or answered, and others never notice.</summary>
public sealed class HostilePeerTests : IAsyncLifetime
{
    private static readonly TmemAbi s_abi = new(AbiGeneration.V1Hypercall);

    private readonly ServedHost _served = new(null, static options => options with { PeerTimeout = TimeSpan.FromMilliseconds(200) });
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];
    private TmemConnection _victim = null!;
    private IPersistentPool _pool = null!;

    public Task InitializeAsync()
    {
        _victim = _served.Connect();
        _pool = _victim.CreatePersistentPool();
        for (uint i = 0; i < 50; i++)
        {
            Assert.Equal(PutResult.Stored, _pool.Put(1, i, Pages.Of(i)));
        }

        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        for (uint i = 0; i < 50; i++)
        {
            Assert.Equal(GetResult.Hit, _pool.Get(1, i, _buffer));
            Assert.Equal(Pages.Of(i), _buffer);
        }

        _victim.Dispose();
        await _served.UntilConnectionsAre(0);
        Assert.Empty(_served.Host.Control.GetClients());
        Assert.Empty(_served.Host.Verify());
        await _served.DisposeAsync();
    }

    [Theory]
    [InlineData(0u, 4u, 0u)]
    [InlineData(4u, 3u, 0u)]
    [InlineData(4u, 5u, 0u)]
    [InlineData(4u, 4u, 1u)]
    [InlineData(56u + 4097u, 56u, 0u)]
    [InlineData(57u, 57u, 0u)]
    [InlineData(uint.MaxValue, 56u, 0u)]
    [InlineData(uint.MaxValue, uint.MaxValue, 0u)]
    [InlineData(0u, uint.MaxValue, 0u)]
    public async Task A_header_of_no_request_ends_the_connection(uint bytes, uint opBytes, uint reserved)
    {
        using Socket peer = Greeted();
        var header = new byte[WireFrame.HeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(header, bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), opBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), reserved);
        peer.Send(header);

        Assert.Equal(0, ReceiveAll(peer));
        await _served.UntilLogSays("it sent what is no request.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(40)]
    public async Task A_request_that_does_not_end_ends_the_connection(int bytes)
    {
        using Socket peer = Greeted();
        peer.Send(PutRequest(0, 1, 1).AsSpan(0, bytes));
        Assert.Equal(0, ReceiveAll(peer));
        await _served.UntilLogSays("in time.");
    }

    [Fact]
    public async Task A_request_that_trickles_in_has_the_time_of_one()
    {
        // Pieces so much closer together than the time of one request that a slow machine does not make a gap of it.
        await using var patient = new ServedHost(null, static options => options with { PeerTimeout = TimeSpan.FromSeconds(1) });
        using Socket peer = Greeted(patient);
        byte[] request = PutRequest(0, 1, 1);
        int sent = 0;
        try
        {
            while (sent < request.Length && !peer.Poll(2_000, SelectMode.SelectRead))
            {
                sent += peer.Send(request.AsSpan(sent, 1));
            }
        }
        catch (SocketException)
        {
            // Cut off in the middle of a send.
        }

        Assert.InRange(sent, 1, request.Length - 1);
    }

    [Fact]
    public void Silence_between_requests_is_allowed()
    {
        using Socket silent = Greeted();
        using Socket slow = Greeted();
        slow.Send(new byte[1]);
        Assert.Equal(0, ReceiveAll(slow));

        silent.Send(PutRequest(0, 1, 1));
        Assert.Equal(-19, ReadAnswer(silent).Result);
    }

    [Fact]
    public void A_peer_that_takes_no_answers_is_cut_off()
    {
        using Socket peer = Greeted();
        peer.SendTimeout = 100;
        peer.Send(NewPoolRequest());
        peer.Send(PutRequest(0, 1, 1));
        byte[] get = GetRequest(0, 1, 1);
        SocketError error = SocketError.Success;
        while (error is SocketError.Success or SocketError.TimedOut or SocketError.WouldBlock)
        {
            // The server reads no more after a while; it ends the connection when its patience does.
            try
            {
                peer.Send(get);
            }
            catch (SocketException e)
            {
                error = e.SocketErrorCode;
            }
        }

        Assert.True(error is SocketError.Shutdown or SocketError.ConnectionReset, $"{error}");
    }

    [Fact]
    public async Task One_that_asks_for_much_and_takes_nothing_gets_little_done()
    {
        TmemClient[] many = [.. Enumerable.Range(0, 1500).Select(_ => _served.Host.CreateClient())];
        int listBytes = _served.Host.Control.List(isLong: true).Length;
        Assert.InRange(listBytes, 64 << 10, 256 << 10);
        using (Socket peer = Greeted())
        {
            // All of it in one turn of the connection, and the put behind what nobody takes.
            peer.Send([.. NewPoolRequest(), .. Enumerable.Range(0, 60).SelectMany(static _ => ListRequest()), .. PutRequest(0, 1, 1)]);
            await _served.UntilLogSays("in time.");
        }

        Assert.Equal(50, _served.Host.GetStatistics().Puts);
        Assert.All(many, static client => client.Dispose());
    }

    [Fact]
    public async Task One_that_floods_leaves_others_their_turn()
    {
        await using var patient = new ServedHost();
        using Socket peer = Greeted(patient);
        using TmemConnection other = patient.Connect();
        using IPersistentPool pool = other.CreatePersistentPool();
        byte[] flood = [.. Enumerable.Range(0, 100).SelectMany(static i => PutRequest(0, 1, (uint)i))];
        using var end = new CancellationTokenSource();
        Task sending = Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                peer.Send(flood);
            }
        });
        Task reading = Task.Run(() =>
        {
            var answers = new byte[64 << 10];
            while (peer.Receive(answers) != 0)
            {
            }
        });
        for (uint i = 0; i < 2000; i++)
        {
            Assert.Equal(PutResult.Stored, pool.Put(1, i % 50, _buffer));
        }

        await end.CancelAsync();
        await sending;
        peer.Shutdown(SocketShutdown.Both);
        await reading;
    }

    [Fact]
    public void No_bytes_harm_anybody()
    {
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("TMEM_FUZZ_ROUNDS"), out int wanted) ? wanted : 3000;
        var random = new Random(17);
        Socket peer = Greeted();
        for (int round = 0; round < rounds; round++)
        {
            byte[] request = random.Next(4) switch
            {
                0 => PutRequest(random.Next(-1, 17), (ulong)random.Next(3), (uint)random.Next(3)),
                1 => GetRequest(random.Next(-1, 17), (ulong)random.Next(3), (uint)random.Next(3)),
                2 => NewPoolRequest(),
                _ => Noise(random),
            };
            for (int i = random.Next(4); i > 0; i--)
            {
                int place = random.Next(random.Next(8) == 0 ? 0 : WireFrame.HeaderBytes, request.Length);
                request[place] = (byte)random.Next(256);
            }

            try
            {
                peer.Send(request);
                if (random.Next(20) == 0)
                {
                    // Half of a request behind it, and away.
                    peer.Send(request.AsSpan(0, random.Next(request.Length)));
                    throw new SocketException((int)SocketError.Shutdown);
                }

                if (random.Next(4) == 0)
                {
                    while (peer.Available > 0)
                    {
                        peer.Receive(_buffer);
                    }
                }
            }
            catch (SocketException)
            {
                peer.Dispose();
                peer = Greeted();
            }
        }

        peer.Dispose();
    }

    [Fact]
    public async Task A_greeting_of_another_version_is_told()
    {
        string path = _served.Options.SocketPath + ".other";
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Task answering = Task.Run(() =>
        {
            using Socket one = listener.Accept();
            var greeting = new byte[WireGreeting.Bytes];
            new WireGreeting(0, 1, false).Write(greeting);
            greeting[4] = 9;
            one.Send(greeting);
        });
        TmemConnectionException wrong = Assert.Throws<TmemConnectionException>(() => TmemConnection.Connect(path));
        Assert.Contains("no tmem daemon of version 1: its greeting says 9", wrong.Message, StringComparison.Ordinal);
        await answering;
    }

    [Fact]
    public void A_daemon_that_does_not_greet_is_left()
    {
        string path = _served.Options.SocketPath + ".mute";
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Assert.Throws<TmemConnectionException>(() => TmemConnection.Connect(path, TimeSpan.FromMilliseconds(50)));
    }

    [Theory]
    [InlineData("", "1 to 107 bytes")]
    [InlineData(".none", "there is no such socket")]
    [InlineData(".dead", "nobody listens at that socket")]
    public void A_path_that_leads_nowhere_is_told(string end, string message)
    {
        string path = end.Length == 0 ? "/" + new string('x', 200) : _served.Options.SocketPath + end;
        using var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        dead.Bind(new UnixDomainSocketEndPoint(_served.Options.SocketPath + ".dead"));
        TmemConnectionException nobody = Assert.Throws<TmemConnectionException>(() => TmemConnection.Connect(path));
        Assert.Equal($"Nobody serves tmem at {path}: {nobody.Message.Split(": ")[1]}", nobody.Message);
        Assert.Contains(message, nobody.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("result")]
    [InlineData("tag")]
    [InlineData("length")]
    public async Task A_daemon_that_answers_nonsense_is_left(string kind)
    {
        string path = _served.Options.SocketPath + ".false";
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Task answering = Task.Run(() =>
        {
            using Socket one = listener.Accept();
            var bytes = new byte[WireGreeting.Bytes];
            new WireGreeting(0, 1, false).Write(bytes);
            one.Send(bytes);
            one.Receive(new byte[100]);
            WireFrame.WriteAnswer(bytes, kind == "tag" ? 5u : 0, kind == "result" ? -77 : 0, kind == "length" ? 9000 : 0);
            one.Send(bytes.AsSpan(0, kind == "1" ? 1 : WireFrame.HeaderBytes));
        });
        using TmemConnection connection = TmemConnection.Connect(path);
        Assert.Throws<TmemConnectionException>(() =>
        {
            connection.CreateEphemeralPool();
            connection.CreateEphemeralPool();
        });
        Assert.Throws<TmemConnectionException>(connection.CreateEphemeralPool);
        await answering;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_who_wait_for_an_answer_are_told_when_there_will_be_none(bool isOwnEnd)
    {
        const int Waiting = 4;
        string path = _served.Options.SocketPath + ".silent";
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Task<Socket> accepting = listener.AcceptAsync();
        Task<TmemConnection> connecting = Task.Run(() => TmemConnection.Connect(path));
        using Socket daemon = await accepting;
        var greeting = new byte[WireGreeting.Bytes];
        new WireGreeting(0, 1, false).Write(greeting);
        daemon.Send(greeting);
        using TmemConnection connection = await connecting;
        Task[] waiting = [.. Enumerable.Range(0, Waiting).Select(_ => Task.Factory.StartNew(
            () => Assert.Throws<TmemConnectionException>(connection.CreateEphemeralPool), TaskCreationOptions.LongRunning))];
        ReadExactly(daemon, Waiting * NewPoolRequest().Length);

        (isOwnEnd ? (IDisposable)connection : daemon).Dispose();

        await Task.WhenAll(waiting);
    }

    private static byte[] NewPoolRequest()
    {
        var op = new byte[TmemOp.MaxSize];
        int bytes = new NewPoolOp { Flags = TmemPoolFlags.Version1 }.Write(s_abi, op);
        return Request(op.AsSpan(0, bytes), default);
    }

    private static byte[] PutRequest(int pool, ulong objectId, uint index)
    {
        var op = new byte[TmemOp.MaxSize];
        int bytes = new PutPageOp { PoolId = pool, Object = objectId, Index = index }.Write(s_abi, op);
        return Request(op.AsSpan(0, bytes), Pages.Of(index));
    }

    private static byte[] GetRequest(int pool, ulong objectId, uint index)
    {
        var op = new byte[TmemOp.MaxSize];
        int bytes = new GetPageOp { PoolId = pool, Object = objectId, Index = index, Frame = TmemPool.PageBytes }.Write(s_abi, op);
        return Request(op.AsSpan(0, bytes), default);
    }

    private static byte[] ListRequest()
    {
        var op = new byte[TmemOp.MaxSize];
        int bytes = new ListOp { ClientId = HypercallControl.AllClients, BufferBytes = WireFrame.MaximumAnswerBytes, LongForm = 1 }.Write(s_abi, op);
        return Request(op.AsSpan(0, bytes), default);
    }

    private static byte[] Noise(Random random)
    {
        var op = new byte[random.Next(4, TmemOp.MaxSize + 1)];
        var data = new byte[random.Next(0, TmemPool.PageBytes + 1)];
        random.NextBytes(op);
        random.NextBytes(data);
        op[0] = (byte)random.Next(0, 110);
        op.AsSpan(1, 3).Clear();
        return Request(op, data);
    }

    private static byte[] Request(ReadOnlySpan<byte> op, ReadOnlySpan<byte> data)
    {
        var request = new byte[WireFrame.HeaderBytes + op.Length + data.Length];
        TmemConnection.Compose(request, op, data);
        return request;
    }

    private static int ReceiveAll(Socket peer)
    {
        int all = 0;
        var bytes = new byte[4096];
        try
        {
            for (int received = peer.Receive(bytes); received != 0; received = peer.Receive(bytes))
            {
                all += received;
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Cut off with requests unread.
        }

        return all;
    }

    private static (long Result, byte[] Data) ReadAnswer(Socket peer)
    {
        byte[] header = ReadExactly(peer, WireFrame.HeaderBytes);
        Assert.True(WireFrame.TryReadAnswer(header, out _, out long result, out int bytes));
        return (result, ReadExactly(peer, bytes));
    }

    private static byte[] ReadExactly(Socket peer, int bytes)
    {
        var read = new byte[bytes];
        for (int at = 0; at < bytes;)
        {
            int received = peer.Receive(read.AsSpan(at));
            Assert.NotEqual(0, received);
            at += received;
        }

        return read;
    }

    private Socket Greeted() => Greeted(_served);

    private static Socket Greeted(ServedHost served)
    {
        Socket peer = served.ConnectRaw();
        Assert.True(WireGreeting.TryRead(ReadExactly(peer, WireGreeting.Bytes), out _, out WireGreeting greeting));
        Assert.Equal(0, greeting.Refusal);
        return peer;
    }
}
