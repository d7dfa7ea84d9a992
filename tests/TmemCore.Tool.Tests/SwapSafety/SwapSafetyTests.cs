using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using TmemCore.Tool.Commands;
using Xunit;

namespace TmemCore.Tool.Tests.SwapSafety;

/// <summary>What the daemon asks of the system, as the system has it then, and what is said where it refuses.</summary>
[SupportedOSPlatform("linux")]
public sealed class SwapSafetyTests
{
    private const int LockCapability = 14;
    private const int ResourceCapability = 24;

    /// <summary>PF_MEMALLOC_NOIO of Linux, which the mark of an I/O flusher sets in a thread's flags.</summary>
    private const ulong NoIoFlag = 0x80000;

    [Theory]
    [InlineData("--lock-process", "Denied all memory of the process locked: the limit of locked memory, RLIMIT_MEMLOCK, is 65,536 bytes; the process has ")]
    [InlineData("--lock-memory", "the process may lock 65,536 bytes, RLIMIT_MEMLOCK. Raise the limit")]
    public async Task A_limit_of_locked_memory_that_is_too_small_is_told_with_both_numbers(string option, string message)
    {
        using var folder = new TemporaryFolder();
        string socket = Path.Combine(folder.FullName, "s");
        string[] command = ["prlimit", "--memlock=65536:65536", .. Serve(socket, option)];
        if (Has(LockCapability))
        {
            // Whoever has the capability has no limit.
            command = ["setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock", .. command];
        }

        using Process daemon = Start(command);
        string errors = await daemon.StandardError.ReadToEndAsync();
        await daemon.WaitForExitAsync();
        Assert.Contains(message, errors, StringComparison.Ordinal);
        Assert.Matches(@"\d{1,3}(,\d{3}){2,} bytes of addresses", errors);
        Assert.Equal(2, daemon.ExitCode);
        Assert.False(File.Exists(socket));
    }

    [Fact]
    public async Task What_the_log_says_was_got_is_what_the_system_has()
    {
        using var folder = new TemporaryFolder();
        using Process daemon = Start(Serve(
            Path.Combine(folder.FullName, "s"), "--out-of-memory-score", "700", "--managed-heap", "300MiB", "--prefault", "--lock-process"));
        if (!Has(LockCapability) && await daemon.StandardOutput.ReadLineAsync() is null)
        {
            Assert.Contains("Denied all memory of the process locked", await daemon.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
            return;
        }

        Assert.Equal("Got an out-of-memory score of 700.", await daemon.StandardError.ReadLineAsync());
        Assert.Equal("Got a managed heap of 300 MiB at most.", await daemon.StandardError.ReadLineAsync());
        Assert.Equal("Got all memory of the process locked.", await daemon.StandardError.ReadLineAsync());
        Assert.Matches(@"^Got (32|3[01]\.\d) MiB of memory for the store\.$", await daemon.StandardError.ReadLineAsync());
        Assert.NotNull(await daemon.StandardOutput.ReadLineAsync());
        Assert.Equal("700", (await File.ReadAllTextAsync($"/proc/{daemon.Id}/oom_score_adj")).Trim());
        Assert.True(StatusOf(daemon, "VmLck:") >= 32 << 10, "The store is not locked.");
        Assert.True(StatusOf(daemon, "VmRSS:") >= 30 << 10, "The store does not have its memory.");
        daemon.Kill();
        await daemon.WaitForExitAsync();
    }

    [Fact]
    public async Task Every_thread_that_serves_bears_the_marks_of_an_io_flusher_or_the_daemon_does_not_start()
    {
        using var folder = new TemporaryFolder();
        using Process daemon = Start(Serve(Path.Combine(folder.FullName, "s"), "--io-flusher"));
        if (!Has(ResourceCapability))
        {
            string errors = await daemon.StandardError.ReadToEndAsync();
            await daemon.WaitForExitAsync();
            Assert.Contains("Denied the marks of an I/O flusher: Operation not permitted. It wants CAP_SYS_RESOURCE", errors, StringComparison.Ordinal);
            Assert.Equal(2, daemon.ExitCode);
            return;
        }

        Assert.NotNull(await daemon.StandardOutput.ReadLineAsync());
        string[] serving = [.. Directory.GetDirectories($"/proc/{daemon.Id}/task").Where(static task =>
            File.ReadAllText(task + "/comm").Trim() is ".NET TP Worker" or ".NET Sockets")];
        Assert.NotEmpty(serving);
        Assert.All(serving, static task => Assert.NotEqual(0UL, FlagsOf(task) & NoIoFlag));
        daemon.Kill();
        await daemon.WaitForExitAsync();
    }

    [Fact]
    public async Task A_score_that_only_root_may_have_is_denied_to_others_with_what_would_change_that()
    {
        if (Has(ResourceCapability))
        {
            return;
        }

        using var folder = new TemporaryFolder();
        using Process daemon = Start(Serve(Path.Combine(folder.FullName, "s"), "--swap-safe", "--lock-process", "false", "--lock-memory", "false"));
        string errors = await daemon.StandardError.ReadToEndAsync();
        await daemon.WaitForExitAsync();
        Assert.Equal(2, daemon.ExitCode);
        Assert.Contains("Denied an out-of-memory score of -1000: ", errors, StringComparison.Ordinal);
        Assert.Contains("OOMScoreAdjust= in the unit", errors, StringComparison.Ordinal);
        Assert.Contains("Got a managed heap of 576 MiB at most.", errors, StringComparison.Ordinal);
        Assert.Contains("tmem serve: the system denied an out-of-memory score of -1000, the marks of an I/O flusher; see above.", errors, StringComparison.Ordinal);
    }

    private static string[] Serve(string socket, params string[] options) =>
        [Environment.ProcessPath!, "exec", typeof(TmemCommand).Assembly.Location, "serve", "--memory", "32MiB", "--quiet", "--socket", socket, .. options];

    private static bool Has(int capability) => (ulong.Parse(
        File.ReadLines("/proc/self/status").First(static line => line.StartsWith("CapEff:", StringComparison.Ordinal)).Split('\t')[1],
        NumberStyles.HexNumber,
        CultureInfo.InvariantCulture) >> capability & 1) != 0;

    private static long StatusOf(Process process, string field) => long.Parse(
        File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..].Trim().Split(' ')[0],
        CultureInfo.InvariantCulture);

    /// <summary>The seventh field behind the name in brackets, see proc(5).</summary>
    private static ulong FlagsOf(string task)
    {
        string stat = File.ReadAllText(task + "/stat");
        return ulong.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[6], CultureInfo.InvariantCulture);
    }

    private static Process Start(string[] command) => Process.Start(new ProcessStartInfo(command[0], command[1..])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
