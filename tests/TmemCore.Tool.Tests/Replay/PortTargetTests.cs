using TmemCore.Abi;
using TmemCore.Dispatch;
using TmemCore.Hypercalls;
using TmemCore.Tool.Replay;
using Xunit;

namespace TmemCore.Tool.Tests.Replay;

public sealed class PortTargetTests
{
    private const ulong PageFrame = 0x10;

    public static TheoryData<string, AbiWordSize> TracesAndWordSizes()
    {
        var data = new TheoryData<string, AbiWordSize>();
        foreach (string name in GoldenFiles.Names())
        {
            data.Add(name, AbiWordSize.Bits64);
            data.Add(name, AbiWordSize.Bits32);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(TracesAndWordSizes))]
    public void A_trace_gives_the_results_of_the_reference_byte_by_byte(string name, AbiWordSize wordSize)
    {
        using var trace = TraceFile.Open(GoldenFiles.PathOf(name));
        using var target = new PortTarget(trace.Header, shards: 1, wordSize);

        TraceReport report = new TraceReplay(trace, target).Run();

        Assert.True(report.IsPassed, string.Join('\n', report.FirstMismatches));
        Assert.True(trace.Header.Class == TraceClass.Quirk || report.Mismatches == 0, string.Join('\n', report.FirstMismatches));
        Assert.True(report.Operations > 0);
        Assert.Empty(target.Verify());
    }

    [Fact]
    public void A_recorded_session_replays_without_a_difference()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("recorded.txt", Record());
        Assert.Contains("putdata 0 ", File.ReadAllText(path), StringComparison.Ordinal);
        foreach (Func<TmemCore.Tool.Replay.TraceHeader, IReplayTarget> make in new Func<TmemCore.Tool.Replay.TraceHeader, IReplayTarget>[]
        {
            static header => new PortTarget(header, shards: 1),
            static header => new PortTarget(header, shards: 1, AbiWordSize.Bits32),
            static header => new EmbeddedTarget(header, shards: 1),
        })
        {
            using var trace = TraceFile.Open(path);
            using IReplayTarget target = make(trace.Header);
            TraceReport report = new TraceReplay(trace, target).Run();
            Assert.True(report.Mismatches == 0, string.Join('\n', report.FirstMismatches));
            Assert.True(report.Operations >= 20, $"{report.Operations} operations");
        }
    }

    [Theory]
    [InlineData("putdata 0 1 2 3 4 AAAA\t1\n", "base 64")]
    [InlineData("putdata 0 1 2 3 4 *\t1\n", "base 64")]
    [InlineData("putdata\t1\n", "base 64")]
    public void A_page_that_is_none_is_told(string line, string word)
    {
        using var folder = new TemporaryFolder();
        string header = new TmemCore.Hypercalls.TraceHeader().ToString();
        using var trace = TraceFile.Open(folder.Write("t.txt", header + "\n" + line));
        var error = Assert.Throws<InvalidDataException>(() => trace.ReadOperations().Count());
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_replays_through_the_port()
    {
        string file = GoldenFiles.PathOf("exact-faults-01.txt.gz");
        ToolOutcome direct = await Tool.RunAsync("replay", "--print", file);
        ToolOutcome bytes = await Tool.RunAsync("replay", "--print", "--port", "in-process", file);
        Assert.Equal(0, bytes.ExitCode);
        Assert.Equal(direct.Output, bytes.Output);
        ToolOutcome wrong = await Tool.RunAsync("replay", "--port", "moon", file);
        Assert.Equal(2, wrong.ExitCode);
    }

    /// <summary>Two clients with pages of every kind, a list, a save, grants and a death, recorded from a host of this process.</summary>
    private static string Record()
    {
        using var host = new TmemHost(new TmemHostOptions
        {
            Profile = TmemProfile.Xen,
            Shards = 1,
            CapacityBytes = 512L << 20,
            DataFrameLimit = 65_536,
            RequireSharedAuthorization = true,
        });
        var dispatcher = new TmemDispatcher(host);
        var memory = new GuestMemory();
        var frames = new byte[2 * TmemPool.PageBytes];
        using GuestRegistration registration = memory.Register(PageFrame, frames, GuestAccess.ReadWrite);
        using var output = new StringWriter();
        using (var recorder = new TraceRecorder(output, new TmemCore.Hypercalls.TraceHeader { NeedsAuthorization = true }))
        {
            HypercallClient[] clients =
            [
                .. new[] { 0, 5 }.Select(id => new HypercallClient(
                    new RecordingPort(new InProcessPort(dispatcher, id, memory), recorder, (ushort)id, memory))),
            ];
            var privileged = new InProcessPort(dispatcher, 0, memory, new InProcessPortOptions { IsPrivileged = true });
            var control = new HypercallControl(
                new RecordingPort(privileged, recorder, 0, memory), ControlInterface.Hypercall, HypercallBufferPool.Shared, memory);
            Use(clients, control, frames);
            Assert.Equal(0, dispatcher.RemoveDomain(5));
            recorder.ClientDied(5);
            Assert.Equal(0, recorder.UnrecordedCount);
        }

        return output.ToString();
    }

    private static void Use(HypercallClient[] clients, HypercallControl control, byte[] frames)
    {
        var random = new Random(7);
        foreach (HypercallClient client in clients)
        {
            Assert.Equal(0, client.NewPool(default, HypercallClient.PersistentPool));
            Assert.Equal(1, client.NewPool(default, HypercallClient.EphemeralPool));
            for (uint i = 0; i < 4; i++)
            {
                random.NextBytes(frames.AsSpan(0, TmemPool.PageBytes));
                Assert.Equal(1, client.Put((int)(i % 2), 1, i, PageFrame));
                Assert.Equal(1, client.Get((int)(i % 2), 1, i, PageFrame + 1));
            }

            Assert.Equal(-Errno.EFAULT, client.Put(0, 1, 9, 0x999));
        }

        Assert.Equal(1, control.Authorize(5, new PoolUuid(1, 2), isGranted: true));
        Assert.Equal(2, clients[1].NewPool(new PoolUuid(1, 2), HypercallClient.SharedPool));
        Assert.StartsWith("G=", control.List(HypercallControl.AllClients, isLong: true), StringComparison.Ordinal);
        control.Freeze(5);
        Assert.Equal(-Errno.EFROZEN, clients[1].Put(0, 2, 0, PageFrame));
        Assert.Equal(-Errno.EFROZEN, clients[1].FlushObject(0, 1));
        control.Thaw(5);
        Assert.Equal(1, clients[0].DestroyPool(1));
    }
}
