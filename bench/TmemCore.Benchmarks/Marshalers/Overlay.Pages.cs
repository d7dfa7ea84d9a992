using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TmemCore.Abi;

namespace TmemCore.Benchmarks.Marshalers;

internal static partial class Overlay
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

            ref GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(destination));
            form.Command = DestroyPoolOp.Number;
            form.PoolId = op.PoolId;
            form.Word0 = 0;
            form.Word1 = 0;
            form.Word2 = 0;
            form.Index = 0;
            form.TmemOffset = 0;
            form.FrameOffset = 0;
            form.Length = 0;
            form.Frame = 0;
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

            ref readonly GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(source));
            if (form.Command != DestroyPoolOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(in form);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static DestroyPoolOp Read(in GenericForm form) => new()
        {
            PoolId = form.PoolId,
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

            ref GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(destination));
            form.Command = NewPageOp.Number;
            form.PoolId = op.PoolId;
            form.Word0 = op.Object.Word0;
            form.Word1 = op.Object.Word1;
            form.Word2 = op.Object.Word2;
            form.Index = op.Index;
            form.TmemOffset = 0;
            form.FrameOffset = 0;
            form.Length = 0;
            form.Frame = 0;
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

            ref readonly GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(source));
            if (form.Command != NewPageOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(in form);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static NewPageOp Read(in GenericForm form) => new()
        {
            PoolId = form.PoolId,
            Object = new ObjectId(form.Word0, form.Word1, form.Word2),
            Index = form.Index,
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

            ref GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(destination));
            form.Command = PutPageOp.Number;
            form.PoolId = op.PoolId;
            form.Word0 = op.Object.Word0;
            form.Word1 = op.Object.Word1;
            form.Word2 = op.Object.Word2;
            form.Index = op.Index;
            form.TmemOffset = 0;
            form.FrameOffset = 0;
            form.Length = 0;
            form.Frame = op.Frame;
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

            ref readonly GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(source));
            if (form.Command != PutPageOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(in form);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static PutPageOp Read(in GenericForm form) => new()
        {
            PoolId = form.PoolId,
            Object = new ObjectId(form.Word0, form.Word1, form.Word2),
            Index = form.Index,
            Frame = form.Frame,
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

            ref GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(destination));
            form.Command = GetPageOp.Number;
            form.PoolId = op.PoolId;
            form.Word0 = op.Object.Word0;
            form.Word1 = op.Object.Word1;
            form.Word2 = op.Object.Word2;
            form.Index = op.Index;
            form.TmemOffset = 0;
            form.FrameOffset = 0;
            form.Length = 0;
            form.Frame = op.Frame;
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

            ref readonly GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(source));
            if (form.Command != GetPageOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(in form);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static GetPageOp Read(in GenericForm form) => new()
        {
            PoolId = form.PoolId,
            Object = new ObjectId(form.Word0, form.Word1, form.Word2),
            Index = form.Index,
            Frame = form.Frame,
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

            ref GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(destination));
            form.Command = FlushPageOp.Number;
            form.PoolId = op.PoolId;
            form.Word0 = op.Object.Word0;
            form.Word1 = op.Object.Word1;
            form.Word2 = op.Object.Word2;
            form.Index = op.Index;
            form.TmemOffset = 0;
            form.FrameOffset = 0;
            form.Length = 0;
            form.Frame = 0;
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

            ref readonly GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(source));
            if (form.Command != FlushPageOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(in form);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static FlushPageOp Read(in GenericForm form) => new()
        {
            PoolId = form.PoolId,
            Object = new ObjectId(form.Word0, form.Word1, form.Word2),
            Index = form.Index,
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

            ref GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(destination));
            form.Command = FlushObjectOp.Number;
            form.PoolId = op.PoolId;
            form.Word0 = op.Object.Word0;
            form.Word1 = op.Object.Word1;
            form.Word2 = op.Object.Word2;
            form.Index = 0;
            form.TmemOffset = 0;
            form.FrameOffset = 0;
            form.Length = 0;
            form.Frame = 0;
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

            ref readonly GenericForm form = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(source));
            if (form.Command != FlushObjectOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(in form);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static FlushObjectOp Read(in GenericForm form) => new()
        {
            PoolId = form.PoolId,
            Object = new ObjectId(form.Word0, form.Word1, form.Word2),
        };
    }
}
