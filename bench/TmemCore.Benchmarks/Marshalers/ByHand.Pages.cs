using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using TmemCore.Abi;

namespace TmemCore.Benchmarks.Marshalers;

internal static partial class ByHand
{
    internal readonly struct DestroyPoolCode : ICodec<DestroyPoolOp>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Write(in DestroyPoolOp op, TmemAbi abi, Span<byte> destination)
        {
            if (!Layout.Holds(abi, destination.Length))
            {
                return Layout.Throw(abi, destination.Length);
            }

            Span<byte> bytes = destination[..Layout.Bytes];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, DestroyPoolOp.Number);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], op.PoolId);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[32..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[36..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[40..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[44..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], 0);
            return Layout.Bytes;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out DestroyPoolOp value)
        {
            if (!Layout.Holds(abi, source.Length))
            {
                value = default;
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(source) != DestroyPoolOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(source[..Layout.Bytes]);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static DestroyPoolOp Read(ReadOnlySpan<byte> source) => new()
        {
            PoolId = BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
        };
    }

    internal readonly struct NewPageCode : ICodec<NewPageOp>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Write(in NewPageOp op, TmemAbi abi, Span<byte> destination)
        {
            if (!Layout.Holds(abi, destination.Length))
            {
                return Layout.Throw(abi, destination.Length);
            }

            Span<byte> bytes = destination[..Layout.Bytes];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, NewPageOp.Number);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], op.PoolId);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], op.Object.Word0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], op.Object.Word1);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], op.Object.Word2);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[32..], op.Index);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[36..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[40..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[44..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], 0);
            return Layout.Bytes;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out NewPageOp value)
        {
            if (!Layout.Holds(abi, source.Length))
            {
                value = default;
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(source) != NewPageOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(source[..Layout.Bytes]);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static NewPageOp Read(ReadOnlySpan<byte> source) => new()
        {
            PoolId = BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
            Object = new ObjectId(BinaryPrimitives.ReadUInt64LittleEndian(source[8..]), BinaryPrimitives.ReadUInt64LittleEndian(source[16..]), BinaryPrimitives.ReadUInt64LittleEndian(source[24..])),
            Index = BinaryPrimitives.ReadUInt32LittleEndian(source[32..]),
        };
    }

    internal readonly struct PutPageCode : ICodec<PutPageOp>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Write(in PutPageOp op, TmemAbi abi, Span<byte> destination)
        {
            if (!Layout.Holds(abi, destination.Length))
            {
                return Layout.Throw(abi, destination.Length);
            }

            Span<byte> bytes = destination[..Layout.Bytes];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, PutPageOp.Number);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], op.PoolId);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], op.Object.Word0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], op.Object.Word1);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], op.Object.Word2);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[32..], op.Index);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[36..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[40..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[44..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], op.Frame);
            return Layout.Bytes;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out PutPageOp value)
        {
            if (!Layout.Holds(abi, source.Length))
            {
                value = default;
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(source) != PutPageOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(source[..Layout.Bytes]);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static PutPageOp Read(ReadOnlySpan<byte> source) => new()
        {
            PoolId = BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
            Object = new ObjectId(BinaryPrimitives.ReadUInt64LittleEndian(source[8..]), BinaryPrimitives.ReadUInt64LittleEndian(source[16..]), BinaryPrimitives.ReadUInt64LittleEndian(source[24..])),
            Index = BinaryPrimitives.ReadUInt32LittleEndian(source[32..]),
            Frame = BinaryPrimitives.ReadUInt64LittleEndian(source[48..]),
        };
    }

    internal readonly struct GetPageCode : ICodec<GetPageOp>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Write(in GetPageOp op, TmemAbi abi, Span<byte> destination)
        {
            if (!Layout.Holds(abi, destination.Length))
            {
                return Layout.Throw(abi, destination.Length);
            }

            Span<byte> bytes = destination[..Layout.Bytes];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, GetPageOp.Number);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], op.PoolId);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], op.Object.Word0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], op.Object.Word1);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], op.Object.Word2);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[32..], op.Index);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[36..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[40..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[44..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], op.Frame);
            return Layout.Bytes;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out GetPageOp value)
        {
            if (!Layout.Holds(abi, source.Length))
            {
                value = default;
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(source) != GetPageOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(source[..Layout.Bytes]);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static GetPageOp Read(ReadOnlySpan<byte> source) => new()
        {
            PoolId = BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
            Object = new ObjectId(BinaryPrimitives.ReadUInt64LittleEndian(source[8..]), BinaryPrimitives.ReadUInt64LittleEndian(source[16..]), BinaryPrimitives.ReadUInt64LittleEndian(source[24..])),
            Index = BinaryPrimitives.ReadUInt32LittleEndian(source[32..]),
            Frame = BinaryPrimitives.ReadUInt64LittleEndian(source[48..]),
        };
    }

    internal readonly struct FlushPageCode : ICodec<FlushPageOp>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Write(in FlushPageOp op, TmemAbi abi, Span<byte> destination)
        {
            if (!Layout.Holds(abi, destination.Length))
            {
                return Layout.Throw(abi, destination.Length);
            }

            Span<byte> bytes = destination[..Layout.Bytes];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, FlushPageOp.Number);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], op.PoolId);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], op.Object.Word0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], op.Object.Word1);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], op.Object.Word2);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[32..], op.Index);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[36..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[40..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[44..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], 0);
            return Layout.Bytes;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out FlushPageOp value)
        {
            if (!Layout.Holds(abi, source.Length))
            {
                value = default;
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(source) != FlushPageOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(source[..Layout.Bytes]);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static FlushPageOp Read(ReadOnlySpan<byte> source) => new()
        {
            PoolId = BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
            Object = new ObjectId(BinaryPrimitives.ReadUInt64LittleEndian(source[8..]), BinaryPrimitives.ReadUInt64LittleEndian(source[16..]), BinaryPrimitives.ReadUInt64LittleEndian(source[24..])),
            Index = BinaryPrimitives.ReadUInt32LittleEndian(source[32..]),
        };
    }

    internal readonly struct FlushObjectCode : ICodec<FlushObjectOp>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Write(in FlushObjectOp op, TmemAbi abi, Span<byte> destination)
        {
            if (!Layout.Holds(abi, destination.Length))
            {
                return Layout.Throw(abi, destination.Length);
            }

            Span<byte> bytes = destination[..Layout.Bytes];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, FlushObjectOp.Number);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], op.PoolId);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], op.Object.Word0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], op.Object.Word1);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], op.Object.Word2);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[32..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[36..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[40..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[44..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], 0);
            return Layout.Bytes;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out FlushObjectOp value)
        {
            if (!Layout.Holds(abi, source.Length))
            {
                value = default;
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(source) != FlushObjectOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(source[..Layout.Bytes]);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static FlushObjectOp Read(ReadOnlySpan<byte> source) => new()
        {
            PoolId = BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
            Object = new ObjectId(BinaryPrimitives.ReadUInt64LittleEndian(source[8..]), BinaryPrimitives.ReadUInt64LittleEndian(source[16..]), BinaryPrimitives.ReadUInt64LittleEndian(source[24..])),
        };
    }
}
