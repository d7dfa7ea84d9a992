using TmemCore.Abi;
using Xunit;

namespace TmemCore.Tests.Abi;

public class CallerTests
{
    [Fact]
    public void A_stub_writes_the_op_and_hands_the_answer_back()
    {
        foreach (TmemAbi abi in TmemAbi.All())
        {
            LoopbackPort port = new(abi);
            GuestOps.Caller<LoopbackPort> caller = new(abi, port);
            PutPageOp op = new() { PoolId = 2, Object = 7, Index = 9, Frame = 11 };
            Assert.Equal(1000 + PutPageOp.Number, caller.PutPage(op));
            Assert.Equal(op, port.Handler.Last);
            Assert.Equal(TmemOp.SizeOf(abi), port.LastLength);
        }
    }

    [Fact]
    public void What_the_generation_lacks_or_cannot_hold_is_refused_before_the_call()
    {
        TmemAbi abi = new(AbiGeneration.V0May2009, AbiWordSize.Bits32);
        LoopbackPort port = new(abi);
        GuestOps.Caller<LoopbackPort> caller = new(abi, port);
        NotSupportedException absent = Assert.Throws<NotSupportedException>(() => caller.Auth(new AuthOp()));
        Assert.Contains("AuthOp does not exist in V0May2009/Bits32", absent.Message);
        OverflowException frame = Assert.Throws<OverflowException>(() => caller.PutPage(new PutPageOp { Frame = 1UL << 32 }));
        Assert.Contains("PutPageOp.Frame is 0x100000000", frame.Message);
        OverflowException id = Assert.Throws<OverflowException>(() => caller.FlushObject(new FlushObjectOp { Object = new(0, 1) }));
        Assert.Contains("upper two words must be zero", id.Message);
        Assert.Equal(0, port.Handler.Calls);
    }

    [Fact]
    public void A_refused_write_leaves_the_destination_as_it_was()
    {
        TmemAbi abi = new(AbiGeneration.V1Hypercall, AbiWordSize.Bits32);
        byte[] bytes = [.. Enumerable.Repeat((byte)0x5a, 56)];
        Assert.Throws<OverflowException>(() => new PutPageOp { Frame = ulong.MaxValue }.Write(abi, bytes));
        ArgumentException tooShort = Assert.Throws<ArgumentException>(() => new PutPageOp().Write(abi, bytes.AsSpan(0, 51)));
        Assert.Equal("destination", tooShort.ParamName);
        Assert.Contains("51 bytes; PutPageOp needs 52", tooShort.Message);
        Assert.All(bytes, value => Assert.Equal(0x5a, value));
    }

    [Fact]
    public void Calls_and_dispatch_allocate_nothing()
    {
        CountingHandler handler = new();
        foreach (TmemAbi abi in TmemAbi.All())
        {
            CountingPort port = new(abi, handler);
            GuestOps.Caller<CountingPort> caller = new(abi, port);
            Run(caller);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                Run(caller);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void The_text_form_names_the_op_and_its_members()
    {
        PutPageOp op = new() { PoolId = -1, Object = 0xabc, Index = 3, Frame = 4 };
        Assert.Equal($"PutPageOp {{ PoolId = -1, Object = {new ObjectId(0xabc)}, Index = 3, Frame = 4 }}", op.ToString());
        Assert.Equal("QueryFreeableOp { }", new QueryFreeableOp().ToString());
        Assert.Equal("V1Hypercall/Bits32", new TmemAbi(AbiGeneration.V1Hypercall, AbiWordSize.Bits32).ToString());
    }

    [Fact]
    public void An_abi_out_of_range_is_refused_by_name_and_value()
    {
        ArgumentOutOfRangeException generation =
            Assert.Throws<ArgumentOutOfRangeException>(() => new TmemAbi((AbiGeneration)5));
        Assert.Equal(("generation", (AbiGeneration)5), (generation.ParamName, generation.ActualValue));
        Assert.Equal("wordSize", Assert.Throws<ArgumentOutOfRangeException>(() => new TmemAbi(0, (AbiWordSize)2)).ParamName);
    }

    private static void Run(GuestOps.Caller<CountingPort> caller)
    {
        caller.NewPool(new NewPoolOp { Flags = TmemPoolFlags.Version1 });
        caller.PutPage(new PutPageOp { Object = 5, Index = 6, Frame = 7 });
        caller.GetPage(new GetPageOp { Object = 5, Index = 6, Frame = 7 });
        caller.FlushObject(new FlushObjectOp { Object = 5 });
    }

    private sealed class LoopbackPort(TmemAbi abi) : IOpPort
    {
        public RecordingGuest Handler { get; } = new();

        public int LastLength { get; private set; }

        public long Call(ReadOnlySpan<byte> op)
        {
            LastLength = op.Length;
            return GuestOps.Dispatch(abi, op, Handler);
        }
    }

    private readonly struct CountingPort(TmemAbi abi, CountingHandler handler) : IOpPort
    {
        public long Call(ReadOnlySpan<byte> op) => GuestOps.Dispatch(abi, op, handler);
    }
}
