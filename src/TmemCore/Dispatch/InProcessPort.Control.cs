using System.Text;
using TmemCore.Abi;
using TmemCore.Hypercalls;
using TmemCore.Store;

namespace TmemCore.Dispatch;

/// <summary>The control operations; whoever comes here is privileged.</summary>
public sealed partial class InProcessPort
{
    /// <summary>Does what a control operation asks for, by hypercall or by sysctl.</summary>
    private readonly struct Control(InProcessPort port) : ControlOps.IHandler
    {
        private const int NoPool = -1;

        private TmemDispatcher Dispatcher => port._dispatcher;

        public long OnThaw(in ThawOp op) => Simple(ThawOp.Number, op.ClientId);

        public long OnFreeze(in FreezeOp op) => Simple(FreezeOp.Number, op.ClientId);

        public long OnFlush(in FlushOp op) => Simple(FlushOp.Number, op.ClientId, op.SizeKib);

        public long OnDestroy(in DestroyOp op) => Simple(DestroyOp.Number, op.ClientId);

        public long OnSetWeight(in SetWeightOp op) => Simple(SetWeightOp.Number, op.ClientId, op.Value);

        public long OnSetCap(in SetCapOp op) => Simple(SetCapOp.Number, op.ClientId, op.Value);

        public long OnSetCompress(in SetCompressOp op) => Simple(SetCompressOp.Number, op.ClientId, op.Value);

        public long OnQueryFreeable(in QueryFreeableOp op) => Simple(QueryFreeableOp.Number, 0);

        public long OnSaveBegin(in SaveBeginOp op) => Simple(SaveBeginOp.Number, op.ClientId, op.Live);

        public long OnSaveGetVersion(in SaveGetVersionOp op) => Simple(SaveGetVersionOp.Number, 0);

        public long OnSaveGetMaxPools(in SaveGetMaxPoolsOp op) => Simple(SaveGetMaxPoolsOp.Number, 0);

        public long OnSaveGetClientWeight(in SaveGetClientWeightOp op) => Simple(SaveGetClientWeightOp.Number, op.ClientId);

        public long OnSaveGetClientCap(in SaveGetClientCapOp op) => Simple(SaveGetClientCapOp.Number, op.ClientId);

        public long OnSaveGetClientFlags(in SaveGetClientFlagsOp op) => Simple(SaveGetClientFlagsOp.Number, op.ClientId);

        public long OnSaveGetPoolFlags(in SaveGetPoolFlagsOp op) =>
            Dispatcher.Control((int)SaveGetPoolFlagsOp.Number, op.PoolId, ClientOf(op.ClientId), 0);

        public long OnSaveGetPoolPageCount(in SaveGetPoolPageCountOp op) =>
            Dispatcher.Control((int)SaveGetPoolPageCountOp.Number, op.PoolId, ClientOf(op.ClientId), 0);

        public long OnSaveEnd(in SaveEndOp op) => Simple(SaveEndOp.Number, op.ClientId);

        public long OnRestoreBegin(in RestoreBeginOp op) => Simple(RestoreBeginOp.Number, op.ClientId);

        public long OnRestoreFlushPage(in RestoreFlushPageOp op) =>
            Dispatcher.RestoreFlushPage(ClientOf(op.ClientId), op.PoolId, op.Object, op.Index);

        public long OnUnknownControl(TmemAbi abi, uint number, ReadOnlySpan<byte> op) => Unknown();

        public long OnList(in ListOp op)
        {
            int room = (int)Math.Min(op.BufferBytes, int.MaxValue);
            long answer = Dispatcher.List(ClientOf(op.ClientId), room, op.LongForm != 0, out string text);
            if (answer < 0 || room == 0)
            {
                return answer;
            }

            // The text ends with a zero byte, for which the list has left room.
            var bytes = new byte[text.Length + 1];
            Encoding.ASCII.GetBytes(text, bytes);
            return port._memory.TryWrite(op.Buffer, bytes) ? answer : TmemError.Fault;
        }

        public long OnSaveGetPoolUuid(in SaveGetPoolUuidOp op)
        {
            long answer = Dispatcher.GetPoolUuid(ClientOf(op.ClientId), op.PoolId, out PoolUuid uuid);
            Span<byte> bytes = stackalloc byte[TmemPoolUuid.MaxSize];
            new TmemPoolUuid { Value = uuid }.Write(port._abi, bytes);
            return answer < 0 || port._memory.TryWrite(op.Buffer, bytes) ? answer : TmemError.Fault;
        }

        public long OnSaveGetNextPage(in SaveGetNextPageOp op)
        {
            var target = new HandleAndPage(port._memory, port._abi, op.Buffer, op.BufferBytes);
            return Dispatcher.SaveNextPage(ClientOf(op.ClientId), op.PoolId, ref target);
        }

        public long OnSaveGetNextInvalidated(in SaveGetNextInvalidatedOp op)
        {
            TmemAbi abi = port._abi;
            GuestMemory memory = port._memory;
            ulong address = op.Buffer;
            return op.BufferBytes < TmemHandle.SizeOf(abi)
                ? 0
                : Dispatcher.SaveNextInvalidated(ClientOf(op.ClientId), handle =>
                {
                    Span<byte> bytes = stackalloc byte[TmemHandle.MaxSize];
                    return IsExpressible(abi, handle.Object) && memory.TryWrite(address, bytes[..handle.Write(abi, bytes)]);
                });
        }

        public long OnRestorePutPage(in RestorePutPageOp op)
        {
            if (op.BufferBytes != TmemPool.PageBytes)
            {
                return TmemError.Invalid;
            }

            var source = new BufferSource(port._memory, op.Buffer);
            return Dispatcher.RestorePutPage(ClientOf(op.ClientId), op.PoolId, op.Object, op.Index, ref source);
        }

        public long OnGetClientInfo(in GetClientInfoOp op)
        {
            Span<byte> bytes = stackalloc byte[XenTmemClient.MaxSize];
            int length = Dispatcher.GetClientInfo(ClientOf(op.ClientId)).Write(port._abi, bytes);
            return port._memory.TryWrite(op.Buffer, bytes[..length]) ? 0 : TmemError.Fault;
        }

        public long OnSetClientInfo(in SetClientInfoOp op)
        {
            Span<byte> bytes = stackalloc byte[XenTmemClient.MaxSize];
            int client = ClientOf(op.ClientId);
            if (!Dispatcher.HasClient(client))
            {
                return TmemError.NoEntry;
            }

            return port._memory.TryRead(op.Buffer, bytes) && XenTmemClient.TryRead(port._abi, bytes, out XenTmemClient info)
                ? Dispatcher.SetClientInfo(client, info)
                : TmemError.Fault;
        }

        public long OnGetPools(in GetPoolsOp op)
        {
            if (LengthRefusal(op.BufferBytes) is not 0 and long refusal)
            {
                return refusal;
            }

            Span<XenTmemPoolInfo> pools = new XenTmemPoolInfo[op.BufferBytes / XenTmemPoolInfo.MaxSize];
            long count = Dispatcher.GetPools(ClientOf(op.ClientId), pools);
            return count <= 0 || TryWrite(op.Buffer, pools[..(int)count]) ? count : TmemError.Fault;
        }

        public long OnSetPools(in SetPoolsOp op)
        {
            if (!port.HasGrantsByControl)
            {
                return Unknown();
            }

            if (LengthRefusal(op.BufferBytes) is not 0 and long refusal)
            {
                return refusal;
            }

            // Written back as they are, so that ids that cannot be told are not given out.
            Span<XenTmemPoolInfo> pools = new XenTmemPoolInfo[op.BufferBytes / XenTmemPoolInfo.MaxSize];
            if (!TryRead(op.Buffer, pools) || !TryWrite(op.Buffer, pools))
            {
                return TmemError.Fault;
            }

            long answer = Dispatcher.SetPools(ClientOf(op.ClientId), pools);
            return answer < 0 || TryWrite(op.Buffer, pools) ? answer : TmemError.Fault;
        }

        public long OnSetAuth(in SetAuthOp op)
        {
            if (!port.HasGrantsByControl)
            {
                return Unknown();
            }

            if (LengthRefusal(op.BufferBytes) is not 0 and long refusal)
            {
                return refusal;
            }

            Span<XenTmemPoolInfo> pools = new XenTmemPoolInfo[op.BufferBytes / XenTmemPoolInfo.MaxSize];
            return TryRead(op.Buffer, pools) ? Dispatcher.SetAuthorizations(ClientOf(op.ClientId), pools) : TmemError.Fault;
        }

        private static long LengthRefusal(uint lengthBytes) => lengthBytes % XenTmemPoolInfo.MaxSize != 0
            ? TmemError.Invalid
            : lengthBytes / XenTmemPoolInfo.MaxSize > ClientRecord.PoolSlots ? TmemError.TooLong : 0;

        private long Unknown() => Dispatcher.Control(int.MaxValue, NoPool, NoPool, 0);

        private long Simple(uint number, uint client, uint argument = 0) =>
            Dispatcher.Control((int)number, NoPool, ClientOf(client), argument);

        private bool TryRead(ulong address, Span<XenTmemPoolInfo> pools)
        {
            var bytes = new byte[pools.Length * XenTmemPoolInfo.MaxSize];
            bool isRead = port._memory.TryRead(address, bytes);
            for (int i = 0; isRead && i < pools.Length; i++)
            {
                isRead = XenTmemPoolInfo.TryRead(port._abi, bytes.AsSpan(i * XenTmemPoolInfo.MaxSize), out pools[i]);
            }

            return isRead;
        }

        private bool TryWrite(ulong address, ReadOnlySpan<XenTmemPoolInfo> pools)
        {
            var bytes = new byte[pools.Length * XenTmemPoolInfo.MaxSize];
            for (int i = 0; i < pools.Length; i++)
            {
                pools[i].Write(port._abi, bytes.AsSpan(i * XenTmemPoolInfo.MaxSize));
            }

            return port._memory.TryWrite(address, bytes);
        }
    }

    /// <summary>Whether the generation's object ids can hold one; a caller of 2009 may save a client of later.</summary>
    private static bool IsExpressible(TmemAbi abi, in ObjectId id) =>
        abi.Generation > AbiGeneration.V0Aug2009 || (id.Word1 | id.Word2) == 0;

    /// <summary>A control buffer that takes a handle and, behind it, its page: both or none.</summary>
    private readonly struct HandleAndPage(GuestMemory memory, TmemAbi abi, ulong address, uint roomBytes) : ISavedPageTarget
    {
        public bool HasRoom => roomBytes >= TmemHandle.SizeOf(abi) + TmemPool.PageBytes;

        public bool TryWrite(int pool, in ObjectId objectId, uint index, ReadOnlySpan<byte> page)
        {
            if (!IsExpressible(abi, objectId))
            {
                return false;
            }

            Span<byte> bytes = stackalloc byte[TmemHandle.MaxSize + TmemPool.PageBytes];
            int length = new TmemHandle { PoolId = (uint)pool, Index = index, Object = objectId }.Write(abi, bytes);
            page.CopyTo(bytes[length..]);
            return memory.TryWrite(address, bytes[..(length + TmemPool.PageBytes)]);
        }
    }

    /// <summary>A control buffer that holds a page, at any address.</summary>
    private readonly struct BufferSource(GuestMemory memory, ulong address) : IPageSource
    {
        public bool TryRead(Span<byte> page) => memory.TryRead(address, page);
    }
}
