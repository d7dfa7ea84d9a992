using System.Buffers.Binary;
using TmemCore.Abi;
using TmemCore.Hypercalls;

namespace TmemCore.Dispatch;

/// <summary>The guest's commands.</summary>
public sealed partial class InProcessPort
{
    /// <summary>Does what a guest's op asks for.</summary>
    private readonly struct Guest(InProcessPort port) : GuestOps.IHandler
    {
        private TmemDispatcher Dispatcher => port._dispatcher;

        private AbiGeneration Generation => port._abi.Generation;

        private bool HasSubPages => Generation <= AbiGeneration.V0Aug2009;

        public long OnControl(TmemAbi abi, ReadOnlySpan<byte> op) => port._isPrivileged
            ? ControlOps.Dispatch(abi, op, new Control(port))
            : Dispatcher.Refuse(TmemError.NotPermitted);

        public long OnNewPool(in NewPoolOp op) => Dispatcher.NewPool(port._clientId, op.Uuid, (uint)op.Flags);

        public long OnDestroyPool(in DestroyPoolOp op) => Dispatcher.DestroyPool(port._clientId, op.PoolId);

        public long OnPutPage(in PutPageOp op)
        {
            var source = new FrameSource(port._memory, op.Frame);
            return Dispatcher.PutPage(port._clientId, op.PoolId, op.Object, op.Index, ref source);
        }

        public long OnGetPage(in GetPageOp op)
        {
            var target = new FrameTarget(port._memory, op.Frame);
            return Dispatcher.GetPage(port._clientId, op.PoolId, op.Object, op.Index, ref target);
        }

        public long OnFlushPage(in FlushPageOp op) =>
            Dispatcher.FlushPage(port._clientId, op.PoolId, op.Object, op.Index);

        public long OnFlushObject(in FlushObjectOp op) => Dispatcher.FlushObject(port._clientId, op.PoolId, op.Object);

        public long OnNewPage(in NewPageOp op)
        {
            if (!HasSubPages)
            {
                return Dispatcher.Unknown(port._clientId, op.PoolId);
            }

            var source = default(PartSource);
            return Dispatcher.PutPage(port._clientId, op.PoolId, op.Object, op.Index, ref source);
        }

        public long OnWrite(in WriteOp op)
        {
            if (!HasSubPages)
            {
                return Dispatcher.Unknown(port._clientId, op.PoolId);
            }

            var part = new PagePart(op.TmemOffset, op.FrameOffset, op.Length);
            var source = new PartSource(port._memory, op.Frame, part);
            long answer = Dispatcher.PutPage(port._clientId, op.PoolId, op.Object, op.Index, ref source);
            return answer == TmemError.Fault && !part.IsInRange ? TmemError.Invalid : answer;
        }

        public long OnRead(in ReadOp op)
        {
            if (!HasSubPages)
            {
                return Dispatcher.Unknown(port._clientId, op.PoolId);
            }

            var part = new PagePart(op.TmemOffset, op.FrameOffset, op.Length);
            var target = new PartTarget(port._memory, op.Frame, part);
            long answer = Dispatcher.GetPage(port._clientId, op.PoolId, op.Object, op.Index, ref target);
            return answer == TmemError.Fault && !part.IsInRange ? TmemError.Invalid : answer;
        }

        public long OnXchg(in XchgOp op) => Dispatcher.Unknown(port._clientId, op.PoolId);

        public long OnAuth(in AuthOp op)
        {
            long refusal = Refusal();
            return refusal != 0 ? refusal : Dispatcher.Authorize(ClientOf(op.ClientId), op.Uuid, op.Flags);
        }

        public long OnRestoreNew(in RestoreNewOp op)
        {
            long refusal = Refusal();
            return refusal != 0
                ? refusal
                : Dispatcher.RestoreNewPool(ClientOf(op.ClientId), op.PoolId, op.Uuid, (uint)op.Flags);
        }

        public long OnUnknownGuest(TmemAbi abi, uint number, ReadOnlySpan<byte> op) =>
            number == 0 && Generation >= AbiGeneration.V1Sysctl46
                ? Dispatcher.Refuse(TmemError.NotSupported)
                : Dispatcher.Unknown(port._clientId, BinaryPrimitives.ReadInt32LittleEndian(op[PoolIdOffset..]));

        /// <summary>AUTH and RESTORE_NEW went with Xen 4.9, and want privilege before.</summary>
        private long Refusal() => port.HasGrantsByControl
            ? Dispatcher.Refuse(TmemError.NotSupported)
            : port._isPrivileged ? 0 : Dispatcher.Refuse(TmemError.NotPermitted);
    }

    /// <summary>Which bytes of a page a partial read or write moves. The numbers are the guest's: any at all.</summary>
    private readonly record struct PagePart(uint PageOffset, uint FrameOffset, uint Length)
    {
        public bool IsInRange => (ulong)PageOffset + Length <= TmemPool.PageBytes && (ulong)FrameOffset + Length <= TmemPool.PageBytes;

        public Span<byte> InPage(Span<byte> page) => page.Slice((int)PageOffset, (int)Length);

        public ReadOnlySpan<byte> InPage(ReadOnlySpan<byte> page) => page.Slice((int)PageOffset, (int)Length);

        public Span<byte> InFrame(Span<byte> frame) => frame.Slice((int)FrameOffset, (int)Length);

        public ReadOnlySpan<byte> InFrame(ReadOnlySpan<byte> frame) => frame.Slice((int)FrameOffset, (int)Length);
    }

    /// <summary>A guest's frame, opened when the store asks for the page.</summary>
    private readonly struct FrameSource(GuestMemory memory, ulong frame) : IPageSource
    {
        public bool TryRead(Span<byte> page)
        {
            if (!memory.TryOpen(frame, GuestAccess.ReadOnly, out GuestPage opened))
            {
                return false;
            }

            using (opened)
            {
                opened.Bytes.CopyTo(page);
                return true;
            }
        }
    }

    /// <summary>A guest's frame, opened when the store has found the page.</summary>
    private readonly struct FrameTarget(GuestMemory memory, ulong frame) : IPageTarget
    {
        public bool TryWrite(ReadOnlySpan<byte> page)
        {
            if (!memory.TryOpen(frame, GuestAccess.ReadWrite, out GuestPage opened))
            {
                return false;
            }

            using (opened)
            {
                page.CopyTo(opened.WritableBytes);
                return true;
            }
        }
    }

    /// <summary>Part of a guest's frame, and zeros around it; without a length the frame is not looked at.</summary>
    private readonly struct PartSource(GuestMemory memory, ulong frame, PagePart part) : IPageSource
    {
        public bool TryRead(Span<byte> page)
        {
            if (!part.IsInRange)
            {
                return false;
            }

            page.Clear();
            if (part.Length == 0)
            {
                return true;
            }

            if (!memory.TryOpen(frame, GuestAccess.ReadOnly, out GuestPage opened))
            {
                return false;
            }

            using (opened)
            {
                part.InFrame(opened.Bytes).CopyTo(part.InPage(page));
                return true;
            }
        }
    }

    /// <summary>Part of a guest's frame; the bytes around it stay as they are.</summary>
    private readonly struct PartTarget(GuestMemory memory, ulong frame, PagePart part) : IPageTarget
    {
        public bool TryWrite(ReadOnlySpan<byte> page)
        {
            if (!part.IsInRange || part.Length == 0)
            {
                return part.IsInRange;
            }

            if (!memory.TryOpen(frame, GuestAccess.ReadWrite, out GuestPage opened))
            {
                return false;
            }

            using (opened)
            {
                part.InPage(page).CopyTo(part.InFrame(opened.WritableBytes));
                return true;
            }
        }
    }
}
