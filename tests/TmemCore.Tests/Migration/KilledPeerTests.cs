using System.Diagnostics;
using System.Net.Sockets;
using TmemCore.Migration;
using TmemCore.MovePeer;
using Xunit;

namespace TmemCore.Tests.Migration;

/// <summary>The other side is a process, which is killed at any point of the move. More often with TMEM_STRESS in the environment.</summary>
public sealed class KilledPeerTests
{
    private const int PageCount = 3000;

    private static readonly int s_rounds = 6 * Hosts.Stress;

    [Fact]
    public async Task A_target_that_is_killed_leaves_the_client_here_or_in_doubt_and_whole()
    {
        var random = new Random(7);
        for (int round = 0; round < s_rounds; round++)
        {
            using var host = new TmemHost(Hosts.Small with { CapacityBytes = 64 * Hosts.Mebibyte });
            TmemClient client = host.CreateClient();
            PersistentPool pool = client.CreatePersistentPool();
            Assert.True(NumberedPages.Put(pool, PageCount));
            using Peer peer = await Peer.StartAsync("receive");

            Exception? e = await Record.ExceptionAsync(() => ClientMigration.SendAsync(client, peer.Pipe, progress: Killer.Draw(peer, random)));

            MigrationOutcome outcome = e is null ? MigrationOutcome.TargetRuns : Assert.IsType<MigrationException>(e).Outcome;
            if (outcome == MigrationOutcome.TargetRuns)
            {
                Assert.Throws<ObjectDisposedException>(() => client.GetStatistics());
                continue;
            }

            if (outcome == MigrationOutcome.InDoubt)
            {
                Assert.Equal(GetResult.Unavailable, pool.Get(0, 0, new byte[TmemPool.PageBytes]));
                host.Control.Settle(client, isHere: true);
            }

            Assert.True(NumberedPages.AreIn(pool, PageCount));
            Assert.Empty(host.Verify());
        }
    }

    [Fact]
    public async Task A_source_that_is_killed_leaves_all_of_the_client_here_or_nothing()
    {
        var random = new Random(8);
        for (int round = 0; round < s_rounds; round++)
        {
            using var host = new TmemHost(Hosts.Small with { CapacityBytes = 64 * Hosts.Mebibyte });
            using Peer peer = await Peer.StartAsync("send");
            TmemClient? client = null;

            Exception? e = await Record.ExceptionAsync(async () => client = await ClientMigration.ReceiveAsync(host, peer.Pipe, progress: Killer.Draw(peer, random)));

            if (client is null)
            {
                Assert.Equal(MigrationOutcome.SourceRuns, Assert.IsType<MigrationException>(e).Outcome);
                Assert.Equal((0, 0), (host.GetStatistics().Pages, host.GetStatistics().Objects));
                Assert.False(host.TryGetClient(0, out _));
            }
            else
            {
                Assert.True(client.TryGetPool(0, out TmemPool? pool));
                Assert.True(NumberedPages.AreIn((PersistentPool)pool, PageCount));
            }

            Assert.Empty(host.Verify());
        }
    }

    [Fact]
    public async Task A_client_moves_to_another_process_and_back()
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 64 * Hosts.Mebibyte });
        using (Peer source = await Peer.StartAsync("send"))
        {
            TmemClient client = await ClientMigration.ReceiveAsync(host, source.Pipe);
            Assert.Equal("gone", await source.Says.ReadLineAsync());
            using Peer target = await Peer.StartAsync("receive");
            await ClientMigration.SendAsync(client, target.Pipe);
            Assert.Equal("whole", await target.Says.ReadLineAsync());
        }

        Assert.Equal(0, host.GetStatistics().Pages);
    }

    /// <summary>Kills when so many pages have passed, or somewhat later.</summary>
    private sealed class Killer(Peer peer, long pages, int later) : IProgress<MigrationProgress>
    {
        private bool _isDone;

        /// <summary>At any time; in the end, where the sides agree, more often than elsewhere.</summary>
        public static Killer Draw(Peer peer, Random random) => random.Next(3) == 0
            ? new Killer(peer, random.Next(PageCount), 0)
            : new Killer(peer, PageCount, 1 << random.Next(10, 24));

        public void Report(MigrationProgress value)
        {
            if (value.Pages >= pages && !_isDone)
            {
                _isDone = true;
                peer.Kill(later);
            }
        }
    }

    /// <summary>The other process, connected.</summary>
    private sealed class Peer : IDisposable
    {
        private readonly Process _process;
        private readonly Socket _socket;
        private Task _killing = Task.CompletedTask;

        private Peer(Process process, Socket socket)
        {
            _process = process;
            _socket = socket;
            Pipe = new SocketPipe(socket);
        }

        public SocketPipe Pipe { get; }

        public StreamReader Says => _process.StandardOutput;

        public static async Task<Peer> StartAsync(string side)
        {
            string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen();
            string program = typeof(NumberedPages).Assembly.Location;
            var start = new ProcessStartInfo(Environment.ProcessPath!, ["exec", program, side, path, $"{PageCount}"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            Process process = Process.Start(start)!;
            Socket socket = await listener.AcceptAsync();
            File.Delete(path);
            return new Peer(process, socket);
        }

        /// <summary>Kills it, at once or beside what goes on here.</summary>
        public void Kill(int later)
        {
            if (later == 0)
            {
                Kill();
            }
            else
            {
                _killing = Task.Run(() =>
                {
                    Thread.SpinWait(later);
                    Kill();
                });
            }
        }

        public void Dispose()
        {
            _killing.Wait();
            Kill();
            _process.Dispose();
            _socket.Dispose();
        }

        private void Kill()
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }
}
