using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using TmemCore.Abi;

namespace TmemCore.Benchmarks.Marshalers;

internal static partial class ByHand
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

            switch (BinaryPrimitives.ReadUInt32LittleEndian(op))
            {
                case 0:
                    return handler.OnControl(abi, op);
                case NewPoolOp.Number:
                    return handler.OnNewPool(NewPoolCode.Read(op[..Layout.Bytes]));
                case DestroyPoolOp.Number:
                    return handler.OnDestroyPool(DestroyPoolCode.Read(op[..Layout.Bytes]));
                case NewPageOp.Number:
                    return handler.OnNewPage(NewPageCode.Read(op[..Layout.Bytes]));
                case PutPageOp.Number:
                    return handler.OnPutPage(PutPageCode.Read(op[..Layout.Bytes]));
                case GetPageOp.Number:
                    return handler.OnGetPage(GetPageCode.Read(op[..Layout.Bytes]));
                case FlushPageOp.Number:
                    return handler.OnFlushPage(FlushPageCode.Read(op[..Layout.Bytes]));
                case FlushObjectOp.Number:
                    return handler.OnFlushObject(FlushObjectCode.Read(op[..Layout.Bytes]));
                case ReadOp.Number:
                    return handler.OnRead(ReadCode.Read(op[..Layout.Bytes]));
                case WriteOp.Number:
                    return handler.OnWrite(WriteCode.Read(op[..Layout.Bytes]));
                case XchgOp.Number:
                    return handler.OnXchg(XchgCode.Read(op[..Layout.Bytes]));
                case AuthOp.Number:
                    return handler.OnAuth(AuthCode.Read(op[..Layout.Bytes]));
                case RestoreNewOp.Number:
                    return handler.OnRestoreNew(RestoreNewCode.Read(op[..Layout.Bytes]));
                default:
                    return handler.OnUnknownGuest(abi, BinaryPrimitives.ReadUInt32LittleEndian(op), op);
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

            if (BinaryPrimitives.ReadUInt32LittleEndian(op) != 0)
            {
                return handler.OnUnknownControl(abi, BinaryPrimitives.ReadUInt32LittleEndian(op[8..]), op);
            }

            switch (BinaryPrimitives.ReadUInt32LittleEndian(op[8..]))
            {
                case ListOp.Number:
                    return handler.OnList(ListCode.Read(op[..Layout.Bytes]));
                case SetCapOp.Number:
                    return handler.OnSetCap(SetCapCode.Read(op[..Layout.Bytes]));
                case SaveGetNextPageOp.Number:
                    return handler.OnSaveGetNextPage(SaveGetNextPageCode.Read(op[..Layout.Bytes]));
                case RestorePutPageOp.Number:
                    return handler.OnRestorePutPage(RestorePutPageCode.Read(op[..Layout.Bytes]));
                default:
                    return handler.OnUnknownControl(abi, BinaryPrimitives.ReadUInt32LittleEndian(op[8..]), op);
            }
        }
    }
}
