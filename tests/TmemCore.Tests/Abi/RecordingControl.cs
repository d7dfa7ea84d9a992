using TmemCore.Abi;

namespace TmemCore.Tests.Abi;

/// <summary>Keeps the last op it was called with, and counts. It answers the op's number plus one thousand.</summary>
internal sealed class RecordingControl : ControlOps.IHandler
{
    public int Calls { get; private set; }

    public object? Last { get; private set; }

    public long OnThaw(in ThawOp op) => Keep(op, ThawOp.Number);

    public long OnFreeze(in FreezeOp op) => Keep(op, FreezeOp.Number);

    public long OnFlush(in FlushOp op) => Keep(op, FlushOp.Number);

    public long OnDestroy(in DestroyOp op) => Keep(op, DestroyOp.Number);

    public long OnList(in ListOp op) => Keep(op, ListOp.Number);

    public long OnGetClientInfo(in GetClientInfoOp op) => Keep(op, GetClientInfoOp.Number);

    public long OnSetWeight(in SetWeightOp op) => Keep(op, SetWeightOp.Number);

    public long OnSetCap(in SetCapOp op) => Keep(op, SetCapOp.Number);

    public long OnSetClientInfo(in SetClientInfoOp op) => Keep(op, SetClientInfoOp.Number);

    public long OnGetPools(in GetPoolsOp op) => Keep(op, GetPoolsOp.Number);

    public long OnSetCompress(in SetCompressOp op) => Keep(op, SetCompressOp.Number);

    public long OnQueryFreeable(in QueryFreeableOp op) => Keep(op, QueryFreeableOp.Number);

    public long OnSetPools(in SetPoolsOp op) => Keep(op, SetPoolsOp.Number);

    public long OnSaveBegin(in SaveBeginOp op) => Keep(op, SaveBeginOp.Number);

    public long OnSaveGetVersion(in SaveGetVersionOp op) => Keep(op, SaveGetVersionOp.Number);

    public long OnSetAuth(in SetAuthOp op) => Keep(op, SetAuthOp.Number);

    public long OnSaveGetMaxPools(in SaveGetMaxPoolsOp op) => Keep(op, SaveGetMaxPoolsOp.Number);

    public long OnSaveGetClientWeight(in SaveGetClientWeightOp op) => Keep(op, SaveGetClientWeightOp.Number);

    public long OnSaveGetClientCap(in SaveGetClientCapOp op) => Keep(op, SaveGetClientCapOp.Number);

    public long OnSaveGetClientFlags(in SaveGetClientFlagsOp op) => Keep(op, SaveGetClientFlagsOp.Number);

    public long OnSaveGetPoolFlags(in SaveGetPoolFlagsOp op) => Keep(op, SaveGetPoolFlagsOp.Number);

    public long OnSaveGetPoolPageCount(in SaveGetPoolPageCountOp op) => Keep(op, SaveGetPoolPageCountOp.Number);

    public long OnSaveGetPoolUuid(in SaveGetPoolUuidOp op) => Keep(op, SaveGetPoolUuidOp.Number);

    public long OnSaveGetNextPage(in SaveGetNextPageOp op) => Keep(op, SaveGetNextPageOp.Number);

    public long OnSaveGetNextInvalidated(in SaveGetNextInvalidatedOp op) => Keep(op, SaveGetNextInvalidatedOp.Number);

    public long OnSaveEnd(in SaveEndOp op) => Keep(op, SaveEndOp.Number);

    public long OnRestoreBegin(in RestoreBeginOp op) => Keep(op, RestoreBeginOp.Number);

    public long OnRestorePutPage(in RestorePutPageOp op) => Keep(op, RestorePutPageOp.Number);

    public long OnRestoreFlushPage(in RestoreFlushPageOp op) => Keep(op, RestoreFlushPageOp.Number);

    public long OnUnknownControl(TmemAbi abi, uint number, ReadOnlySpan<byte> op) => Keep(number, number);

    private long Keep(object op, uint number)
    {
        Calls++;
        Last = op;
        return number + 1000L;
    }
}
