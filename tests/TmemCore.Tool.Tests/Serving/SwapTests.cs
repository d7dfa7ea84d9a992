using System.Diagnostics;
using System.Net.Sockets;
using TmemCore.Server.Tests.Nbd;
using TmemCore.Statistics;
using Xunit;

namespace TmemCore.Tool.Tests.Serving;

/// <summary>Machines with Linux that swap to a disk of a daemon: no page is ever another than it was, whoever is killed.</summary>
public sealed class SwapTests(SwapBoot boot) : IClassFixture<SwapBoot>, IDisposable
{
    private const int DiskMebibytes = 448;

    private readonly TemporaryFolder _folder = new();

    private readonly List<IDisposable> _parts = [];

    private int _daemons;

    private string SocketPath => Path.Combine(_folder.FullName, "tmem.sock");

    /// <summary>Where the latest daemon serves its disk: each has a place of its own, as the page about disks advises.</summary>
    private string DisksPath => Path.Combine(_folder.FullName, $"nbd{_daemons}.sock");

    public void Dispose()
    {
        foreach (IDisposable part in _parts)
        {
            if (part is Process { HasExited: false } daemon)
            {
                daemon.Kill();
                daemon.WaitForExit();
            }

            part.Dispose();
        }

        _folder.Dispose();
    }

    [SwapBootTheory]
    [InlineData("600MiB", false)]
    [InlineData("64MiB", true)]
    public async Task A_machine_finds_three_times_its_memory_as_it_left_it_and_frees_it(string memory, bool isSpilling)
    {
        const int Pages = 3 * SwapBoot.MemoryPages;
        Process daemon = await StartDaemon(memory, isSpilling);

        string console = await Swap(Pages, rounds: 2, "=== round 1, tenth 5", async () =>
        {
            TmemListPoolCounts middle = await CountsOfDisk();
            Assert.True(isSpilling ? middle.PutsRefused > 0 : middle.Pages > SwapBoot.MemoryPages);
        });

        Assert.Contains($"PAGES-OK {Pages}\n=== exit 0\n=== input/output errors 0\n=== swapoff 0\n", console, StringComparison.Ordinal);
        Assert.Contains("=== discard 0\n", console, StringComparison.Ordinal);
        Assert.DoesNotContain("PAGES-BAD", console, StringComparison.Ordinal);

        // Once for all of the disk before it is used, and then for what the program has left behind.
        string discarded = console.Split('\n').Single(static line => line.StartsWith("=== discarded sectors ", StringComparison.Ordinal));
        Assert.InRange(int.Parse(discarded.Split(' ')[^1]), (DiskMebibytes + SwapBoot.MemoryMebibytes) << 11, int.MaxValue);

        TmemListPoolCounts end = await CountsOfDisk();
        Assert.Equal(0, end.Pages);
        Assert.InRange(end.Puts, 2 * Pages, long.MaxValue);
        Assert.InRange(end.GetHits, isSpilling ? 1 : Pages, long.MaxValue);
        Assert.Equal(0, await ToolProcess.TerminateAsync(daemon));
        Assert.Equal([SocketPath + ".lock"], Directory.GetFileSystemEntries(_folder.FullName));
    }

    [SwapBootTheory]
    [InlineData("600MiB", false)]
    [InlineData("64MiB", true)]
    public async Task A_machine_goes_on_swapping_while_one_daemon_takes_over_from_another(string memory, bool isSpilling)
    {
        const int Pages = 3 * SwapBoot.MemoryPages;
        Process first = await StartDaemon(memory, isSpilling);
        Process? second = null;
        string console = await Swap(Pages, rounds: 2, "=== round 1, tenth 5", async () =>
        {
            second = await Start(memory, isSpilling, "--take-over");
            await first.WaitForExitAsync();
            Assert.Equal(0, first.ExitCode);
        });

        Assert.Contains($"PAGES-OK {Pages}\n=== exit 0\n=== input/output errors 0\n=== swapoff 0\n", console, StringComparison.Ordinal);
        Assert.DoesNotContain("PAGES-BAD", console, StringComparison.Ordinal);
        Assert.Equal(0, (await CountsOfDisk()).Pages);
        Assert.Equal(0, await ToolProcess.TerminateAsync(second!));
        Assert.Equal([SocketPath + ".lock"], Directory.GetFileSystemEntries(_folder.FullName));
    }

    [SwapBootTheory]
    [InlineData("=== round 0, tenth 10")]
    public async Task A_machine_notices_pages_that_are_not_what_it_left(string mark)
    {
        Process daemon = await StartDaemon("600MiB", isSpilling: false);
        var noise = new byte[8 << 20];
        new Random(1).NextBytes(noise);

        string console = await Swap(2 * SwapBoot.MemoryPages, rounds: 1, mark, () =>
        {
            using NbdPeer peer = NbdPeer.Enter(new UnixDomainSocketEndPoint(DisksPath), "swap");
            for (long offset = 0; offset < (long)DiskMebibytes << 20; offset += noise.Length)
            {
                peer.WriteDisk(offset, noise);
            }

            return Task.CompletedTask;
        });

        Assert.Contains("PAGES-BAD", console, StringComparison.Ordinal);
        Assert.Contains("=== exit 1\n=== input/output errors 0\n", console, StringComparison.Ordinal);
        Assert.Equal(0, await ToolProcess.TerminateAsync(daemon));
    }

    [SwapBootTheory]
    [InlineData(1)]
    public async Task Machines_that_are_killed_leave_their_pages_and_the_next_swaps_to_the_same_disk(int seed)
    {
        const int Pages = 2 * SwapBoot.MemoryPages;
        Process daemon = await StartDaemon("600MiB", isSpilling: false);
        var random = new Random(seed);
        for (int i = 0; i < 3; i++)
        {
            SwappingMachine machine = Boot(Pages, rounds: 0);
            await machine.ReadUntilAsync(AnyMark(random));
            machine.Kill();

            using NbdPeer peer = NbdPeer.Enter(new UnixDomainSocketEndPoint(DisksPath), "swap");
            Assert.Equal("SWAPSPACE2"u8.ToArray(), peer.ReadDisk(TmemPool.PageBytes - 10, 10));
            Assert.InRange((await CountsOfDisk()).Pages, 1, long.MaxValue);
        }

        string console = await Swap(Pages, rounds: 1, "=== round 1, tenth 1", static () => Task.CompletedTask);
        Assert.Contains($"PAGES-OK {Pages}\n=== exit 0\n=== input/output errors 0\n", console, StringComparison.Ordinal);
        Assert.Equal(0, (await CountsOfDisk()).Pages);
        Assert.Equal(0, await ToolProcess.TerminateAsync(daemon));
    }

    [SwapBootTheory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task A_daemon_that_is_killed_costs_a_machine_the_program_and_never_a_page_that_is_another(int seed, bool isSpilling)
    {
        string memory = isSpilling ? "64MiB" : "600MiB";
        var random = new Random(seed);
        Process daemon = await StartDaemon(memory, isSpilling);
        for (int i = 0; i < 3; i++)
        {
            string console = await Swap(2 * SwapBoot.MemoryPages, rounds: 0, AnyMark(random), async () =>
            {
                daemon.Kill();
                await daemon.WaitForExitAsync();
                daemon = await StartDaemon(memory, isSpilling);
            });

            // A page that cannot be read is SIGBUS; where none is to be read, and none can be written, memory is short: SIGKILL.
            Assert.Matches("=== signal (7|9)\n=== input/output errors [1-9]", console);
            Assert.DoesNotContain("PAGES-", console, StringComparison.Ordinal);
            Assert.Contains("=== end\n", console, StringComparison.Ordinal);
            Assert.Equal(0, (await CountsOfDisk()).Pages);
        }

        Assert.Equal(0, await ToolProcess.TerminateAsync(daemon));
        Assert.All(Directory.GetFileSystemEntries(_folder.FullName), static left => Assert.Matches("[.]sock([.]lock|[.]takeover)?$", left));
    }

    /// <summary>A moment in which a machine that never ends is filling its pages, or looking at them.</summary>
    private static string AnyMark(Random random) => $"=== round {random.Next(3)}, tenth {random.Next(1, 11)}";

    /// <summary>Has a machine swap, does something in the middle of it, and tells what the console has shown at the end.</summary>
    private async Task<string> Swap(int pages, int rounds, string mark, Func<Task> inTheMiddle)
    {
        SwappingMachine machine = Boot(pages, rounds);
        await machine.ReadUntilAsync(mark);
        await inTheMiddle();
        return await machine.ReadToEndAsync();
    }

    private SwappingMachine Boot(int pages, int rounds)
    {
        SwappingMachine machine = boot.Boot(DisksPath, pages, rounds);
        _parts.Add(machine);
        return machine;
    }

    private Task<Process> StartDaemon(string memory, bool isSpilling)
    {
        _daemons++;
        return Start(memory, isSpilling);
    }

    private async Task<Process> Start(string memory, bool isSpilling, params string[] more)
    {
        string disk = $"swap={DiskMebibytes}MiB{(isSpilling ? $",spill={_folder.FullName}" : "")}";
        string[] words = ["serve", "--quiet", "--socket", SocketPath, "--memory", memory, "--nbd-socket", DisksPath, "--disk", disk];
        Process daemon = ToolProcess.Start([.. words, .. more]);
        _parts.Add(daemon);
        Assert.StartsWith("Serving ", await daemon.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
        return daemon;
    }

    private async Task<TmemListPoolCounts> CountsOfDisk()
    {
        ToolOutcome list = await Tool.RunAsync("list", "--all", "--long", "--socket", SocketPath);
        Assert.Equal(0, list.ExitCode);
        return Assert.Single(TmemListReader.Parse(list.Output).Pools).Counts;
    }
}
