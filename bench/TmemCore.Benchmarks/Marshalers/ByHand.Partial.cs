using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using TmemCore.Abi;

namespace TmemCore.Benchmarks.Marshalers;

internal static partial class ByHand
{
    internal readonly struct ReadCode : ICodec<ReadOp>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Write(in ReadOp op, TmemAbi abi, Span<byte> destination)
        {
            if (!Layout.Holds(abi, destination.Length))
            {
                return Layout.Throw(abi, destination.Length);
            }

            Span<byte> bytes = destination[..Layout.Bytes];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, ReadOp.Number);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], op.PoolId);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], op.Object.Word0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], op.Object.Word1);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], op.Object.Word2);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[32..], op.Index);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[36..], op.TmemOffset);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[40..], op.FrameOffset);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[44..], op.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], op.Frame);
            return Layout.Bytes;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out ReadOp value)
        {
            if (!Layout.Holds(abi, source.Length))
            {
                value = default;
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(source) != ReadOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(source[..Layout.Bytes]);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ReadOp Read(ReadOnlySpan<byte> source) => new()
        {
            PoolId = BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
            Object = new ObjectId(BinaryPrimitives.ReadUInt64LittleEndian(source[8..]), BinaryPrimitives.ReadUInt64LittleEndian(source[16..]), BinaryPrimitives.ReadUInt64LittleEndian(source[24..])),
            Index = BinaryPrimitives.ReadUInt32LittleEndian(source[32..]),
            TmemOffset = BinaryPrimitives.ReadUInt32LittleEndian(source[36..]),
            FrameOffset = BinaryPrimitives.ReadUInt32LittleEndian(source[40..]),
            Length = BinaryPrimitives.ReadUInt32LittleEndian(source[44..]),
            Frame = BinaryPrimitives.ReadUInt64LittleEndian(source[48..]),
        };
    }

    internal readonly struct WriteCode : ICodec<WriteOp>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Write(in WriteOp op, TmemAbi abi, Span<byte> destination)
        {
            if (!Layout.Holds(abi, destination.Length))
            {
                return Layout.Throw(abi, destination.Length);
            }

            Span<byte> bytes = destination[..Layout.Bytes];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, WriteOp.Number);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], op.PoolId);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], op.Object.Word0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], op.Object.Word1);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], op.Object.Word2);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[32..], op.Index);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[36..], op.TmemOffset);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[40..], op.FrameOffset);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[44..], op.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], op.Frame);
            return Layout.Bytes;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out WriteOp value)
        {
            if (!Layout.Holds(abi, source.Length))
            {
                value = default;
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(source) != WriteOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(source[..Layout.Bytes]);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static WriteOp Read(ReadOnlySpan<byte> source) => new()
        {
            PoolId = BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
            Object = new ObjectId(BinaryPrimitives.ReadUInt64LittleEndian(source[8..]), BinaryPrimitives.ReadUInt64LittleEndian(source[16..]), BinaryPrimitives.ReadUInt64LittleEndian(source[24..])),
            Index = BinaryPrimitives.ReadUInt32LittleEndian(source[32..]),
            TmemOffset = BinaryPrimitives.ReadUInt32LittleEndian(source[36..]),
            FrameOffset = BinaryPrimitives.ReadUInt32LittleEndian(source[40..]),
            Length = BinaryPrimitives.ReadUInt32LittleEndian(source[44..]),
            Frame = BinaryPrimitives.ReadUInt64LittleEndian(source[48..]),
        };
    }

    internal readonly struct XchgCode : ICodec<XchgOp>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Write(in XchgOp op, TmemAbi abi, Span<byte> destination)
        {
            if (!Layout.Holds(abi, destination.Length))
            {
                return Layout.Throw(abi, destination.Length);
            }

            Span<byte> bytes = destination[..Layout.Bytes];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, XchgOp.Number);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], op.PoolId);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], op.Object.Word0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], op.Object.Word1);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], op.Object.Word2);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[32..], op.Index);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[36..], op.TmemOffset);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[40..], op.FrameOffset);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[44..], op.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], op.Frame);
            return Layout.Bytes;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out XchgOp value)
        {
            if (!Layout.Holds(abi, source.Length))
            {
                value = default;
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(source) != XchgOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(source[..Layout.Bytes]);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static XchgOp Read(ReadOnlySpan<byte> source) => new()
        {
            PoolId = BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
            Object = new ObjectId(BinaryPrimitives.ReadUInt64LittleEndian(source[8..]), BinaryPrimitives.ReadUInt64LittleEndian(source[16..]), BinaryPrimitives.ReadUInt64LittleEndian(source[24..])),
            Index = BinaryPrimitives.ReadUInt32LittleEndian(source[32..]),
            TmemOffset = BinaryPrimitives.ReadUInt32LittleEndian(source[36..]),
            FrameOffset = BinaryPrimitives.ReadUInt32LittleEndian(source[40..]),
            Length = BinaryPrimitives.ReadUInt32LittleEndian(source[44..]),
            Frame = BinaryPrimitives.ReadUInt64LittleEndian(source[48..]),
        };
    }
}
