using TmemCore.Abi;

namespace TmemCore.Tests.Abi;

/// <summary>Keeps the last op it was called with, and counts. It answers the op's number plus one thousand.</summary>
internal sealed class RecordingGuest : GuestOps.IHandler
{
    public int Calls { get; private set; }

    public object? Last { get; private set; }

    public long OnNewPool(in NewPoolOp op) => Keep(op, NewPoolOp.Number);

    public long OnDestroyPool(in DestroyPoolOp op) => Keep(op, DestroyPoolOp.Number);

    public long OnNewPage(in NewPageOp op) => Keep(op, NewPageOp.Number);

    public long OnPutPage(in PutPageOp op) => Keep(op, PutPageOp.Number);

    public long OnGetPage(in GetPageOp op) => Keep(op, GetPageOp.Number);

    public long OnFlushPage(in FlushPageOp op) => Keep(op, FlushPageOp.Number);

    public long OnFlushObject(in FlushObjectOp op) => Keep(op, FlushObjectOp.Number);

    public long OnRead(in ReadOp op) => Keep(op, ReadOp.Number);

    public long OnWrite(in WriteOp op) => Keep(op, WriteOp.Number);

    public long OnXchg(in XchgOp op) => Keep(op, XchgOp.Number);

    public long OnAuth(in AuthOp op) => Keep(op, AuthOp.Number);

    public long OnRestoreNew(in RestoreNewOp op) => Keep(op, RestoreNewOp.Number);

    public long OnControl(TmemAbi abi, ReadOnlySpan<byte> op) => Keep(op.ToArray(), 0);

    public long OnUnknownGuest(TmemAbi abi, uint number, ReadOnlySpan<byte> op) => Keep(number, number);

    private long Keep(object op, uint number)
    {
        Calls++;
        Last = op;
        return number + 1000L;
    }
}
