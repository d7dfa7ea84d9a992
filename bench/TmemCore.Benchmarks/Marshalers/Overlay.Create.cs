using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TmemCore.Abi;

namespace TmemCore.Benchmarks.Marshalers;

/// <summary>What one would write by hand: structures laid over the bytes, with the checks of the generated code.</summary>
internal static partial class Overlay
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

            ref CreateForm form = ref Unsafe.As<byte, CreateForm>(ref MemoryMarshal.GetReference(destination));
            form.Command = NewPoolOp.Number;
            form.PoolId = 0;
            form.Low = op.Uuid.Low;
            form.High = op.Uuid.High;
            form.Flags = (uint)op.Flags;
            form.Argument1 = 0;
            form.Rest0 = 0;
            form.Rest1 = 0;
            form.Rest2 = 0;
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

            ref readonly CreateForm form = ref Unsafe.As<byte, CreateForm>(ref MemoryMarshal.GetReference(source));
            if (form.Command != NewPoolOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(in form);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static NewPoolOp Read(in CreateForm form) => new()
        {
            Uuid = new PoolUuid(form.Low, form.High),
            Flags = (TmemPoolFlags)form.Flags,
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

            ref CreateForm form = ref Unsafe.As<byte, CreateForm>(ref MemoryMarshal.GetReference(destination));
            form.Command = AuthOp.Number;
            form.PoolId = 0;
            form.Low = op.Uuid.Low;
            form.High = op.Uuid.High;
            form.Flags = op.Flags;
            form.Argument1 = op.ClientId;
            form.Rest0 = 0;
            form.Rest1 = 0;
            form.Rest2 = 0;
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

            ref readonly CreateForm form = ref Unsafe.As<byte, CreateForm>(ref MemoryMarshal.GetReference(source));
            if (form.Command != AuthOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(in form);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static AuthOp Read(in CreateForm form) => new()
        {
            ClientId = form.Argument1,
            Uuid = new PoolUuid(form.Low, form.High),
            Flags = form.Flags,
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

            ref CreateForm form = ref Unsafe.As<byte, CreateForm>(ref MemoryMarshal.GetReference(destination));
            form.Command = RestoreNewOp.Number;
            form.PoolId = op.PoolId;
            form.Low = op.Uuid.Low;
            form.High = op.Uuid.High;
            form.Flags = (uint)op.Flags;
            form.Argument1 = op.ClientId;
            form.Rest0 = 0;
            form.Rest1 = 0;
            form.Rest2 = 0;
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

            ref readonly CreateForm form = ref Unsafe.As<byte, CreateForm>(ref MemoryMarshal.GetReference(source));
            if (form.Command != RestoreNewOp.Number)
            {
                value = default;
                return false;
            }

            value = Read(in form);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static RestoreNewOp Read(in CreateForm form) => new()
        {
            PoolId = form.PoolId,
            ClientId = form.Argument1,
            Uuid = new PoolUuid(form.Low, form.High),
            Flags = (TmemPoolFlags)form.Flags,
        };
    }
}
