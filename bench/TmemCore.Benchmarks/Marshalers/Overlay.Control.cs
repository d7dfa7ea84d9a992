using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TmemCore.Abi;

namespace TmemCore.Benchmarks.Marshalers;

internal static partial class Overlay
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

            ref ControlForm form = ref Unsafe.As<byte, ControlForm>(ref MemoryMarshal.GetReference(destination));
            form.Command = 0;
            form.PoolId = 0;
            form.Subop = ListOp.Number;
            form.ClientId = op.ClientId;
            form.Argument1 = op.BufferBytes;
            form.Argument2 = op.LongForm;
            form.Word0 = 0;
            form.Word1 = 0;
            form.Word2 = 0;
            form.Buffer = op.Buffer;
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

            ref readonly ControlForm form = ref Unsafe.As<byte, ControlForm>(ref MemoryMarshal.GetReference(source));
            if (form.Command != 0 || form.Subop != ListOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(in form);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ListOp Read(in ControlForm form) => new()
        {
            ClientId = form.ClientId,
            BufferBytes = form.Argument1,
            LongForm = form.Argument2,
            Buffer = form.Buffer,
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

            ref ControlForm form = ref Unsafe.As<byte, ControlForm>(ref MemoryMarshal.GetReference(destination));
            form.Command = 0;
            form.PoolId = 0;
            form.Subop = SetCapOp.Number;
            form.ClientId = op.ClientId;
            form.Argument1 = op.Value;
            form.Argument2 = 0;
            form.Word0 = 0;
            form.Word1 = 0;
            form.Word2 = 0;
            form.Buffer = 0;
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

            ref readonly ControlForm form = ref Unsafe.As<byte, ControlForm>(ref MemoryMarshal.GetReference(source));
            if (form.Command != 0 || form.Subop != SetCapOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(in form);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static SetCapOp Read(in ControlForm form) => new()
        {
            ClientId = form.ClientId,
            Value = form.Argument1,
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

            ref ControlForm form = ref Unsafe.As<byte, ControlForm>(ref MemoryMarshal.GetReference(destination));
            form.Command = 0;
            form.PoolId = op.PoolId;
            form.Subop = SaveGetNextPageOp.Number;
            form.ClientId = op.ClientId;
            form.Argument1 = op.BufferBytes;
            form.Argument2 = 0;
            form.Word0 = 0;
            form.Word1 = 0;
            form.Word2 = 0;
            form.Buffer = op.Buffer;
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

            ref readonly ControlForm form = ref Unsafe.As<byte, ControlForm>(ref MemoryMarshal.GetReference(source));
            if (form.Command != 0 || form.Subop != SaveGetNextPageOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(in form);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static SaveGetNextPageOp Read(in ControlForm form) => new()
        {
            ClientId = form.ClientId,
            PoolId = form.PoolId,
            BufferBytes = form.Argument1,
            Buffer = form.Buffer,
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

            ref ControlForm form = ref Unsafe.As<byte, ControlForm>(ref MemoryMarshal.GetReference(destination));
            form.Command = 0;
            form.PoolId = op.PoolId;
            form.Subop = RestorePutPageOp.Number;
            form.ClientId = op.ClientId;
            form.Argument1 = op.BufferBytes;
            form.Argument2 = op.Index;
            form.Word0 = op.Object.Word0;
            form.Word1 = op.Object.Word1;
            form.Word2 = op.Object.Word2;
            form.Buffer = op.Buffer;
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

            ref readonly ControlForm form = ref Unsafe.As<byte, ControlForm>(ref MemoryMarshal.GetReference(source));
            if (form.Command != 0 || form.Subop != RestorePutPageOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(in form);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static RestorePutPageOp Read(in ControlForm form) => new()
        {
            ClientId = form.ClientId,
            PoolId = form.PoolId,
            Object = new ObjectId(form.Word0, form.Word1, form.Word2),
            Index = form.Argument2,
            BufferBytes = form.Argument1,
            Buffer = form.Buffer,
        };
    }
}
