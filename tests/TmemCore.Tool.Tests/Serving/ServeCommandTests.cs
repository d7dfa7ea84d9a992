using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using TmemCore.Client;
using TmemCore.Tool.Commands;
using Xunit;

namespace TmemCore.Tool.Tests.Serving;

/// <summary>The daemon as a process: started, used by another, controlled from a shell, stopped.</summary>
public sealed class ServeCommandTests
{
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Fact]
    public async Task A_daemon_serves_is_controlled_and_ends_in_order()
    {
        using var folder = new TemporaryFolder();
        string socket = Path.Combine(folder.FullName, "tmem.sock");
        using Process daemon = ToolProcess.Start("serve", "--socket", socket, "--memory", "8MiB", "--quiet");
        Assert.Equal($"Serving 8 MiB at {socket}, 1,024 connections at most, pages made smaller (Lz4).", await daemon.StandardOutput.ReadLineAsync());

        using (var connection = TmemConnection.Connect(socket))
        {
            using IPersistentPool pool = connection.CreatePersistentPool();
            Assert.Equal(PutResult.Stored, pool.Put(1, 2, _buffer));
            Assert.Equal((0, ""), OutcomeOf(await Tool.RunAsync("set", $"{connection.Id}", "--weight", "60", "--socket", socket)));
            Assert.Equal((0, ""), OutcomeOf(await Tool.RunAsync("freeze", "--all", "--socket", socket)));
            ToolOutcome list = await Tool.RunAsync("list", "--long", $"{connection.Id}", "--socket", socket);
            Assert.StartsWith($"C=CI:{connection.Id},ww:60,ca:0,co:1,fr:1,", list.Output, StringComparison.Ordinal);
            Assert.Equal(PutResult.Frozen, pool.Put(1, 3, _buffer));
            Assert.Equal(1, (await Tool.RunAsync("freeze", "999", "--socket", socket)).ExitCode);
            ToolOutcome top = await Tool.RunAsync("top", "--count", "1", "--socket", socket);
            Assert.StartsWith("1 pages, 0 of them ephemeral", top.Output, StringComparison.Ordinal);
        }

        Assert.Equal(0, await ToolProcess.TerminateAsync(daemon));
        Assert.False(File.Exists(socket));
        Assert.Equal("", await daemon.StandardError.ReadToEndAsync());
    }

    [Theory]
    [InlineData("--reserve", "64MiB", "64 MiB are to stay free")]
    [InlineData("--no-governor", null, "nothing moves the limit")]
    public async Task A_daemon_tells_how_far_it_may_go_and_why(string option, string? value, string why)
    {
        using var folder = new TemporaryFolder();
        string socket = Path.Combine(folder.FullName, "tmem.sock");
        string[] words = ["serve", "--socket", socket, "--memory", "8MiB", "--quiet", option, .. value is null ? Array.Empty<string>() : [value]];
        using Process daemon = ToolProcess.Start(words);
        Assert.NotNull(await daemon.StandardOutput.ReadLineAsync());

        ToolOutcome top = await Tool.RunAsync("top", "--count", "1", "--socket", socket);
        string line = Assert.Single(top.OutputLines, static line => line.StartsWith("holds ", StringComparison.Ordinal));
        Assert.Contains(why, line, StringComparison.Ordinal);
        Assert.Contains(why, (await Tool.RunAsync("list", "--all", "--format", "table", "--socket", socket)).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("holds", (await Tool.RunAsync("list", "--all", "--long", "--socket", socket)).Output, StringComparison.Ordinal);
        Assert.Equal(0, await ToolProcess.TerminateAsync(daemon));
    }

    [Fact]
    public async Task A_reserve_for_no_governor_is_refused()
    {
        ToolOutcome outcome = await Tool.RunAsync("serve", "--no-governor", "--reserve", "1GiB");
        Assert.Contains("Give --reserve or --no-governor, not both.", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(2, outcome.ExitCode);
    }

    [Fact]
    public async Task Every_command_of_control_reaches_the_daemon()
    {
        using var folder = new TemporaryFolder();
        string socket = Path.Combine(folder.FullName, "tmem.sock");
        using Process daemon = ToolProcess.Start("serve", "--socket", socket, "--memory", "8MiB", "--quiet");
        Assert.NotNull(await daemon.StandardOutput.ReadLineAsync());
        using var connection = TmemConnection.Connect(socket);
        using IEphemeralPool pool = connection.CreateEphemeralPool();
        for (uint i = 0; i < 500; i++)
        {
            pool.TryPut(1, i, NoiseOf(i));
        }

        string id = $"{connection.Id}";
        var uuid = new PoolUuid(2, 1);
        async Task<string> Do(params string[] words)
        {
            ToolOutcome outcome = await Tool.RunAsync([.. words, "--socket", socket]);
            Assert.Equal((0, ""), OutcomeOf(outcome));
            return outcome.Output.ReplaceLineEndings("\n");
        }

        Assert.InRange(int.Parse(await Do("freeable"), CultureInfo.InvariantCulture), 1, 8);
        Assert.Equal("1024\n", await Do("flush", "1024"));
        await Do("set", id, "--weight", "7", "--cap", "3", "--compress", "0");
        await Do("freeze", id);
        Assert.Contains($"C=CI:{id},ww:7,ca:3,co:0,fr:1,", await Do("list", id), StringComparison.Ordinal);
        await Do("thaw", id);
        Assert.Contains(",fr:0,", await Do("list", id), StringComparison.Ordinal);
        await Do("shared-auth", id, "--uuid", uuid.ToString(), "--auth", "1");
        Assert.Equal(JoinResult.Created, connection.TryJoinSharedPool(uuid, out _));
        await Do("shared-auth", id, "--uuid", uuid.ToString(), "--auth", "0");
        Assert.Equal(JoinResult.NotAuthorized, connection.TryJoinSharedPool(uuid, out _));
        await Do("destroy", id);
        Assert.False(pool.TryPut(1, 1, _buffer, out PutResult gone));
        Assert.Equal(PutResult.Unavailable, gone);
        Assert.Equal(0, await ToolProcess.TerminateAsync(daemon));
    }

    [Fact]
    public async Task Whoever_started_the_daemon_as_a_unit_is_told_when_it_is_ready_and_when_it_ends()
    {
        using var folder = new TemporaryFolder();
        string notify = Path.Combine(folder.FullName, "notify");
        using var told = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        told.Bind(new UnixDomainSocketEndPoint(notify));
        string socket = Path.Combine(folder.FullName, "tmem.sock");

        // As a unit's process has it: a parent of that name, and where to tell in its environment.
        string parent = Path.Combine(folder.FullName, "systemd");
        File.CreateSymbolicLink(parent, "/bin/sh");
        using Process unit = Process.Start(new ProcessStartInfo(
            parent,
            [
                "-c", "trap 'kill -TERM $daemon' TERM; \"$@\" & daemon=$!; wait $daemon; wait $daemon", "unit",
                Environment.ProcessPath!, "exec", typeof(TmemCommand).Assembly.Location, "serve", "--socket", socket, "--memory", "1MiB",
            ])
        {
            Environment = { ["NOTIFY_SOCKET"] = notify },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string Word()
        {
            // It is there by now, or never.
            var word = new byte[Math.Max(told.Available, 1)];
            return told.Available == 0 ? "" : Encoding.ASCII.GetString(word, 0, told.Receive(word));
        }

        Assert.NotNull(await unit.StandardOutput.ReadLineAsync());
        Assert.StartsWith("READY=1", Word(), StringComparison.Ordinal);
        TmemConnection.Connect(socket).Dispose();
        Assert.Equal(0, await ToolProcess.TerminateAsync(unit));
        Assert.StartsWith("STOPPING=1", Word(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_daemon_leaves_a_socket_that_the_next_one_takes()
    {
        using var folder = new TemporaryFolder();
        string socket = Path.Combine(folder.FullName, "tmem.sock");
        for (int i = 0; i < 2; i++)
        {
            using Process daemon = ToolProcess.Start("serve", "--socket", Path.GetRelativePath(Environment.CurrentDirectory, socket), "--memory", "1MiB");
            Assert.StartsWith($"Serving 1 MiB at {socket},", await daemon.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
            using var connection = TmemConnection.Connect(socket);
            daemon.Kill();
            await daemon.WaitForExitAsync();
            Assert.Throws<TmemConnectionException>(connection.CreatePersistentPool);
            Assert.True(File.Exists(socket));
        }
    }

    [Fact]
    public async Task A_look_that_is_broken_off_ends_in_order()
    {
        using var folder = new TemporaryFolder();
        using Process top = ToolProcess.Start("top", "--interval", "3600", "--script", folder.Write("a.txt", "# tmem-script 1\n"));
        Assert.StartsWith("0 pages", await top.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await ToolProcess.TerminateAsync(top));
    }

    [Fact]
    public async Task A_daemon_whose_list_is_none_is_told_in_a_sentence()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.FullName, "s");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Task answering = Task.Run(() =>
        {
            using Socket one = listener.Accept();
            byte[] greeting = [.. "tmem"u8, 1, 0, 0, 0, .. new byte[16], 0, 0x10, 0, 0, .. new byte[4]];
            one.Send(greeting);
            one.Receive(new byte[100]);
            one.Send([7, 0, 0, 0, .. new byte[12], .. "C=CI:x\n"u8]);
        });

        ToolOutcome outcome = await Tool.RunAsync("list", "--all", "--format", "table", "--socket", path);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("CI", Assert.Single(outcome.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        await answering;
    }

    private static byte[] NoiseOf(uint seed)
    {
        var page = new byte[TmemPool.PageBytes];
        new Random((int)seed).NextBytes(page);
        return page;
    }

    private static (int ExitCode, string Error) OutcomeOf(ToolOutcome outcome) => (outcome.ExitCode, outcome.Error);
}
