using TmemCore.Abi;
using Xunit;

namespace TmemCore.Tests.Abi;

public class DispatchTests
{
    [Theory]
    [InlineData(AbiGeneration.V0May2009, 101u, false)]
    [InlineData(AbiGeneration.V0Aug2009, 101u, true)]
    [InlineData(AbiGeneration.V1Sysctl48, 102u, true)]
    [InlineData(AbiGeneration.V1Hypercall, 10u, true)]
    [InlineData(AbiGeneration.V1Sysctl46, 10u, false)]
    [InlineData(AbiGeneration.V1Sysctl46, 3u, false)]
    [InlineData(AbiGeneration.V1Hypercall, 11u, false)]
    [InlineData(AbiGeneration.V1Hypercall, uint.MaxValue, false)]
    public void A_command_is_known_in_its_generations_and_unknown_in_others(AbiGeneration generation, uint command, bool known)
    {
        TmemAbi abi = new(generation);
        byte[] bytes = new byte[TmemOp.SizeOf(abi)];
        BitConverter.TryWriteBytes(bytes, command);
        RecordingGuest handler = new();
        Assert.Equal(command + 1000L, GuestOps.Dispatch(abi, bytes, handler));
        Assert.Equal(known, handler.Last is not uint);
    }

    [Theory]
    [InlineData(AbiGeneration.V1Hypercall, true)]
    [InlineData(AbiGeneration.V1Sysctl46, false)]
    public void Control_is_a_command_as_long_as_it_is_a_hypercall(AbiGeneration generation, bool nested)
    {
        TmemAbi abi = new(generation, AbiWordSize.Bits32);
        byte[] bytes = new byte[TmemOp.SizeOf(abi)];
        bytes[8] = 1;
        RecordingGuest handler = new();
        GuestOps.Dispatch(abi, bytes, handler);
        Assert.Equal(nested, handler.Last is byte[]);
        if (nested)
        {
            RecordingControl control = new();
            ControlOps.Dispatch(abi, (byte[])handler.Last!, control);
            Assert.Equal(new FreezeOp(), control.Last);
        }
    }

    [Theory]
    [InlineData(5u, AbiGeneration.V1Sysctl46, typeof(SetWeightOp))]
    [InlineData(5u, AbiGeneration.V1Sysctl48, typeof(GetClientInfoOp))]
    [InlineData(11u, AbiGeneration.V1Hypercall, typeof(SaveGetVersionOp))]
    [InlineData(11u, AbiGeneration.V1Sysctl48, typeof(SetAuthOp))]
    [InlineData(9u, AbiGeneration.V1Sysctl48, typeof(SetPoolsOp))]
    [InlineData(9u, AbiGeneration.V1Sysctl46, typeof(uint))]
    [InlineData(12u, AbiGeneration.V1Sysctl48, typeof(uint))]
    [InlineData(8u, AbiGeneration.V0May2009, typeof(uint))]
    [InlineData(8u, AbiGeneration.V0Aug2009, typeof(QueryFreeableOp))]
    [InlineData(31u, AbiGeneration.V1Hypercall, typeof(uint))]
    public void A_number_means_what_its_generation_says(uint number, AbiGeneration generation, Type expected)
    {
        TmemAbi abi = new(generation);
        bool sysctl = generation >= AbiGeneration.V1Sysctl46;
        byte[] bytes = new byte[56];
        BitConverter.TryWriteBytes(bytes.AsSpan(sysctl ? 0 : 8), number);
        RecordingControl handler = new();
        Assert.Equal(number + 1000L, ControlOps.Dispatch(abi, bytes, handler));
        Assert.IsType(expected, handler.Last);
    }

    [Fact]
    public void Short_bytes_are_answered_with_a_fault_and_no_call()
    {
        foreach (TmemAbi abi in TmemAbi.All())
        {
            for (int length = 0; length < TmemOp.SizeOf(abi); length++)
            {
                RecordingGuest handler = new();
                Assert.Equal(AbiResults.Fault, GuestOps.Dispatch(abi, new byte[length], handler));
                Assert.Equal(0, handler.Calls);
            }
        }
    }

    [Fact]
    public void The_number_can_be_read_alone()
    {
        TmemAbi abi = new(AbiGeneration.V1Hypercall);
        byte[] bytes = new byte[56];
        new ListOp().Write(abi, bytes);
        Assert.True(GuestOps.TryReadNumber(abi, bytes, out uint command));
        Assert.Equal(0u, command);
        Assert.True(ControlOps.TryReadNumber(abi, bytes, out uint subop));
        Assert.Equal(ListOp.Number, subop);
        Assert.False(GuestOps.TryReadNumber(abi, bytes.AsSpan(0, 55), out _));
    }

    [Fact]
    public void An_op_is_not_read_from_the_bytes_of_another()
    {
        TmemAbi abi = new(AbiGeneration.V1Hypercall);
        byte[] bytes = new byte[56];
        new GetPageOp { PoolId = 1 }.Write(abi, bytes);
        Assert.False(PutPageOp.TryRead(abi, bytes, out PutPageOp op));
        Assert.Equal(default, op);

        // A control sub-op of the same number as a command is told apart by the command around it.
        new FlushOp().Write(abi, bytes);
        Assert.False(DestroyPoolOp.TryRead(abi, bytes, out _));
        Assert.True(FlushOp.TryRead(abi, bytes, out _));
    }

    [Fact]
    public void Every_number_of_the_reference_is_there()
    {
        uint[] guest = [.. GuestOps.Operations().Select(op => op.Number)];
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 101, 102], guest);
        Assert.Equal(
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 30, 32, 33],
            In(ControlOps.Operations(), AbiGeneration.V1Sysctl46));
        Assert.Equal(
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 19, 20, 21, 30, 32, 33],
            In(ControlOps.Operations(), AbiGeneration.V1Sysctl48));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], In(ControlOps.Operations(), AbiGeneration.V0May2009));
    }

    private static IEnumerable<uint> In(IEnumerable<AbiOpInfo> ops, AbiGeneration generation) =>
        ops.Where(op => generation >= op.Since && generation <= op.Until).Select(op => op.Number);
}
