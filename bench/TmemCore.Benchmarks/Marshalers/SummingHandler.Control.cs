using System.Runtime.CompilerServices;
using TmemCore.Abi;

namespace TmemCore.Benchmarks.Marshalers;

internal readonly partial struct SummingHandler : ControlOps.IHandler
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnThaw(in ThawOp op) => ThawOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnFreeze(in FreezeOp op) => FreezeOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnFlush(in FlushOp op) => FlushOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnDestroy(in DestroyOp op) => DestroyOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnList(in ListOp op) => op.ClientId + op.BufferBytes + op.LongForm + (long)op.Buffer;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSetWeight(in SetWeightOp op) => SetWeightOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnGetClientInfo(in GetClientInfoOp op) => GetClientInfoOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSetCap(in SetCapOp op) => op.ClientId + op.Value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSetClientInfo(in SetClientInfoOp op) => SetClientInfoOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSetCompress(in SetCompressOp op) => SetCompressOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnGetPools(in GetPoolsOp op) => GetPoolsOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnQueryFreeable(in QueryFreeableOp op) => QueryFreeableOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSetPools(in SetPoolsOp op) => SetPoolsOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSaveBegin(in SaveBeginOp op) => SaveBeginOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSaveGetVersion(in SaveGetVersionOp op) => SaveGetVersionOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSetAuth(in SetAuthOp op) => SetAuthOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSaveGetMaxPools(in SaveGetMaxPoolsOp op) => SaveGetMaxPoolsOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSaveGetClientWeight(in SaveGetClientWeightOp op) => SaveGetClientWeightOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSaveGetClientCap(in SaveGetClientCapOp op) => SaveGetClientCapOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSaveGetClientFlags(in SaveGetClientFlagsOp op) => SaveGetClientFlagsOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSaveGetPoolFlags(in SaveGetPoolFlagsOp op) => SaveGetPoolFlagsOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSaveGetPoolPageCount(in SaveGetPoolPageCountOp op) => SaveGetPoolPageCountOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSaveGetPoolUuid(in SaveGetPoolUuidOp op) => SaveGetPoolUuidOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSaveGetNextPage(in SaveGetNextPageOp op) => op.ClientId + op.PoolId + op.BufferBytes + (long)op.Buffer;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSaveGetNextInvalidated(in SaveGetNextInvalidatedOp op) => SaveGetNextInvalidatedOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnSaveEnd(in SaveEndOp op) => SaveEndOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnRestoreBegin(in RestoreBeginOp op) => RestoreBeginOp.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnRestorePutPage(in RestorePutPageOp op) => op.ClientId + op.PoolId + (long)op.Object.Word0 + op.Index + op.BufferBytes + (long)op.Buffer;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnRestoreFlushPage(in RestoreFlushPageOp op) => RestoreFlushPageOp.Number;

    public long OnUnknownControl(TmemAbi abi, uint number, ReadOnlySpan<byte> op) => -number;
}
