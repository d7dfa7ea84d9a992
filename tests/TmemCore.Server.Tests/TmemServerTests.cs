using System.Net.Sockets;
using TmemCore.Abi;
using TmemCore.Client;
using TmemCore.Hypercalls;
using TmemCore.Tests;
using TmemCore.Wire;
using Xunit;

namespace TmemCore.Server.Tests;

/// <summary>Who is let in, who may control, and what is left of those who go.</summary>
public sealed class TmemServerTests
{
    private static readonly TmemAccess s_own = new() { UserId = ServedHost.UserId };

    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Fact]
    public async Task All_that_a_connection_had_goes_with_it()
    {
        await using var served = new ServedHost();
        for (int i = 0; i < 300; i++)
        {
            TmemConnection connection = served.Connect();
            using IPersistentPool pool = connection.CreatePersistentPool();
            Assert.Equal(PutResult.Stored, pool.Put(1, 1, _buffer));
            connection.Dispose();
            await served.UntilConnectionsAre(0);
            Assert.Equal(0, served.Host.GetStatistics().Pages);
        }

        Assert.Empty(served.Host.Control.GetClients());
        Assert.Empty(served.Host.Verify());
    }

    [Fact]
    public async Task A_connection_leaves_no_descriptor_open()
    {
        await using var served = new ServedHost();
        served.Connect().Dispose();
        await served.UntilConnectionsAre(0);
        int before = Directory.GetFiles("/proc/self/fd").Length;
        for (int i = 0; i < 1000; i++)
        {
            served.Connect().Dispose();
        }

        await served.UntilConnectionsAre(0);
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, before + 50);
    }

    [Fact]
    public async Task What_a_client_gets_is_what_the_rules_say_of_its_user()
    {
        await using var served = new ServedHost(null, static options => options with
        {
            Access =
            [
                new() { UserId = ServedHost.UserId + 1, Terms = new() { Weight = 1 } },
                new()
                {
                    UserId = ServedHost.UserId,
                    Terms = new() { Weight = 300, PersistentAllowanceBytes = 10 * TmemPool.PageBytes },
                    SharedPools = [new PoolUuid(1, 2)],
                },
                new() { MayControl = true },
            ],
        });
        using TmemConnection connection = served.Connect();
        using IPersistentPool pool = connection.CreatePersistentPool();
        uint stored = 0;
        while (pool.Put(1, stored, _buffer) == PutResult.Stored)
        {
            stored++;
        }

        Assert.InRange(stored, 9u, 10u);
        Assert.False(connection.MayControl);
        Assert.Equal(JoinResult.Created, connection.TryJoinSharedPool(new PoolUuid(1, 2), out _));
        Assert.Equal(JoinResult.NotAuthorized, connection.TryJoinSharedPool(new PoolUuid(1, 3), out _));
        Assert.StartsWith($"C=CI:{connection.Id},ww:300,", connection.Control.List((uint)connection.Id, isLong: false), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whom_no_rule_lets_in_is_told_so_and_leaves_nothing()
    {
        await using var served = new ServedHost(null, static options => options with { Access = [s_own with { MayConnect = false }] });

        TmemConnectionException refusal = Assert.Throws<TmemConnectionException>(served.Connect);

        Assert.Contains("its access rules do not let this user in", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(served.Host.Control.GetClients());
        await using var closed = new ServedHost(null, static options => options with { Access = [] });
        Assert.Throws<TmemConnectionException>(closed.Connect);
    }

    [Theory]
    [InlineData(2, 64)]
    [InlineData(1024, 2)]
    public async Task One_connection_too_many_is_told_so_and_may_come_when_another_has_gone(int most, int mostOfUser)
    {
        await using var served = new ServedHost(null, options => options with
        {
            MaxConnections = most,
            Access = [s_own with { MaxConnections = mostOfUser }],
        });
        TmemConnection first = served.Connect();
        using TmemConnection second = served.Connect();
        Assert.Contains("as many connections", Assert.Throws<TmemConnectionException>(served.Connect).Message, StringComparison.Ordinal);

        first.Dispose();
        await served.UntilConnectionsAre(1);
        served.Connect().Dispose();
    }

    [Fact]
    public async Task Control_is_for_those_who_may_and_the_own_list_for_everyone()
    {
        await using var served = new ServedHost(null, static options => options with { Access = [s_own] });
        using TmemConnection connection = served.Connect();
        using TmemConnection other = served.Connect();
        uint target = (uint)other.Id;
        string before = served.Host.Control.List(isLong: true);

        Assert.StartsWith("C=CI:", connection.Control.List((uint)connection.Id, isLong: true), StringComparison.Ordinal);
        Action[] attempts =
        [
            () => connection.Control.List(target, isLong: false),
            () => connection.Control.List(HypercallControl.AllClients, isLong: false),
            () => connection.Control.Freeze(target),
            () => connection.Control.Thaw(target),
            () => connection.Control.Destroy(target),
            () => connection.Control.SetWeight(target, 5),
            () => connection.Control.SetCap(target, 5),
            () => connection.Control.SetCompression(target, true),
            () => connection.Control.Authorize(target, new PoolUuid(1, 1), true),
            () => connection.Control.Flush(4096),
            () => connection.Control.QueryFreeableMebibytes(),
        ];
        Assert.All(attempts, static attempt => Assert.Throws<UnauthorizedAccessException>(attempt));

        Assert.Equal(before, served.Host.Control.List(isLong: true));
    }

    [Fact]
    public async Task An_operator_controls_all_clients()
    {
        await using var served = new ServedHost();
        using TmemConnection connection = served.Connect();
        using TmemConnection other = served.Connect();
        using IPersistentPool pool = other.CreatePersistentPool();
        RemoteControl control = connection.Control;
        uint target = (uint)other.Id;

        control.SetWeight(target, 7);
        control.SetCap(target, 3);
        control.SetCompression(target, true);
        control.Freeze(HypercallControl.AllClients);
        Assert.Contains($"C=CI:{target},ww:7,ca:3,co:1,fr:1,", control.List(target, isLong: false), StringComparison.Ordinal);
        Assert.Equal(PutResult.Frozen, pool.Put(1, 1, _buffer));
        control.Thaw(target);
        Assert.Equal(PutResult.Stored, pool.Put(1, 1, _buffer));
        control.Authorize(target, new PoolUuid(8, 8), isGranted: true);
        Assert.Equal(JoinResult.Created, other.TryJoinSharedPool(new PoolUuid(8, 8), out _));
        Assert.InRange(control.QueryFreeableMebibytes(), 0, 16);
        Assert.InRange(control.Flush(64), 0, 16 << 10);
        Assert.StartsWith("G=", control.List(HypercallControl.AllClients, isLong: true), StringComparison.Ordinal);
        Assert.Contains("no client 999", Assert.Throws<InvalidOperationException>(() => control.Freeze(999)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => control.SetWeight(target, uint.MaxValue));

        control.Destroy(target);
        Assert.Equal(PutResult.Unavailable, pool.Put(1, 1, _buffer));
        Assert.Throws<InvalidOperationException>(other.CreatePersistentPool);
        Assert.Equal(0, served.Host.GetStatistics().Pages);
    }

    [Fact]
    public async Task Threads_share_a_connection_and_each_gets_its_own_answers()
    {
        await using var served = new ServedHost(new() { CapacityBytes = 32L << 20 });
        using TmemConnection connection = served.Connect();
        using IPersistentPool pool = connection.CreatePersistentPool();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Factory.StartNew(
            () =>
            {
                var buffer = new byte[16 * TmemPool.PageBytes];
                var results = new GetResult[16];
                for (uint i = 0; i < 300; i++)
                {
                    ulong seed = ((ulong)thread << 32) | i;
                    Assert.Equal(PutResult.Stored, pool.Put((ulong)thread, i, Pages.Of(seed)));
                    Assert.Equal(GetResult.Hit, pool.Get((ulong)thread, i, buffer.AsSpan(0, TmemPool.PageBytes)));
                    Assert.Equal(Pages.Of(seed), buffer[..TmemPool.PageBytes]);
                    if (i % 16 == 15)
                    {
                        PageHandle[] handles = [.. Enumerable.Range((int)i - 15, 16).Select(index => new PageHandle((ulong)thread, (uint)index))];
                        Assert.Equal(16, pool.GetMany(handles, buffer, results));
                        Assert.Equal(Pages.Of(seed - 15), buffer[..TmemPool.PageBytes]);
                        Assert.Equal(Pages.Of(seed), buffer[^TmemPool.PageBytes..]);
                    }
                }
            },
            TaskCreationOptions.LongRunning)));
        Assert.Equal(8 * 300, served.Host.GetStatistics().Pages);
    }

    [Fact]
    public async Task A_put_that_a_pool_is_destroyed_under_does_not_meet_the_next_one_with_its_id()
    {
        await using var served = new ServedHost();
        using TmemConnection connection = served.Connect();
        IPersistentPool gone = connection.CreatePersistentPool();
        var op = new byte[TmemOp.MaxSize];
        int opBytes = new PutPageOp { PoolId = gone.Id, Object = 1, Index = 1 }.Write(TmemConnection.Abi, op);
        var request = new byte[WireFrame.HeaderBytes + WireFrame.MaximumRequestBytes];
        int bytes = TmemConnection.Compose(request, op.AsSpan(0, opBytes), _buffer);

        // A thread that was held up between the composing and the sending.
        gone.Dispose();
        using IPersistentPool next = connection.CreatePersistentPool();
        Assert.Equal(gone.Id, next.Id);
        long turn = connection.Send(request.AsSpan(0, bytes), 1, (RemotePool)gone);

        Assert.Equal((long)PutResult.Unavailable, connection.TakeAnswer(turn, default, out _));
        Assert.Equal(GetResult.Empty, next.Get(1, 1, _buffer));
    }

    [Fact]
    public async Task When_the_server_stops_its_clients_are_told_and_its_socket_goes()
    {
        var served = new ServedHost();
        using TmemConnection connection = served.Connect();
        using IPersistentPool pool = connection.CreatePersistentPool();
        Assert.True(File.Exists(served.Options.SocketPath));

        await served.Server.DisposeAsync();

        Assert.Throws<TmemConnectionException>(() => pool.Put(1, 1, _buffer));
        Assert.Throws<TmemConnectionException>(() => pool.Get(1, 1, _buffer));
        Assert.Throws<TmemConnectionException>(connection.CreateRetainingPool);
        Assert.False(File.Exists(served.Options.SocketPath));
        Assert.Empty(served.Host.Control.GetClients());
        Assert.Contains("Nobody serves", Assert.Throws<TmemConnectionException>(served.Connect).Message, StringComparison.Ordinal);
        await served.DisposeAsync();
    }

    [Fact]
    public async Task A_disposed_connection_says_so()
    {
        await using var served = new ServedHost();
        TmemConnection connection = served.Connect();
        IRetainingPool pool = connection.CreateRetainingPool();
        connection.Dispose();
        connection.Dispose();
        Assert.Contains("disposed", Assert.Throws<TmemConnectionException>(() => pool.TryPut(1, 1, _buffer)).Message, StringComparison.Ordinal);
        pool.Dispose();
    }

    [Fact]
    public async Task A_socket_left_by_one_that_died_is_replaced_and_nothing_else()
    {
        await using var served = new ServedHost();
        await using var second = new TmemServer(served.Host, served.Options);
        Assert.Contains("serves at", Assert.Throws<IOException>(second.Start).Message, StringComparison.Ordinal);
        served.Connect().Dispose();

        string file = served.Options.SocketPath + ".file";
        await File.WriteAllTextAsync(file, "precious");
        await using var third = new TmemServer(served.Host, served.Options with { SocketPath = file });
        Assert.Throws<IOException>(third.Start);
        using (new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Throws<IOException>(third.Start);
        }

        Assert.Equal("precious", await File.ReadAllTextAsync(file));

        await using var homeless = new TmemServer(served.Host, served.Options with { SocketPath = served.Options.SocketPath + ".none/s" });
        Assert.Contains("there is no such folder", Assert.Throws<IOException>(homeless.Start).Message, StringComparison.Ordinal);

        string left = served.Options.SocketPath + ".left";
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // Disposing it removes the file that it was bound to, which is another by then.
            dead.Bind(new UnixDomainSocketEndPoint(left + ".first"));
            File.Move(left + ".first", left);
        }

        Assert.True(File.Exists(left));
        await using var fourth = new TmemServer(served.Host, served.Options with { SocketPath = left });
        fourth.Start();
        TmemConnection.Connect(left).Dispose();
        Assert.Throws<InvalidOperationException>(fourth.Start);
    }

    [Fact]
    public async Task The_socket_is_its_owners_alone_unless_it_is_to_be_others()
    {
        await using var served = new ServedHost();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(served.Options.SocketPath));
        const UnixFileMode Group = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        await using var open = new ServedHost(null, static options => options with { SocketMode = Group });
        Assert.Equal(Group, File.GetUnixFileMode(open.Options.SocketPath));
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        using var host = new TmemHost();
        TmemServerOptions[] wrong =
        [
            new() { SocketPath = "" },
            new() { SocketPath = "/" + new string('x', 107) },
            new() { MaxConnections = 0 },
            new() { MaxConnections = 65_536 },
            new() { Access = [new() { MaxConnections = 0 }] },
            new() { Access = [new() { SharedPools = [.. Enumerable.Range(0, 17).Select(static i => new PoolUuid((ulong)i, 1))] }] },
            new() { Access = [new() { SharedPools = [PoolUuid.Private] }] },
            new() { Access = [null!] },
            new() { PeerTimeout = TimeSpan.Zero },
            new() { PeerTimeout = TimeSpan.FromDays(30) },
        ];
        string[] names = ["SocketPath", "SocketPath", "MaxConnections", "MaxConnections", "MaxConnections", "SharedPools", "SharedPools", "Access", "PeerTimeout", "PeerTimeout"];
        Assert.All(wrong.Zip(names), pair => Assert.Equal(pair.Second, Assert.ThrowsAny<ArgumentException>(() => new TmemServer(host, pair.First)).ParamName));
    }
}
