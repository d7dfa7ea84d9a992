using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using TmemCore.Abi;

namespace TmemCore.Benchmarks.Marshalers;

internal static partial class ByHand
{
    internal readonly struct ListCode : ICodec<ListOp>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Write(in ListOp op, TmemAbi abi, Span<byte> destination)
        {
            if (!Layout.Holds(abi, destination.Length))
            {
                return Layout.Throw(abi, destination.Length);
            }

            Span<byte> bytes = destination[..Layout.Bytes];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, 0);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], ListOp.Number);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], op.ClientId);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], op.BufferBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], op.LongForm);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[32..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], op.Buffer);
            return Layout.Bytes;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out ListOp value)
        {
            if (!Layout.Holds(abi, source.Length))
            {
                value = default;
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(source) != 0 || BinaryPrimitives.ReadUInt32LittleEndian(source[8..]) != ListOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(source[..Layout.Bytes]);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ListOp Read(ReadOnlySpan<byte> source) => new()
        {
            ClientId = BinaryPrimitives.ReadUInt32LittleEndian(source[12..]),
            BufferBytes = BinaryPrimitives.ReadUInt32LittleEndian(source[16..]),
            LongForm = BinaryPrimitives.ReadUInt32LittleEndian(source[20..]),
            Buffer = BinaryPrimitives.ReadUInt64LittleEndian(source[48..]),
        };
    }

    internal readonly struct SetCapCode : ICodec<SetCapOp>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Write(in SetCapOp op, TmemAbi abi, Span<byte> destination)
        {
            if (!Layout.Holds(abi, destination.Length))
            {
                return Layout.Throw(abi, destination.Length);
            }

            Span<byte> bytes = destination[..Layout.Bytes];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, 0);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], SetCapOp.Number);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], op.ClientId);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], op.Value);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[32..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], 0);
            return Layout.Bytes;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out SetCapOp value)
        {
            if (!Layout.Holds(abi, source.Length))
            {
                value = default;
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(source) != 0 || BinaryPrimitives.ReadUInt32LittleEndian(source[8..]) != SetCapOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(source[..Layout.Bytes]);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static SetCapOp Read(ReadOnlySpan<byte> source) => new()
        {
            ClientId = BinaryPrimitives.ReadUInt32LittleEndian(source[12..]),
            Value = BinaryPrimitives.ReadUInt32LittleEndian(source[16..]),
        };
    }

    internal readonly struct SaveGetNextPageCode : ICodec<SaveGetNextPageOp>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Write(in SaveGetNextPageOp op, TmemAbi abi, Span<byte> destination)
        {
            if (!Layout.Holds(abi, destination.Length))
            {
                return Layout.Throw(abi, destination.Length);
            }

            Span<byte> bytes = destination[..Layout.Bytes];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, 0);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], op.PoolId);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], SaveGetNextPageOp.Number);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], op.ClientId);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], op.BufferBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[32..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], op.Buffer);
            return Layout.Bytes;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out SaveGetNextPageOp value)
        {
            if (!Layout.Holds(abi, source.Length))
            {
                value = default;
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(source) != 0 || BinaryPrimitives.ReadUInt32LittleEndian(source[8..]) != SaveGetNextPageOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(source[..Layout.Bytes]);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static SaveGetNextPageOp Read(ReadOnlySpan<byte> source) => new()
        {
            ClientId = BinaryPrimitives.ReadUInt32LittleEndian(source[12..]),
            PoolId = BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
            BufferBytes = BinaryPrimitives.ReadUInt32LittleEndian(source[16..]),
            Buffer = BinaryPrimitives.ReadUInt64LittleEndian(source[48..]),
        };
    }

    internal readonly struct RestorePutPageCode : ICodec<RestorePutPageOp>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Write(in RestorePutPageOp op, TmemAbi abi, Span<byte> destination)
        {
            if (!Layout.Holds(abi, destination.Length))
            {
                return Layout.Throw(abi, destination.Length);
            }

            Span<byte> bytes = destination[..Layout.Bytes];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, 0);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], op.PoolId);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], RestorePutPageOp.Number);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], op.ClientId);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], op.BufferBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], op.Index);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], op.Object.Word0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[32..], op.Object.Word1);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], op.Object.Word2);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], op.Buffer);
            return Layout.Bytes;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out RestorePutPageOp value)
        {
            if (!Layout.Holds(abi, source.Length))
            {
                value = default;
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(source) != 0 || BinaryPrimitives.ReadUInt32LittleEndian(source[8..]) != RestorePutPageOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(source[..Layout.Bytes]);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static RestorePutPageOp Read(ReadOnlySpan<byte> source) => new()
        {
            ClientId = BinaryPrimitives.ReadUInt32LittleEndian(source[12..]),
            PoolId = BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
            Object = new ObjectId(BinaryPrimitives.ReadUInt64LittleEndian(source[24..]), BinaryPrimitives.ReadUInt64LittleEndian(source[32..]), BinaryPrimitives.ReadUInt64LittleEndian(source[40..])),
            Index = BinaryPrimitives.ReadUInt32LittleEndian(source[20..]),
            BufferBytes = BinaryPrimitives.ReadUInt32LittleEndian(source[16..]),
            Buffer = BinaryPrimitives.ReadUInt64LittleEndian(source[48..]),
        };
    }
}
