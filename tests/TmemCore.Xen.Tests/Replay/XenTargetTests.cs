using System.CommandLine;
using TmemCore.Dispatch;
using TmemCore.Hypercalls;
using TmemCore.Tests.Hypercalls;
using TmemCore.Tool.Commands;
using TmemCore.Tool.Replay;
using TmemCore.Tool.Terminal;
using TmemCore.Tool.Tests;
using TmemCore.Tool.Tests.Replay;
using Xunit;
using TraceHeader = TmemCore.Hypercalls.TraceHeader;

namespace TmemCore.Xen.Tests.Replay;

public sealed class XenTargetTests
{
    /// <summary>Traces that have answers which later releases changed, and the first tested that gives the later ones.</summary>
    private static readonly Dictionary<string, int> s_changes = new()
    {
        // Shared persistent pools are refused.
        ["Handwritten/pools.txt"] = 7,

        // What is asked of a client that is not there is answered with zeros.
        ["Handwritten/lifecycle.txt"] = 8,

        // Grants: for one client only, which may come into being by it, and always answered 1.
        ["Handwritten/authorization.txt"] = 12,
        ["exact-shared-auth-01.txt.gz"] = 12,
    };

    public static TheoryData<string, int> TracesAndReleases()
    {
        var data = new TheoryData<string, int>();
        foreach (string name in GoldenFiles.Names())
        {
            foreach (int minor in new[] { 5, 7, 8, 12 })
            {
                data.Add(name, minor);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(TracesAndReleases))]
    public void A_trace_gives_the_results_of_the_reference_through_the_device(string name, int minor)
    {
        using var trace = TraceFile.Open(GoldenFiles.PathOf(name));
        using var target = new DomainsTarget(trace.Header, minor, isAllocated: minor % 2 == 0);
        var replay = new TraceReplay(trace, target);
        if (minor >= 8 && HasOperationsWithoutCounterpart(name))
        {
            Assert.Throws<NotSupportedException>(() => replay.Run());
            return;
        }

        TraceReport report = replay.Run();

        string mismatches = string.Join('\n', report.FirstMismatches);
        if (s_changes.TryGetValue(name, out int since) && minor >= since)
        {
            Assert.NotEqual(0, report.Mismatches);
            return;
        }

        Assert.True(report.IsPassed, mismatches);
        Assert.True(trace.Header.Class == TraceClass.Quirk || report.Mismatches == 0, mismatches);
        Assert.True(report.Operations > 0);
        Assert.Empty(target.Verify());
    }

    private static bool HasOperationsWithoutCounterpart(string name)
    {
        using var trace = TraceFile.Open(GoldenFiles.PathOf(name));
        return trace.ReadOperations().Any(static op => op.Command == TraceCommand.Ctl && (op.Number(0) is 6 or 14 or 15));
    }

    [Fact]
    public void The_command_replays_on_the_hypervisor_file_after_file()
    {
        string path = GoldenFiles.PathOf("Handwritten/pages.txt");
        using var world = new SingleDomain();
        (int exit, string output, string error) = Run(world.Open, path, path);
        Assert.Equal(("", 0), (error, exit));
        Assert.Equal(2, output.Split("0 mismatches").Length - 1);
        world.Xen.AssertNothingIsHeld();
    }

    [Theory]
    [InlineData("client 3\t0\n", "calls as client 3")]
    [InlineData("killclient 0\t0\n", "client die")]
    [InlineData("newpool 0x0 0x0 0x01000001\t0\nctl 6 0 0 5 0\t0\n", "control operation 6")]
    public void What_a_hypervisor_cannot_replay_is_told(string lines, string words)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("t.txt", new TraceHeader() + "\n" + lines);
        using var world = new SingleDomain();
        (int exit, _, string error) = Run(world.Open, path);
        Assert.Equal(1, exit);
        Assert.Contains(words, error, StringComparison.Ordinal);
        world.Xen.AssertNothingIsHeld();
    }

    [Fact]
    public void Without_a_hypervisor_the_command_says_what_is_missing()
    {
        (int exit, _, string error) = Run(
            static () => throw XenUnavailableException.CannotOpen("/dev/xen/privcmd", -Errno.ENOENT),
            GoldenFiles.PathOf("Handwritten/pages.txt"));
        Assert.Equal(2, exit);
        Assert.Contains("modprobe xen-privcmd", error, StringComparison.Ordinal);
    }

    private static (int Exit, string Output, string Error) Run(Func<XenPort> open, params string[] files)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exit = new ReplayCommand(new ToolConsole(output, error, isInteractive: false), open)
            .Parse(["--port", "xen", .. files])
            .Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (exit, output.ToString(), error.ToString());
    }

    /// <summary>A control domain of Xen 4.12, over a host of this process.</summary>
    private sealed class SingleDomain : IDisposable
    {
        private readonly TmemHost _host = new(new TmemHostOptions { Profile = TmemProfile.Xen, CapacityBytes = 64 << 20 });

        public SingleDomain()
        {
            Xen = new FakeXen(new XenVersion(4, 12));
            Xen.ServeFrom(new TmemDispatcher(_host), domain: 0);
        }

        public FakeXen Xen { get; }

        public XenPort Open() => Xen.Open();

        public void Dispose() => _host.Dispose();
    }
}
