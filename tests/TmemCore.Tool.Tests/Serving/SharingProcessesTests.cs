using System.Diagnostics;
using System.Globalization;
using TmemCore.MovePeer;
using Xunit;

namespace TmemCore.Tool.Tests.Serving;

/// <summary>Processes of users, a daemon that is one, and an operator at a shell: who may share a pool, and what is left of whom is killed.</summary>
public sealed class SharingProcessesTests : IDisposable
{
    private const int SharedPages = 300;
    private const int KeptPages = 500;
    private const string Uuid = "00000000-0000-0100-0000-000000000200";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _processes = [];

    private string SocketPath => Path.Combine(_folder.FullName, "tmem.sock");

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.Kill();
            process.Dispose();
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData("socket")]
    [InlineData("memory")]
    public async Task Two_processes_share_a_pool_a_third_may_not_and_who_is_killed_leaves_nothing(string way)
    {
        Process daemon = await ServeAsync();
        (Process first, string firstId) = await ConnectAsync(way);
        (Process second, string secondId) = await ConnectAsync(way);
        (Process third, _) = await ConnectAsync(way);
        foreach (string id in (string[])[firstId, secondId])
        {
            Assert.Equal(0, (await Tool.RunAsync("shared-auth", id, "--uuid", Uuid, "--auth", "1", "--socket", SocketPath)).ExitCode);
        }

        Assert.Equal("Created", await TellAsync(first, $"join {Uuid}"));
        Assert.Equal("Joined", await TellAsync(second, $"join {Uuid}"));
        Assert.Equal("NotAuthorized", await TellAsync(third, $"join {Uuid}"));
        Assert.Equal("put", await TellAsync(first, $"put {SharedPages}"));
        Assert.Equal("whole", await TellAsync(second, $"verify {SharedPages}"));
        Assert.Equal("kept", await TellAsync(first, $"keep {KeptPages}"));
        Assert.StartsWith($"{SharedPages + KeptPages} pages, {SharedPages} of them ephemeral", await TopAsync(), StringComparison.Ordinal);

        // What it shared is still another's; what it alone had is nobody's.
        first.Kill();
        await UntilTopSays($"{SharedPages} pages, {SharedPages} of them ephemeral");
        Assert.Equal("whole", await TellAsync(second, $"verify {SharedPages}"));
        second.Kill();
        await UntilTopSays("0 pages, 0 of them ephemeral");
        Assert.Equal(way == "memory" ? 1 : 0, ChannelsOf(daemon));
    }

    [Theory]
    [InlineData("socket")]
    [InlineData("memory")]
    public async Task A_process_whose_user_is_not_let_in_is_told_so(string way)
    {
        await ServeAsync("--config", _folder.Write("settings.json", """{ "access": [{ "connect": false }] }"""));
        Process process = StartPeer(way);
        Assert.Equal(
            $"The daemon at {SocketPath} turns this process away: its access rules do not let this user in.", await process.StandardOutput.ReadLineAsync());
        await process.WaitForExitAsync();
    }

    private static async Task<string?> TellAsync(Process peer, string words)
    {
        await peer.StandardInput.WriteLineAsync(words);
        return await peer.StandardOutput.ReadLineAsync();
    }

    /// <summary>Memory that a daemon shares with clients: one that has gone takes its own along.</summary>
    private static int ChannelsOf(Process daemon) =>
        File.ReadLines($"/proc/{daemon.Id}/maps").Count(static line => line.Contains("tmem-channel", StringComparison.Ordinal));

    private async Task<Process> ServeAsync(params string[] options)
    {
        Process daemon = ToolProcess.Start(["serve", "--socket", SocketPath, "--memory", "16MiB", "--quiet", .. options]);
        _processes.Add(daemon);
        Assert.NotNull(await daemon.StandardOutput.ReadLineAsync());
        return daemon;
    }

    private async Task<(Process Process, string Id)> ConnectAsync(string way)
    {
        Process process = StartPeer(way);
        string? id = await process.StandardOutput.ReadLineAsync();
        Assert.True(int.TryParse(id, CultureInfo.InvariantCulture, out _), id);
        Assert.Equal(way, await process.StandardOutput.ReadLineAsync());
        return (process, id);
    }

    private Process StartPeer(string way)
    {
        Process process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, ["exec", typeof(SharingPeer).Assembly.Location, "share", SocketPath, way])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        _processes.Add(process);
        return process;
    }

    private async Task<string> TopAsync() => (await Tool.RunAsync("top", "--count", "1", "--socket", SocketPath)).Output;

    private async Task UntilTopSays(string beginning)
    {
        using var limit = new CancellationTokenSource(s_limit);
        while (await TopAsync() is var said && !said.StartsWith(beginning, StringComparison.Ordinal))
        {
            Assert.False(limit.IsCancellationRequested, $"Still: {said}");
            await Task.Delay(10);
        }
    }
}
