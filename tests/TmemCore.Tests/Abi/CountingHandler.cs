using TmemCore.Abi;

namespace TmemCore.Tests.Abi;

/// <summary>Counts calls and sums what it is given, without allocating; both families, as an engine would have them.</summary>
internal sealed class CountingHandler : GuestOps.IHandler, ControlOps.IHandler
{
    public long Calls { get; private set; }

    public long Unknown { get; private set; }

    public long OnNewPool(in NewPoolOp op) => Count(op.GetHashCode());

    public long OnDestroyPool(in DestroyPoolOp op) => Count(op.GetHashCode());

    public long OnNewPage(in NewPageOp op) => Count(op.GetHashCode());

    public long OnPutPage(in PutPageOp op) => Count(op.GetHashCode());

    public long OnGetPage(in GetPageOp op) => Count(op.GetHashCode());

    public long OnFlushPage(in FlushPageOp op) => Count(op.GetHashCode());

    public long OnFlushObject(in FlushObjectOp op) => Count(op.GetHashCode());

    public long OnRead(in ReadOp op) => Count(op.GetHashCode());

    public long OnWrite(in WriteOp op) => Count(op.GetHashCode());

    public long OnXchg(in XchgOp op) => Count(op.GetHashCode());

    public long OnAuth(in AuthOp op) => Count(op.GetHashCode());

    public long OnRestoreNew(in RestoreNewOp op) => Count(op.GetHashCode());

    public long OnThaw(in ThawOp op) => Count(op.GetHashCode());

    public long OnFreeze(in FreezeOp op) => Count(op.GetHashCode());

    public long OnFlush(in FlushOp op) => Count(op.GetHashCode());

    public long OnDestroy(in DestroyOp op) => Count(op.GetHashCode());

    public long OnList(in ListOp op) => Count(op.GetHashCode());

    public long OnGetClientInfo(in GetClientInfoOp op) => Count(op.GetHashCode());

    public long OnSetWeight(in SetWeightOp op) => Count(op.GetHashCode());

    public long OnSetCap(in SetCapOp op) => Count(op.GetHashCode());

    public long OnSetClientInfo(in SetClientInfoOp op) => Count(op.GetHashCode());

    public long OnGetPools(in GetPoolsOp op) => Count(op.GetHashCode());

    public long OnSetCompress(in SetCompressOp op) => Count(op.GetHashCode());

    public long OnQueryFreeable(in QueryFreeableOp op) => Count(op.GetHashCode());

    public long OnSetPools(in SetPoolsOp op) => Count(op.GetHashCode());

    public long OnSaveBegin(in SaveBeginOp op) => Count(op.GetHashCode());

    public long OnSaveGetVersion(in SaveGetVersionOp op) => Count(op.GetHashCode());

    public long OnSetAuth(in SetAuthOp op) => Count(op.GetHashCode());

    public long OnSaveGetMaxPools(in SaveGetMaxPoolsOp op) => Count(op.GetHashCode());

    public long OnSaveGetClientWeight(in SaveGetClientWeightOp op) => Count(op.GetHashCode());

    public long OnSaveGetClientCap(in SaveGetClientCapOp op) => Count(op.GetHashCode());

    public long OnSaveGetClientFlags(in SaveGetClientFlagsOp op) => Count(op.GetHashCode());

    public long OnSaveGetPoolFlags(in SaveGetPoolFlagsOp op) => Count(op.GetHashCode());

    public long OnSaveGetPoolPageCount(in SaveGetPoolPageCountOp op) => Count(op.GetHashCode());

    public long OnSaveGetPoolUuid(in SaveGetPoolUuidOp op) => Count(op.GetHashCode());

    public long OnSaveGetNextPage(in SaveGetNextPageOp op) => Count(op.GetHashCode());

    public long OnSaveGetNextInvalidated(in SaveGetNextInvalidatedOp op) => Count(op.GetHashCode());

    public long OnSaveEnd(in SaveEndOp op) => Count(op.GetHashCode());

    public long OnRestoreBegin(in RestoreBeginOp op) => Count(op.GetHashCode());

    public long OnRestorePutPage(in RestorePutPageOp op) => Count(op.GetHashCode());

    public long OnRestoreFlushPage(in RestoreFlushPageOp op) => Count(op.GetHashCode());

    public long OnControl(TmemAbi abi, ReadOnlySpan<byte> op) => ControlOps.Dispatch(abi, op, this);

    public long OnUnknownGuest(TmemAbi abi, uint number, ReadOnlySpan<byte> op) => CountUnknown(op.Length);

    public long OnUnknownControl(TmemAbi abi, uint number, ReadOnlySpan<byte> op) => CountUnknown(op.Length);

    private long Count(int hash)
    {
        Calls++;
        return hash & int.MaxValue;
    }

    private long CountUnknown(int length)
    {
        Unknown++;
        return length;
    }
}
