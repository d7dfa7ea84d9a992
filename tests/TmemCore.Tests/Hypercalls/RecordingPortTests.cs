using System.Buffers.Binary;
using System.Text;
using TmemCore.Abi;
using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

public sealed class RecordingPortTests : IDisposable
{
    private const ulong Source = 0x10;
    private const ulong Target = 0x11;

    private readonly GuestMemory _memory = new();
    private readonly byte[] _frames = new byte[2 * 4096];
    private readonly StringWriter _output = new();
    private readonly TraceRecorder _recorder;
    private readonly GuestRegistration _registration;

    public RecordingPortTests()
    {
        _registration = _memory.Register(Source, _frames, GuestAccess.ReadWrite);
        _recorder = new TraceRecorder(_output);
    }

    public void Dispose()
    {
        _registration.Dispose();
        _recorder.Dispose();
        _output.Dispose();
    }

    [Fact]
    public void A_session_becomes_the_lines_of_a_published_trace()
    {
        HypercallClient one = Client(1, op => op.Command switch
        {
            NewPoolOp.Number => op.Create.Flags & 1,
            GetPageOp.Number when op.Generic.Index == 99 => 0,
            GetPageOp.Number => CopyPage(),
            _ => 1,
        });
        one.NewPool(default, HypercallClient.EphemeralPool);
        one.NewPool(new PoolUuid(0xa, 0xb), HypercallClient.PersistentPool);
        TracePage.Fill(76, _frames.AsSpan(0, 4096));
        one.Put(0, new ObjectId(1, 2, 3), 7, Source);
        one.Get(0, new ObjectId(1, 2, 3), 7, Target);
        one.Get(1, 9, 99, Target);
        HypercallClient two = Client(2, static _ => 1);
        two.FlushPage(-1, 0x10, 5);
        two.FlushObject(0, 0x10);
        one.DestroyPool(0);
        _recorder.ClientDied(2);
        Assert.Equal(
            [
                "client 1\t0",
                "newpool 0x0 0x0 0x01000000\t0",
                "newpool 0xa 0xb 0x01000001\t1",
                "put 0 0x1 0x2 0x3 7 76\t1",
                "get 0 0x1 0x2 0x3 7\t1 45280935c5c93e75",
                "get 1 0x9 0x0 0x0 99\t0",
                "client 2\t0",
                "flushp -1 0x10 0x0 0x0 5\t1",
                "flusho 0 0x10 0x0 0x0\t1",
                "client 1\t0",
                "destroy 0\t1",
                "killclient 2\t0",
                "# summary ops=12 gets=2 hits=1 eph_gets=1 eph_hits=1",
            ],
            Lines());
    }

    [Fact]
    public void The_first_line_is_the_header_with_the_hosts_options()
    {
        using var output = new StringWriter();
        new TraceRecorder(output, new TraceHeader { ArenaPages = 1400, Compresses = true, Theme = "mine" }).Dispose();
        Assert.Equal(
            "# tmem-golden 1 theme=mine class=exact arena=1400 metafree=1 midsize=0 compress=1 dedup=0 tze=0 shared_auth=0 maxpages=1073741824\n"
            + "# summary ops=0 gets=0 hits=0 eph_gets=0 eph_hits=0\n",
            output.ToString());
    }

    [Fact]
    public void A_page_without_a_seed_follows_in_full()
    {
        byte[] page = [.. Enumerable.Range(0, 4096).Select(static i => (byte)(i * i))];
        page.CopyTo(_frames, 0);
        Client(0, static _ => 1).Put(0, 1, 2, Source);
        string line = Lines()[0];
        Assert.StartsWith("putdata 0 0x1 0x0 0x0 2 ", line, StringComparison.Ordinal);
        Assert.Equal(page, Convert.FromBase64String(line.Split('\t')[0].Split(' ')[^1]));
    }

    [Fact]
    public void Frames_that_are_not_there_become_bad_ones()
    {
        HypercallClient client = Client(0, static _ => -Errno.EFAULT);
        client.Put(1, 1, 2, 0x999);
        client.Get(1, 1, 2, ulong.MaxValue);
        Assert.Equal(["putbad 1 0x1 0x0 0x0 2\t-14", "getbad 1 0x1 0x0 0x0 2\t-14"], Lines()[..2]);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0x0Cu)]
    [InlineData(0x12u)]
    public void Control_of_any_form_becomes_the_same_lines(uint interfaceVersion)
    {
        HypercallControl control = ControlOf(interfaceVersion, op => (ControlSubOp)op.Control.Subop switch
        {
            ControlSubOp.List => WriteText(op, "G=Tt:1\nT=\n"),
            ControlSubOp.Flush => 400,
            ControlSubOp.QueryFreeableMebibytes => 3,
            ControlSubOp.RestoreFlushPage => 1,
            _ => 0,
        });
        control.Freeze(3);
        control.Flush(400);
        control.QueryFreeableMebibytes();
        control.List(HypercallControl.AllClients, isLong: true);
        (uint first, uint second) = interfaceVersion == 0x12 ? (0u, 1u) : (1u, 0u);
        control.Control(-1, ControlSubOp.SaveBegin, 3, first, second, 0UL, []);
        control.Control(2, ControlSubOp.RestoreFlushPage, 3, 0, 17, new ObjectId(1, 2, 3), []);
        Assert.Equal(
            [
                "ctl 1 -1 3 0 0\t0",
                "ctl 2 -1 65535 400 0\t400",
                "ctl 8 -1 0 0 0\t3",
                "list 65535 1\t0 G=Tt:1|T=|",
                "ctl 10 -1 3 1 0\t0",
                "rflush 3 2 0x1 0x2 0x3 17\t1",
            ],
            Lines()[..6]);
        Assert.Equal(0, _recorder.UnrecordedCount);
    }

    [Fact]
    public void The_uuid_of_a_pool_is_part_of_the_result()
    {
        HypercallControl control = ControlOf(0, op =>
        {
            var uuid = new byte[16];
            BinaryPrimitives.WriteUInt64LittleEndian(uuid, 0xdead);
            BinaryPrimitives.WriteUInt64LittleEndian(uuid.AsSpan(8), 0xbeef);
            return _memory.TryWrite(op.Control.Buffer, uuid) ? 0 : -Errno.EFAULT;
        });
        control.Control(1, ControlSubOp.SaveGetPoolUuid, 3, 0, 0, 0UL, new byte[16]);
        Assert.Equal("ctl 18 1 3 0 0\t0 000000000000dead 000000000000beef", Lines()[0]);
    }

    [Fact]
    public void Grants_and_restored_pools_are_written_for_their_client()
    {
        HypercallControl control = ControlOf(0, static op => op.Command == AuthOp.Number ? 1 : 5);
        control.Authorize(4, new PoolUuid(0x72, 0x71), isGranted: true);
        new GuestOps.Caller<OpPort>(new TmemAbi(AbiGeneration.V1Hypercall), new OpPort(Port(0, static _ => 5)))
            .RestoreNew(new RestoreNewOp { PoolId = 5, ClientId = 4, Flags = TmemPoolFlags.Version1 });
        Client(4, static _ => 0).Get(5, 1, 1, Target);
        Assert.Equal(
            [
                "auth 4 0x72 0x71 1\t1",
                "restorenew 4 5 0x0 0x0 0x01000000\t5",
                "client 4\t0",
                "get 5 0x1 0x0 0x0 1\t0",
                "# summary ops=4 gets=1 hits=0 eph_gets=1 eph_hits=0",
            ],
            Lines());
    }

    [Theory]
    [InlineData(0u, 19)]
    [InlineData(0u, 32)]
    [InlineData(0x12u, 5)]
    [InlineData(0x12u, 7)]
    [InlineData(0x12u, 9)]
    public void What_the_format_cannot_say_becomes_a_comment_and_is_counted(uint interfaceVersion, int subOp)
    {
        HypercallControl control = ControlOf(interfaceVersion, static _ => -1);
        control.Control(0, (ControlSubOp)subOp, 3, 0, 0, 0UL, []);
        Assert.Equal($"# unrecorded: control operation {subOp} of client 3, result -1", Lines()[0]);
        Assert.Equal(1, _recorder.UnrecordedCount);
        Assert.Equal(0, _recorder.OperationCount);
    }

    [Fact]
    public void Bytes_that_are_no_op_pass_and_become_a_comment()
    {
        Assert.Equal(-14, Port(0, static _ => -14).Call(HypercallNumber.TmemOp, new byte[3]));
        Assert.Equal("# unrecorded: not an op, result -14", Lines()[0]);
    }

    [Fact]
    public void An_unknown_command_is_a_bad_op()
    {
        var op = new byte[TmemOp.MaxSize];
        new TmemOp { Command = 77, PoolId = 2 }.Write(new TmemAbi(AbiGeneration.V1Hypercall), op);
        Port(0, static _ => -38).Call(HypercallNumber.TmemOp, op);
        Assert.Equal("badop 77 2\t-38", Lines()[0]);
    }

    [Fact]
    public void After_the_end_calls_pass_unrecorded()
    {
        HypercallClient client = Client(0, static _ => 1);
        _recorder.Dispose();
        string before = _output.ToString();
        Assert.Equal(1, client.FlushObject(0, 1));
        Assert.Equal(before, _output.ToString());
    }

    private long CopyPage()
    {
        _frames.AsSpan(0, 4096).CopyTo(_frames.AsSpan(4096));
        return 1;
    }

    private long WriteText(in TmemOp op, string text) =>
        _memory.TryWrite(op.Control.Buffer, Encoding.ASCII.GetBytes(text)) ? 0 : -Errno.EFAULT;

    private RecordingPort Port(ushort clientId, Func<TmemOp, long> answer) =>
        new(new ScriptedPort(answer), _recorder, clientId, _memory);

    private HypercallClient Client(ushort clientId, Func<TmemOp, long> answer) => new(Port(clientId, answer));

    private HypercallControl ControlOf(uint interfaceVersion, Func<TmemOp, long> answer) => new(
        Port(0, answer),
        interfaceVersion == 0 ? ControlInterface.Hypercall : ControlInterface.Sysctl(interfaceVersion),
        HypercallBufferPool.Shared,
        _memory);

    /// <summary>The lines after the header, the trace being ended.</summary>
    private string[] Lines()
    {
        _recorder.Dispose();
        return _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
    }
}
