using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TmemCore.Abi;

namespace TmemCore.Benchmarks.Marshalers;

internal static partial class Overlay
{
    internal readonly struct GuestOps : IDispatcher
    {
        [MethodImpl(MethodImplOptions.NoInlining), SkipLocalsInit]
        public static long Dispatch(TmemAbi abi, ReadOnlySpan<byte> op, SummingHandler handler)
        {
            if (!Layout.Holds(abi, op.Length))
            {
                return Layout.Refusal(abi);
            }

            ref readonly CreateForm create = ref Unsafe.As<byte, CreateForm>(ref MemoryMarshal.GetReference(op));
            ref readonly GenericForm generic = ref Unsafe.As<byte, GenericForm>(ref MemoryMarshal.GetReference(op));
            switch (generic.Command)
            {
                case 0:
                    return handler.OnControl(abi, op);
                case NewPoolOp.Number:
                    return handler.OnNewPool(NewPoolCode.Read(in create));
                case DestroyPoolOp.Number:
                    return handler.OnDestroyPool(DestroyPoolCode.Read(in generic));
                case NewPageOp.Number:
                    return handler.OnNewPage(NewPageCode.Read(in generic));
                case PutPageOp.Number:
                    return handler.OnPutPage(PutPageCode.Read(in generic));
                case GetPageOp.Number:
                    return handler.OnGetPage(GetPageCode.Read(in generic));
                case FlushPageOp.Number:
                    return handler.OnFlushPage(FlushPageCode.Read(in generic));
                case FlushObjectOp.Number:
                    return handler.OnFlushObject(FlushObjectCode.Read(in generic));
                case ReadOp.Number:
                    return handler.OnRead(ReadCode.Read(in generic));
                case WriteOp.Number:
                    return handler.OnWrite(WriteCode.Read(in generic));
                case XchgOp.Number:
                    return handler.OnXchg(XchgCode.Read(in generic));
                case AuthOp.Number:
                    return handler.OnAuth(AuthCode.Read(in create));
                case RestoreNewOp.Number:
                    return handler.OnRestoreNew(RestoreNewCode.Read(in create));
                default:
                    return handler.OnUnknownGuest(abi, generic.Command, op);
            }
        }
    }

    internal readonly struct ControlOps : IDispatcher
    {
        [MethodImpl(MethodImplOptions.NoInlining), SkipLocalsInit]
        public static long Dispatch(TmemAbi abi, ReadOnlySpan<byte> op, SummingHandler handler)
        {
            if (!Layout.Holds(abi, op.Length))
            {
                return Layout.Refusal(abi);
            }

            ref readonly ControlForm control = ref Unsafe.As<byte, ControlForm>(ref MemoryMarshal.GetReference(op));
            if (control.Command != 0)
            {
                return handler.OnUnknownControl(abi, control.Subop, op);
            }

            switch (control.Subop)
            {
                case ListOp.Number:
                    return handler.OnList(ListCode.Read(in control));
                case SetCapOp.Number:
                    return handler.OnSetCap(SetCapCode.Read(in control));
                case SaveGetNextPageOp.Number:
                    return handler.OnSaveGetNextPage(SaveGetNextPageCode.Read(in control));
                case RestorePutPageOp.Number:
                    return handler.OnRestorePutPage(RestorePutPageCode.Read(in control));
                default:
                    return handler.OnUnknownControl(abi, control.Subop, op);
            }
        }
    }
}
