using System.Buffers.Binary;
using CsCheck;
using TmemCore.Abi;
using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

public sealed class CallBytesTests
{
    private static readonly ObjectId s_id = new(0x1111111111111111, 0x2222222222222222, 0x3333333333333333);

    public static TheoryData<uint> InterfaceVersions => [0, 0x0C, 0x0D, 0x0E, 0x12];

    /// <summary>Offsets written out once more, independently: from the public description of the ABI.</summary>
    [Fact]
    public void Control_by_hypercall_lies_as_described()
    {
        var op = new byte[60];
        op.AsSpan().Fill(0xFF);
        Assert.Equal(56, CallBytes.WriteControl(ControlInterface.Hypercall, 2, Control(), op));
        Assert.Equal((0, 2, 4, 7, 11, 12), (At32(op, 0), At32(op, 4), At32(op, 8), At32(op, 12), At32(op, 16), At32(op, 20)));
        Assert.Equal((0x1111111111111111, 0x3333333333333333, 0x7000), (At64(op, 24), At64(op, 40), At64(op, 48)));
        Assert.Equal(4, op.AsSpan().Count((byte)0xFF));
    }

    [Theory]
    [InlineData(0x0C)]
    [InlineData(0x12)]
    public void Control_by_sysctl_lies_as_described(uint version)
    {
        var envelope = new byte[140];
        envelope.AsSpan().Fill(0xFF);
        Assert.Equal(136, CallBytes.WriteControl(ControlInterface.Sysctl(version), 2, Control(), envelope));
        Assert.Equal((24, (int)version), (At32(envelope, 0), At32(envelope, 4)));
        ReadOnlySpan<byte> op = envelope.AsSpan(8);
        Assert.Equal((4, 2, 7, 11, 12, 0), (At32(op, 0), At32(op, 4), At32(op, 8), At32(op, 12), At32(op, 16), At32(op, 20)));
        Assert.Equal((0x1111111111111111, 0x3333333333333333, 0x7000), (At64(op, 24), At64(op, 40), At64(op, 48)));
        Assert.Equal(4, envelope.AsSpan().Count((byte)0xFF));
    }

    [Theory]
    [MemberData(nameof(InterfaceVersions))]
    public void What_is_written_in_a_form_is_read_back_as_the_same_operation(uint version)
    {
        ControlInterface form = version == 0 ? ControlInterface.Hypercall : ControlInterface.Sysctl(version);
        var bytes = new byte[CallBytes.LengthBytesMax];
        int lengthBytes = CallBytes.WriteControl(form, -1, Control(), bytes);
        Assert.Equal(CallBytes.ControlLengthOf(form), lengthBytes);
        HypercallNumber number = CallBytes.NumberOf(form);
        Assert.True(CallBytes.IsComplete(number, lengthBytes));
        Assert.False(CallBytes.IsComplete(number, lengthBytes - 1));
        Assert.True(CallBytes.TryRead(number, bytes.AsSpan(0, lengthBytes), out TmemOp op, out AbiGeneration generation));
        Assert.Equal((GuestOps.ControlCommand, -1, Control(), form.Generation), (op.Command, op.PoolId, op.Control, generation));
    }

    [Theory]
    [InlineData(AbiGeneration.V0Aug2009, AbiWordSize.Bits64)]
    [InlineData(AbiGeneration.V0Aug2009, AbiWordSize.Bits32)]
    [InlineData(AbiGeneration.V1Hypercall, AbiWordSize.Bits64)]
    [InlineData(AbiGeneration.V1Hypercall, AbiWordSize.Bits32)]
    public void The_length_of_an_op_tells_its_generation_and_width(AbiGeneration generation, AbiWordSize wordSize)
    {
        var abi = new TmemAbi(generation, wordSize);
        ObjectId id = generation == AbiGeneration.V1Hypercall ? s_id : new ObjectId(77);
        var put = new PutPageOp { PoolId = -3, Object = id, Index = 9, Frame = 0xABCDEF };
        var bytes = new byte[TmemOp.MaxSize];
        int lengthBytes = put.Write(abi, bytes);
        Assert.True(CallBytes.TryRead(HypercallNumber.TmemOp, bytes.AsSpan(0, lengthBytes), out TmemOp op, out AbiGeneration read));
        Assert.Equal((generation, PutPageOp.Number, -3), (read, op.Command, op.PoolId));
        Assert.Equal((id, 9u, 0xABCDEFul), (op.Generic.Object, op.Generic.Index, op.Generic.Frame));
    }

    [Fact]
    public void Any_bytes_of_any_length_are_read_or_refused_and_never_more()
    {
        Gen.Select(Gen.Byte.Array[0, 160], Gen.Int[0, 2]).Sample((bytes, which) =>
        {
            HypercallNumber number = which switch { 0 => HypercallNumber.TmemOp, 1 => HypercallNumber.Sysctl, _ => (HypercallNumber)12 };
            if (bytes.Length > 4 && bytes[4] % 2 == 0)
            {
                BinaryPrimitives.WriteInt32LittleEndian(bytes, 24);
            }

            bool isLongEnough = number switch
            {
                HypercallNumber.TmemOp => bytes.Length is 36 or 40 or 52 or >= 56,
                HypercallNumber.Sysctl => bytes.Length >= 136 && At32(bytes, 0) == 24,
                _ => false,
            };
            Assert.Equal(isLongEnough, CallBytes.TryRead(number, bytes, out _, out _));
        });
    }

    private static TmemOp.ControlArm Control() => new()
    {
        Subop = 4,
        ClientId = 7,
        Argument1 = 11,
        Argument2 = 12,
        Object = s_id,
        Buffer = 0x7000,
    };

    private static int At32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);

    private static long At64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
