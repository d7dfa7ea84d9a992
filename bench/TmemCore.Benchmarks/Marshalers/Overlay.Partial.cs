using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TmemCore.Abi;

namespace TmemCore.Benchmarks.Marshalers;

internal static partial class Overlay
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

            ref GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(destination));
            form.Command = ReadOp.Number;
            form.PoolId = op.PoolId;
            form.Word0 = op.Object.Word0;
            form.Word1 = op.Object.Word1;
            form.Word2 = op.Object.Word2;
            form.Index = op.Index;
            form.TmemOffset = op.TmemOffset;
            form.FrameOffset = op.FrameOffset;
            form.Length = op.Length;
            form.Frame = op.Frame;
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

            ref readonly GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(source));
            if (form.Command != ReadOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(in form);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ReadOp Read(in GenericForm form) => new()
        {
            PoolId = form.PoolId,
            Object = new ObjectId(form.Word0, form.Word1, form.Word2),
            Index = form.Index,
            TmemOffset = form.TmemOffset,
            FrameOffset = form.FrameOffset,
            Length = form.Length,
            Frame = form.Frame,
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

            ref GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(destination));
            form.Command = WriteOp.Number;
            form.PoolId = op.PoolId;
            form.Word0 = op.Object.Word0;
            form.Word1 = op.Object.Word1;
            form.Word2 = op.Object.Word2;
            form.Index = op.Index;
            form.TmemOffset = op.TmemOffset;
            form.FrameOffset = op.FrameOffset;
            form.Length = op.Length;
            form.Frame = op.Frame;
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

            ref readonly GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(source));
            if (form.Command != WriteOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(in form);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static WriteOp Read(in GenericForm form) => new()
        {
            PoolId = form.PoolId,
            Object = new ObjectId(form.Word0, form.Word1, form.Word2),
            Index = form.Index,
            TmemOffset = form.TmemOffset,
            FrameOffset = form.FrameOffset,
            Length = form.Length,
            Frame = form.Frame,
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

            ref GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(destination));
            form.Command = XchgOp.Number;
            form.PoolId = op.PoolId;
            form.Word0 = op.Object.Word0;
            form.Word1 = op.Object.Word1;
            form.Word2 = op.Object.Word2;
            form.Index = op.Index;
            form.TmemOffset = op.TmemOffset;
            form.FrameOffset = op.FrameOffset;
            form.Length = op.Length;
            form.Frame = op.Frame;
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

            ref readonly GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(source));
            if (form.Command != XchgOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(in form);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static XchgOp Read(in GenericForm form) => new()
        {
            PoolId = form.PoolId,
            Object = new ObjectId(form.Word0, form.Word1, form.Word2),
            Index = form.Index,
            TmemOffset = form.TmemOffset,
            FrameOffset = form.FrameOffset,
            Length = form.Length,
            Frame = form.Frame,
        };
    }
}
