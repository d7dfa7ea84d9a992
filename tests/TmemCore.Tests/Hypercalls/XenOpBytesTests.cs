using System.Buffers.Binary;
using CsCheck;
using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

/// <summary>Offsets written out once more, independently: from the public description of the ABI.</summary>
public sealed class XenOpBytesTests
{
    private static readonly ObjectId s_id = new(0x1111111111111111, 0x2222222222222222, 0x3333333333333333);

    [Fact]
    public void A_put_of_version_1_lies_as_described()
    {
        var op = new byte[60];
        op.AsSpan().Fill(0xFF);
        XenOpBytes.WriteGeneric(op, new OpFields { Command = 4, PoolId = 3, Object = s_id, Index = 0x99, Frame = 0xABCDEF });
        Assert.Equal(4, At32(op, 0));
        Assert.Equal(3, At32(op, 4));
        Assert.Equal(0x1111111111111111, At64(op, 8));
        Assert.Equal(0x2222222222222222, At64(op, 16));
        Assert.Equal(0x3333333333333333, At64(op, 24));
        Assert.Equal(0x99, At32(op, 32));
        Assert.Equal(0, At32(op, 36));
        Assert.Equal(0, At64(op, 40));
        Assert.Equal(0xABCDEF, At64(op, 48));
        Assert.Equal(4, op.AsSpan().Count((byte)0xFF));
    }

    [Fact]
    public void A_new_pool_lies_as_described()
    {
        var op = new byte[56];
        XenOpBytes.WriteCreate(op, new OpFields { Command = 1, PoolId = uint.MaxValue, Uuid = new PoolUuid(5, 6), Flags = 0x01000002, TargetClient = 8 });
        Assert.Equal((1, -1, 5L, 6L, 0x01000002, 8), (At32(op, 0), At32(op, 4), At64(op, 8), At64(op, 16), At32(op, 24), At32(op, 28)));
    }

    [Fact]
    public void Control_by_hypercall_lies_as_described()
    {
        var op = new byte[56];
        XenOpBytes.WriteControl(op, Control());
        Assert.Equal((0, 2, 4, 7, 11, 12), (At32(op, 0), At32(op, 4), At32(op, 8), At32(op, 12), At32(op, 16), At32(op, 20)));
        Assert.Equal((0x1111111111111111, 0x3333333333333333, 0x7000), (At64(op, 24), At64(op, 40), At64(op, 48)));
    }

    [Fact]
    public void Control_by_sysctl_lies_as_described()
    {
        var envelope = new byte[140];
        envelope.AsSpan().Fill(0xFF);
        XenOpBytes.WriteSysctl(envelope, Control() with { InterfaceVersion = 0x12 });
        Assert.Equal((24, 0x12), (At32(envelope, 0), At32(envelope, 4)));
        ReadOnlySpan<byte> op = envelope.AsSpan(8);
        Assert.Equal((4, 2, 7, 11, 12, 0), (At32(op, 0), At32(op, 4), At32(op, 8), At32(op, 12), At32(op, 16), At32(op, 20)));
        Assert.Equal((0x1111111111111111, 0x3333333333333333, 0x7000), (At64(op, 24), At64(op, 40), At64(op, 48)));
        Assert.Equal(4, envelope.AsSpan().Count((byte)0xFF));
    }

    [Fact]
    public void The_op_of_2009_has_its_object_in_one_word()
    {
        var wide = new byte[40];
        BinaryPrimitives.WriteInt32LittleEndian(wide, 5);
        BinaryPrimitives.WriteInt64LittleEndian(wide.AsSpan(8), 77);
        BinaryPrimitives.WriteInt32LittleEndian(wide.AsSpan(16), 88);
        BinaryPrimitives.WriteInt64LittleEndian(wide.AsSpan(32), 0x1_0000_0001);
        Assert.True(XenOpBytes.TryRead(HypercallNumber.TmemOp, wide, out OpFields fields));
        Assert.Equal((5u, new ObjectId(77), 88u, 0x1_0000_0001ul), (fields.Command, fields.Object, fields.Index, fields.Frame));
        Assert.True(XenOpBytes.TryRead(HypercallNumber.TmemOp, wide.AsSpan(0, 36), out fields));
        Assert.Equal((new ObjectId(77), 1ul), (fields.Object, fields.Frame));
    }

    [Fact]
    public void The_op_of_a_32_bit_guest_ends_with_a_short_frame_number()
    {
        var op = new byte[56];
        XenOpBytes.WriteGeneric(op, new OpFields { Command = 4, Object = s_id, Index = 9, Frame = 0xFFFF_FFFF_0000_0001 });
        Assert.True(XenOpBytes.TryRead(HypercallNumber.TmemOp, op.AsSpan(0, 52), out OpFields fields));
        Assert.Equal((s_id, 9u, 1ul), (fields.Object, fields.Index, fields.Frame));
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

            bool isRead = XenOpBytes.TryRead(number, bytes, out _);
            bool isLongEnough = number switch
            {
                HypercallNumber.TmemOp => bytes.Length is 36 or 40 or 52 or >= 56,
                HypercallNumber.Sysctl => bytes.Length >= 136 && At32(bytes, 0) == 24,
                _ => false,
            };
            Assert.Equal(isLongEnough, isRead);
        });
    }

    private static OpFields Control() => new()
    {
        PoolId = 2,
        SubOp = 4,
        ClientId = 7,
        Argument1 = 11,
        Argument2 = 12,
        Object = s_id,
        BufferAddress = 0x7000,
    };

    private static int At32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);

    private static long At64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
