using System.Collections;
using System.Net.Sockets;
using TmemCore.Client;
using Xunit;

namespace TmemCore.Server.Tests;

/// <summary>What may go wrong around a connection, and when a server ends: it goes on, and ends once.</summary>
[Collection(nameof(Alone))]
public sealed class ServerLifeTests
{
    [Fact]
    public async Task A_client_that_is_ended_while_it_is_let_in_keeps_nobody_else_out()
    {
        var pools = new EndsClients();
        await using var served = new ServedHost(null, options => options with
        {
            Access = [new() { UserId = ServedHost.UserId, SharedPools = pools }],
        });
        pools.Host = served.Host;
        using (TmemConnection ended = served.Connect())
        {
            Assert.Throws<InvalidOperationException>(ended.CreatePersistentPool);
        }

        pools.Host = null;
        using TmemConnection next = served.Connect();
        using IPersistentPool pool = next.CreatePersistentPool();
    }

    [Fact]
    public async Task A_log_that_fails_keeps_nobody_out_and_no_client_alive()
    {
        await using var served = new ServedHost(null, static options => options with
        {
            Log = static _ => throw new IOException("The disk is full."),
            MaxConnections = 1,
        });
        for (int i = 0; i < 3; i++)
        {
            using (TmemConnection connection = served.Connect())
            {
                Assert.Throws<TmemConnectionException>(served.Connect);
            }

            await served.UntilConnectionsAre(0);
        }

        Assert.Empty(served.Host.Control.GetClients());
    }

    [Fact]
    public async Task A_server_that_ends_leaves_the_socket_of_the_one_after_it()
    {
        TmemServer? successor = null;
        var served = new ServedHost(null);
        await using var first = new TmemServer(served.Host, served.Options with
        {
            SocketPath = served.Options.SocketPath + ".handed-over",
            Log = sentence =>
            {
                if (sentence.EndsWith("the server stops.", StringComparison.Ordinal))
                {
                    successor!.Start();
                }
            },
        });
        first.Start();
        string path = served.Options.SocketPath + ".handed-over";
        await using var second = successor = new TmemServer(served.Host, served.Options with { SocketPath = path });
        using TmemConnection connection = TmemConnection.Connect(path);

        await first.DisposeAsync();

        TmemConnection.Connect(path).Dispose();
        await second.DisposeAsync();
        Assert.False(File.Exists(path));
        await served.DisposeAsync();
    }

    [Fact]
    public async Task A_server_ends_once_and_starts_no_more()
    {
        await using var served = new ServedHost();
        using TmemConnection connection = served.Connect();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await served.Server.DisposeAsync();
            Assert.Empty(served.Host.Control.GetClients());
            Assert.Contains(served.Log, static line => line.EndsWith("the server stops.", StringComparison.Ordinal));
        })));
        Assert.Throws<ObjectDisposedException>(served.Server.Start);

        var never = new TmemServer(served.Host, served.Options);
        await never.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(never.Start);
        Assert.False(File.Exists(served.Options.SocketPath));
    }

    [Fact]
    public async Task Of_servers_that_start_at_once_where_one_has_died_one_serves_and_can_be_reached()
    {
        const int Servers = 6;
        await using var served = new ServedHost();
        for (int round = 0; round < 25; round++)
        {
            string path = $"{served.Options.SocketPath}.{round}";
            using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            {
                dead.Bind(new UnixDomainSocketEndPoint(path + ".first"));
                File.Move(path + ".first", path);
            }

            using var barrier = new Barrier(Servers);
            TmemServer[] servers = [.. Enumerable.Range(0, Servers).Select(_ => new TmemServer(served.Host, served.Options with { SocketPath = path }))];
            bool[] started = await Task.WhenAll(servers.Select(server => Task.Factory.StartNew(
                () =>
                {
                    barrier.SignalAndWait();
                    return IsStarted(server);
                },
                TaskCreationOptions.LongRunning)));

            Assert.Single(started, static isStarted => isStarted);
            TmemConnection.Connect(path).Dispose();
            foreach (TmemServer server in servers.Where((_, i) => !started[i]))
            {
                await server.DisposeAsync();
            }

            TmemConnection.Connect(path).Dispose();
            await servers[Array.IndexOf(started, true)].DisposeAsync();
            Assert.False(File.Exists(path));
        }
    }

    private static bool IsStarted(TmemServer server)
    {
        try
        {
            server.Start();
            return true;
        }
        catch (IOException e)
        {
            Assert.Contains("serves at", e.Message, StringComparison.Ordinal);
            return false;
        }
    }

    /// <summary>Grants that end every client as they are read.</summary>
    private sealed class EndsClients : IReadOnlyList<PoolUuid>
    {
        public TmemHost? Host { get; set; }

        public int Count => 1;

        public PoolUuid this[int index] => new(1, 2);

        public IEnumerator<PoolUuid> GetEnumerator()
        {
            foreach (TmemClient client in Host?.Control.GetClients() ?? [])
            {
                client.Dispose();
            }

            yield return this[0];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
