using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using TmemCore.Client;
using TmemCore.Tool.Commands;
using Xunit;

namespace TmemCore.Tool.Tests.Serving;

/// <summary>One daemon goes on with the store and the clients of another: processes, as an upgrade would start and kill them.</summary>
public sealed class TakeoverCommandTests : IDisposable
{
    private const uint PageCount = 600;

    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _daemons = [];
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    private string SocketPath => Path.Combine(_folder.FullName, "tmem.sock");

    public void Dispose()
    {
        foreach (Process daemon in _daemons)
        {
            daemon.Kill();
            daemon.Dispose();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task A_daemon_takes_over_from_another_and_its_clients_notice_nothing()
    {
        Process first = Start("serve", "--socket", SocketPath, "--memory", "16MiB");
        Assert.NotNull(await first.StandardOutput.ReadLineAsync());
        using var connection = TmemConnection.Connect(SocketPath);
        IPersistentPool pool = Fill(connection);

        Process second = Start("serve", "--socket", SocketPath, "--take-over", "--memory", "12MiB", "--compression", "zstd");
        Assert.Equal(
            $"Serving 12 MiB at {SocketPath}, 1,024 connections at most, pages made smaller (Zstandard).",
            await second.StandardOutput.ReadLineAsync());
        await first.WaitForExitAsync();
        Assert.Equal(0, first.ExitCode);
        RequirePages(pool);

        ToolOutcome list = await Tool.RunAsync("list", "--long", $"{connection.Id}", "--socket", SocketPath);
        Assert.StartsWith($"C=CI:{connection.Id},", list.Output, StringComparison.Ordinal);
        using (var another = TmemConnection.Connect(SocketPath))
        {
            Assert.NotEqual(connection.Id, another.Id);
        }

        Assert.Equal(0, await Signal(second, "TERM"));
        Assert.False(File.Exists(SocketPath));
        Assert.Equal([SocketPath + ".lock"], Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Fact]
    public async Task A_successor_has_the_same_memory_copies_none_of_it_and_takes_less_than_64_mebibytes_beside_it()
    {
        const int Batch = 1024;
        const int Batches = 64;
        Process first = Start("serve", "--socket", SocketPath, "--memory", "320MiB", "--no-governor");
        Assert.NotNull(await first.StandardOutput.ReadLineAsync());
        using var connection = TmemConnection.Connect(SocketPath);
        using IPersistentPool pool = connection.CreatePersistentPool();
        var pages = new byte[Batch * TmemPool.PageBytes];
        for (uint batch = 0; batch < Batches; batch++)
        {
            new Random((int)batch).NextBytes(pages);
            Assert.Equal(Batch, pool.PutMany(HandlesOf(batch, Batch), pages, new PutResult[Batch]));
        }

        string store = await StoreOf(first);
        Process second = Start("serve", "--socket", SocketPath, "--take-over", "--memory", "320MiB", "--no-governor");
        Assert.NotNull(await second.StandardOutput.ReadLineAsync());
        long anonymous = AnonymousBytesOf(second);
        await first.WaitForExitAsync();
        var found = new byte[pages.Length];
        for (uint batch = 0; batch < Batches; batch++)
        {
            new Random((int)batch).NextBytes(pages);
            Assert.Equal(Batch, pool.GetMany(HandlesOf(batch, Batch), found, new GetResult[Batch]));
            Assert.True(pages.AsSpan().SequenceEqual(found));
        }

        // The store alone is four times as large, wherever a copy would lie.
        Assert.InRange(anonymous, 1, (64 << 20) - 1);
        Assert.InRange(AnonymousBytesOf(second), 1, (64 << 20) - 1);
        Assert.Equal(store, await StoreOf(second));
        Assert.Equal(0, await Signal(second, "TERM"));
    }

    [Fact]
    public async Task On_a_hang_up_signal_a_daemon_is_followed_by_what_is_installed_now()
    {
        Process first = Start("serve", "--socket", SocketPath, "--memory", "16MiB");
        string? announcement = await first.StandardOutput.ReadLineAsync();
        using var connection = TmemConnection.Connect(SocketPath);
        IPersistentPool pool = Fill(connection);

        Assert.Equal(0, await Signal(first, "HUP"));
        RequirePages(pool);
        string told = "";
        while (!told.StartsWith("Serving", StringComparison.Ordinal))
        {
            told = (await first.StandardOutput.ReadLineAsync())!;
        }

        Assert.Equal(announcement, told);
        int successor = await FollowerOf(first);
        using var process = Process.GetProcessById(successor);
        RequirePages(pool);
        Assert.Equal(0, await Signal(process, "TERM", isChild: false));
    }

    [Fact]
    public async Task A_service_manager_is_told_who_follows_and_that_it_is_alive()
    {
        const int WatchdogMicroseconds = 200_000;
        const string MainProcess = "MAINPID=";
        string notify = Path.Combine(_folder.FullName, "notify");
        using var told = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        told.Bind(new UnixDomainSocketEndPoint(notify));
        told.ReceiveTimeout = 60_000;
        var word = new byte[4096];
        string Next() => Encoding.ASCII.GetString(word, 0, told.Receive(word));
        void AwaitWord(string wanted)
        {
            while (!Next().StartsWith(wanted, StringComparison.Ordinal))
            {
            }
        }

        // A service manager reads all the time: where nobody does, what the kernel holds for it is full after ten words, and who tells it waits.
        int? MainProcessToldUntil(Task<int> end)
        {
            string? last = null;
            while (!end.IsCompleted || told.Available > 0)
            {
                if (told.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead) && Next() is var text && text.StartsWith(MainProcess, StringComparison.Ordinal))
                {
                    last = text[MainProcess.Length..];
                }
            }

            return last is null ? null : int.Parse(last, System.Globalization.CultureInfo.InvariantCulture);
        }

        // A service manager names the process whose signs of life it wants.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "export WATCHDOG_PID=$$; exec \"$@\"", "sh", .. CommandLine("serve", "--socket", SocketPath, "--memory", "4MiB")])
        {
            Environment = { ["NOTIFY_SOCKET"] = notify, ["WATCHDOG_USEC"] = $"{WatchdogMicroseconds}" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process first = Process.Start(start)!;
        _daemons.Add(first);
        Assert.NotNull(await first.StandardOutput.ReadLineAsync());
        AwaitWord("READY=1");
        AwaitWord("WATCHDOG=1");

        Task<int> end = Signal(first, "HUP");
        using var successor = Process.GetProcessById(MainProcessToldUntil(end)!.Value);
        Assert.Equal(0, await end);

        // The first has ended, and its words are read, so that this is the successor's.
        AwaitWord("WATCHDOG=1");
        end = Signal(successor, "HUP", isChild: false);
        using var third = Process.GetProcessById(MainProcessToldUntil(end)!.Value);
        end = Signal(third, "TERM", isChild: false);
        Assert.Null(MainProcessToldUntil(end));
        Assert.Equal(0, await end);
    }

    [Fact]
    public async Task Where_nobody_serves_there_is_nothing_to_take_over()
    {
        Process daemon = Start("serve", "--socket", SocketPath, "--take-over");
        await daemon.WaitForExitAsync();
        Assert.Equal(2, daemon.ExitCode);
        Assert.Contains($"Nobody offers a host at {SocketPath}.takeover", await daemon.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_that_may_not_be_taken_over_is_not()
    {
        Process first = Start("serve", "--socket", SocketPath, "--memory", "4MiB", "--takeover", "false");
        Assert.NotNull(await first.StandardOutput.ReadLineAsync());
        Process second = Start("serve", "--socket", SocketPath, "--take-over");
        await second.WaitForExitAsync();
        Assert.Equal(2, second.ExitCode);
        using var connection = TmemConnection.Connect(SocketPath);
        Assert.Equal(0, await Signal(first, "TERM"));
    }

    [Fact]
    public async Task What_takes_over_can_be_taken_over_itself_or_does_not_begin()
    {
        Process daemon = Start("serve", "--socket", SocketPath, "--take-over", "--takeover", "false");
        await daemon.WaitForExitAsync();
        Assert.Equal(2, daemon.ExitCode);
        Assert.Contains("--take-over needs settings that let the next daemon take over", await daemon.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_successor_killed_at_any_moment_leaves_one_daemon_with_everything_or_has_it_itself()
    {
        const int Rounds = 6;
        const int MostMilliseconds = 600;
        var random = new Random(5);
        Process serving = Start("serve", "--socket", SocketPath, "--memory", "16MiB");
        Assert.NotNull(await serving.StandardOutput.ReadLineAsync());
        var connection = TmemConnection.Connect(SocketPath);
        IPersistentPool pool = Fill(connection);
        for (int round = 0; round < Rounds * Stress; round++)
        {
            Process successor = Start("serve", "--socket", SocketPath, "--take-over");
            await Task.Delay(random.Next(MostMilliseconds));
            successor.Kill();
            await successor.WaitForExitAsync();
            try
            {
                RequirePages(pool);
            }
            catch (TmemConnectionException)
            {
                // It had taken over: the other has ended in order, and all is gone with the one that was killed.
                await serving.WaitForExitAsync();
                Assert.Equal(0, serving.ExitCode);
                connection.Dispose();
                serving = Start("serve", "--socket", SocketPath, "--memory", "16MiB");
                Assert.NotNull(await serving.StandardOutput.ReadLineAsync());
                connection = TmemConnection.Connect(SocketPath);
                pool = Fill(connection);
            }
        }

        connection.Dispose();
        Assert.Equal(0, await Signal(serving, "TERM"));
    }

    private static int Stress => int.TryParse(Environment.GetEnvironmentVariable("TMEM_STRESS"), out int factor) ? Math.Max(factor, 1) : 1;

    private IPersistentPool Fill(TmemConnection connection)
    {
        IPersistentPool pool = connection.CreatePersistentPool();
        for (uint i = 0; i < PageCount; i++)
        {
            Assert.Equal(PutResult.Stored, pool.Put(1, i, Page(i)));
        }

        return pool;
    }

    private void RequirePages(IPersistentPool pool)
    {
        for (uint i = 0; i < PageCount; i++)
        {
            Assert.Equal(GetResult.Hit, pool.Get(1, i, _buffer));
            Assert.Equal(Page(i), _buffer);
        }
    }

    private static PageHandle[] HandlesOf(uint batch, int count) => [.. Enumerable.Range(0, count).Select(i => new PageHandle(batch, (uint)i))];

    /// <summary>Which memory file a daemon has, and how many blocks the system has given to it.</summary>
    private static async Task<string> StoreOf(Process daemon)
    {
        string file = Directory.EnumerateFileSystemEntries($"/proc/{daemon.Id}/fd").First(
            static entry => new FileInfo(entry).LinkTarget is string target && target.StartsWith("/memfd:tmem ", StringComparison.Ordinal));
        using Process stat = Process.Start(new ProcessStartInfo("stat", ["-L", "-c", "%d:%i %b", file]) { RedirectStandardOutput = true })!;
        return await stat.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Memory of a process that lies in no file.</summary>
    private static long AnonymousBytesOf(Process process)
    {
        const string Field = "Anonymous:";
        string line = File.ReadLines($"/proc/{process.Id}/smaps_rollup").First(static line => line.StartsWith(Field, StringComparison.Ordinal));
        return long.Parse(line[Field.Length..^"kB".Length], System.Globalization.CultureInfo.InvariantCulture) << 10;
    }

    private static byte[] Page(uint seed)
    {
        var page = new byte[TmemPool.PageBytes];
        new Random((int)seed).NextBytes(page.AsSpan(0, page.Length / 2));
        return page;
    }

    /// <summary>The process that a daemon says has taken over.</summary>
    private static async Task<int> FollowerOf(Process daemon)
    {
        const string Begin = "Process ";
        while (await daemon.StandardError.ReadLineAsync() is string line)
        {
            if (line.EndsWith("has taken over.", StringComparison.Ordinal))
            {
                return int.Parse(line[Begin.Length..].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException("Nobody has taken over.");
    }

    private static async Task<int> Signal(Process process, string signal, bool isChild = true)
    {
        using (Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync();
        return isChild ? process.ExitCode : 0;
    }

    private Process Start(params string[] args)
    {
        string[] words = CommandLine(args);
        Process daemon = Process.Start(new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _daemons.Add(daemon);
        return daemon;
    }

    private static string[] CommandLine(params string[] args) => [Environment.ProcessPath!, "exec", typeof(TmemCommand).Assembly.Location, .. args];
}
