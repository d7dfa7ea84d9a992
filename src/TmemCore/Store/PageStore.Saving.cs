using TmemCore.Codecs;

namespace TmemCore.Store;

/// <summary>
/// Handing a persistent pool out, page by page. The place reached is kept in the records of the pool: a shard, and in it an
/// object, a leaf and a bit. What is removed meanwhile moves the place on, so that a step never looks for it.
/// </summary>
/// <remarks>
/// While the client is frozen no page is added, so each page comes once. Pages added to a client that is not frozen may be
/// left out. All of it happens under the control lock.
/// </remarks>
internal sealed partial class PageStore
{
    /// <summary>Hands out the next page of a pool since its client's save began.</summary>
    public SavedPage SaveNextPage<TTarget>(in PoolHandle handle, scoped ref TTarget target)
        where TTarget : ISavedPageTarget, allows ref struct
    {
        for (int number = Pool(handle.Pool).SaveShard; number < _shards.Length; number++)
        {
            Shard shard = _shards[number];
            shard.Lock.Enter();
            try
            {
                SavedPage result = SaveNextPage(shard, handle, ref target);
                if (result != SavedPage.None)
                {
                    return result;
                }

                Pool(handle.Pool).SaveShard = number + 1;
                Pool(handle.Pool).IsSaveInShard = 0;
            }
            finally
            {
                shard.Lock.Exit();
            }
        }

        return SavedPage.None;
    }

    /// <summary>The change of a migrating client that was not passed yet.</summary>
    public bool TryPeekChange(uint client, out PageChange change, out bool isIncomplete)
    {
        ref ChangeLogState log = ref Client(client).Changes;
        isIncomplete = log.HasOverflowed != 0;
        return _changeLog.TryPeek(ref log, out change);
    }

    /// <summary>Goes behind the change that was peeked at.</summary>
    public void PassChange(uint client) => _changeLog.Pass(ref Client(client).Changes);

    private SavedPage SaveNextPage<TTarget>(Shard shard, in PoolHandle handle, scoped ref TTarget target)
        where TTarget : ISavedPageTarget, allows ref struct
    {
        uint poolShard = shard.PoolShardOf(handle.Pool);
        if (poolShard == 0)
        {
            return SavedPage.None;
        }

        if (Pool(handle.Pool).IsSaveInShard == 0)
        {
            shard.BeginSaving(poolShard);
            Pool(handle.Pool).IsSaveInShard = 1;
        }

        if (!shard.TryPeekSaved(poolShard, out uint objectCell, out uint index, out uint page))
        {
            return SavedPage.None;
        }

        if (!target.HasRoom)
        {
            return SavedPage.NoRoom;
        }

        ref PoolCounters counters = ref shard.PoolShard(poolShard).Counters;
        counters.Gets++;
        if (!TryHandOut(handle.Slot, shard.Object(objectCell).Id, index, page, ref target))
        {
            Interlocked.Increment(ref _failedCopies);
            shard.Record.FailedGets++;
            shard.Record.Errors++;
            return SavedPage.Refused;
        }

        shard.Record.GetHits++;
        counters.GetHits++;
        shard.PassSaved(poolShard);
        return SavedPage.Taken;
    }

    private bool TryHandOut<TTarget>(int pool, in ObjectId id, uint index, uint page, scoped ref TTarget target)
        where TTarget : ISavedPageTarget, allows ref struct
    {
        if (page < _firstPacked)
        {
            return target.TryWrite(pool, id, index, _arena.Frame(page));
        }

        CodecScratch scratch = _scratches.Rent();
        try
        {
            Unpack(CopyPacked(page, scratch), scratch, scratch.Page);
            return target.TryWrite(pool, id, index, scratch.Page);
        }
        finally
        {
            _scratches.Return(scratch);
        }
    }

    /// <summary>Lets the pages and the changes of a client be handed out from the beginning.</summary>
    private void RestartSaving(uint client)
    {
        ref ClientRecord record = ref Client(client);
        _changeLog.Restart(ref record.Changes);
        for (int slot = 0; slot < ClientRecord.PoolSlots; slot++)
        {
            uint pool = record.Pools[slot];
            if (pool != 0)
            {
                Pool(pool - 1).SaveShard = 0;
                Pool(pool - 1).IsSaveInShard = 0;
            }
        }
    }
}
