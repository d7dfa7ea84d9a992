using TmemCore.Abi;

namespace TmemCore.AotSmoke;

/// <summary>Serves a guest's ops with the pools of a client. The guest's memory is an array of frames.</summary>
internal sealed class GuestHandler(TmemClient client, byte[][] frames) : GuestOps.IHandler
{
    private const long NotImplemented = AbiResults.NotImplemented;

    private readonly Dictionary<int, PersistentPool> _pools = [];

    public long OnNewPool(in NewPoolOp op)
    {
        PersistentPool pool = client.CreatePersistentPool();
        _pools.Add(pool.Id, pool);
        return pool.Id;
    }

    public long OnPutPage(in PutPageOp op) => (long)_pools[op.PoolId].Put(op.Object, op.Index, frames[op.Frame]);

    public long OnGetPage(in GetPageOp op) => (long)_pools[op.PoolId].Get(op.Object, op.Index, frames[op.Frame]);

    public long OnFlushPage(in FlushPageOp op) => (long)_pools[op.PoolId].FlushPage(op.Object, op.Index);

    public long OnFlushObject(in FlushObjectOp op) => (long)_pools[op.PoolId].FlushObject(op.Object);

    public long OnDestroyPool(in DestroyPoolOp op)
    {
        _pools.Remove(op.PoolId, out PersistentPool? pool);
        pool?.Dispose();
        return pool is null ? 0 : 1;
    }

    public long OnControl(TmemAbi abi, ReadOnlySpan<byte> op) => NotImplemented;

    public long OnNewPage(in NewPageOp op) => NotImplemented;

    public long OnRead(in ReadOp op) => NotImplemented;

    public long OnWrite(in WriteOp op) => NotImplemented;

    public long OnXchg(in XchgOp op) => NotImplemented;

    public long OnAuth(in AuthOp op) => NotImplemented;

    public long OnRestoreNew(in RestoreNewOp op) => NotImplemented;

    public long OnUnknownGuest(TmemAbi abi, uint number, ReadOnlySpan<byte> op) => NotImplemented;
}
