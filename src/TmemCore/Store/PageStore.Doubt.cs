namespace TmemCore.Store;

/// <summary>
/// Calls of a client that is closed, since nobody knows whether it runs here. They are refused, but what a put or a flush would have put an end to goes
/// all the same: if the client turns out to run here, nobody reads a page that is stale, and if it does not, its pages go anyway.
/// </summary>
internal sealed partial class PageStore
{
    /// <summary>Refuses a put whose handle is not current, and whose client is not paused; the shard's lock is held.</summary>
    private PutResult RefuseStale(Shard shard, in PoolHandle handle, in ObjectId id, uint index, ulong hash)
    {
        PutResult refused = RefuseUnavailable();
        if (!handle.IsHeld)
        {
            return refused;
        }

        uint poolShard = shard.PoolShardOf(handle.Pool);
        uint objectCell = 0;
        uint page = poolShard == 0
            ? PageDescriptor.None
            : shard.FindPage(poolShard, id, hash, index, hints: null, out objectCell);
        if (page != PageDescriptor.None)
        {
            RemovePage(shard, poolShard, objectCell, index, page, FrameUse.Release);
        }

        return handle.Client.IsGone ? refused : page == PageDescriptor.None ? PutResult.Frozen : PutResult.PageDropped;
    }

    /// <summary>
    /// Counts a flush as refused whose handle is not current, and whose client is not paused; the shard's lock is held.
    /// </summary>
    /// <returns>Whether its pages go all the same.</returns>
    private bool IsToFlushStale(in PoolHandle handle)
    {
        CountRefusedOperation();
        return handle.IsHeld;
    }
}
