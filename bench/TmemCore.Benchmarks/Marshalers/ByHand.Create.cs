using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using TmemCore.Abi;

namespace TmemCore.Benchmarks.Marshalers;

/// <summary>What one would write by hand: <see cref="BinaryPrimitives"/>, field by field, with the checks of the generated code.</summary>
internal static partial class ByHand
{
    internal readonly struct NewPoolCode : ICodec<NewPoolOp>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Write(in NewPoolOp op, TmemAbi abi, Span<byte> destination)
        {
            if (!Layout.Holds(abi, destination.Length))
            {
                return Layout.Throw(abi, destination.Length);
            }

            Span<byte> bytes = destination[..Layout.Bytes];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, NewPoolOp.Number);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], op.Uuid.Low);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], op.Uuid.High);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], (uint)op.Flags);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[28..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[32..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], 0);
            return Layout.Bytes;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out NewPoolOp value)
        {
            if (!Layout.Holds(abi, source.Length))
            {
                value = default;
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(source) != NewPoolOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(source[..Layout.Bytes]);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static NewPoolOp Read(ReadOnlySpan<byte> source) => new()
        {
            Uuid = new PoolUuid(BinaryPrimitives.ReadUInt64LittleEndian(source[8..]), BinaryPrimitives.ReadUInt64LittleEndian(source[16..])),
            Flags = (TmemPoolFlags)BinaryPrimitives.ReadUInt32LittleEndian(source[24..]),
        };
    }

    internal readonly struct AuthCode : ICodec<AuthOp>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Write(in AuthOp op, TmemAbi abi, Span<byte> destination)
        {
            if (!Layout.Holds(abi, destination.Length))
            {
                return Layout.Throw(abi, destination.Length);
            }

            Span<byte> bytes = destination[..Layout.Bytes];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, AuthOp.Number);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], op.Uuid.Low);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], op.Uuid.High);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], op.Flags);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[28..], op.ClientId);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[32..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], 0);
            return Layout.Bytes;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out AuthOp value)
        {
            if (!Layout.Holds(abi, source.Length))
            {
                value = default;
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(source) != AuthOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(source[..Layout.Bytes]);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static AuthOp Read(ReadOnlySpan<byte> source) => new()
        {
            ClientId = BinaryPrimitives.ReadUInt32LittleEndian(source[28..]),
            Uuid = new PoolUuid(BinaryPrimitives.ReadUInt64LittleEndian(source[8..]), BinaryPrimitives.ReadUInt64LittleEndian(source[16..])),
            Flags = BinaryPrimitives.ReadUInt32LittleEndian(source[24..]),
        };
    }

    internal readonly struct RestoreNewCode : ICodec<RestoreNewOp>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Write(in RestoreNewOp op, TmemAbi abi, Span<byte> destination)
        {
            if (!Layout.Holds(abi, destination.Length))
            {
                return Layout.Throw(abi, destination.Length);
            }

            Span<byte> bytes = destination[..Layout.Bytes];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, RestoreNewOp.Number);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], op.PoolId);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], op.Uuid.Low);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], op.Uuid.High);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], (uint)op.Flags);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[28..], op.ClientId);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[32..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], 0);
            return Layout.Bytes;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out RestoreNewOp value)
        {
            if (!Layout.Holds(abi, source.Length))
            {
                value = default;
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(source) != RestoreNewOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(source[..Layout.Bytes]);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static RestoreNewOp Read(ReadOnlySpan<byte> source) => new()
        {
            PoolId = BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
            ClientId = BinaryPrimitives.ReadUInt32LittleEndian(source[28..]),
            Uuid = new PoolUuid(BinaryPrimitives.ReadUInt64LittleEndian(source[8..]), BinaryPrimitives.ReadUInt64LittleEndian(source[16..])),
            Flags = (TmemPoolFlags)BinaryPrimitives.ReadUInt32LittleEndian(source[24..]),
        };
    }
}
