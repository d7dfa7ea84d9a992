using System.Runtime.CompilerServices;
using TmemCore.Abi;

namespace TmemCore.Benchmarks.Marshalers;

/// <summary>Answers with the sum of what it was given, so that no field can be left unread.</summary>
/// <remarks>Not inlined, as a handler that does anything is not: the op it gets has to be there.</remarks>
internal readonly partial struct SummingHandler : GuestOps.IHandler
{
    public long OnControl(TmemAbi abi, ReadOnlySpan<byte> op) => op.Length;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnNewPool(in NewPoolOp op) => (long)op.Uuid.Low + (long)op.Flags;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnDestroyPool(in DestroyPoolOp op) => op.PoolId;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnNewPage(in NewPageOp op) => op.PoolId + (long)op.Object.Word0 + op.Index;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnPutPage(in PutPageOp op) => op.PoolId + (long)op.Object.Word0 + op.Index + (long)op.Frame;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnGetPage(in GetPageOp op) => op.PoolId + (long)op.Object.Word0 + op.Index + (long)op.Frame;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnFlushPage(in FlushPageOp op) => op.PoolId + (long)op.Object.Word0 + op.Index;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnFlushObject(in FlushObjectOp op) => op.PoolId + (long)op.Object.Word0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnRead(in ReadOp op) => op.PoolId + (long)op.Object.Word0 + op.Index + op.TmemOffset + op.FrameOffset + op.Length + (long)op.Frame;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnWrite(in WriteOp op) => op.PoolId + (long)op.Object.Word0 + op.Index + op.TmemOffset + op.FrameOffset + op.Length + (long)op.Frame;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnXchg(in XchgOp op) => op.PoolId + (long)op.Object.Word0 + op.Index + op.TmemOffset + op.FrameOffset + op.Length + (long)op.Frame;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnAuth(in AuthOp op) => op.ClientId + (long)op.Uuid.Low + op.Flags;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long OnRestoreNew(in RestoreNewOp op) => op.PoolId + op.ClientId + (long)op.Uuid.Low + (long)op.Flags;

    public long OnUnknownGuest(TmemAbi abi, uint number, ReadOnlySpan<byte> op) => -number;
}
