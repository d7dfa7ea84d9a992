namespace TmemCore.Store;

/// <summary>Puts that store nothing, and how they are counted, by reason: for the host, the pool and whoever owns it at that time.</summary>
internal sealed partial class PageStore
{
    private long _unavailablePuts;

    private static PutResult ResultOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Frozen => PutResult.Frozen,
        RefusalReason.Unreadable => PutResult.Unreadable,
        _ => PutResult.OutOfMemory,
    };

    private static RefusalReason ReasonOf(Shortage shortage) => shortage switch
    {
        Shortage.Cells => RefusalReason.Metadata,
        Shortage.Cap => RefusalReason.Cap,
        _ => RefusalReason.Memory,
    };

    /// <summary>Counts a put that an operation of the shard has refused; its lock keeps the pool and its owner what they are.</summary>
    private void CountRefusal(Shard shard, uint pool, RefusalReason reason)
    {
        ref ShardRecord record = ref shard.Record;
        record.Puts++;
        record.Errors++;
        record.Refusals[(int)reason]++;
        CountRefusal(pool, reason);
    }

    private void CountRefusal(uint pool, RefusalReason reason)
    {
        ref PoolRecord record = ref Pool(pool);
        Interlocked.Increment(ref record.Refusals[(int)reason]);
        Interlocked.Increment(ref Client(record.Owner).Refusals[(int)reason]);
    }

    private PutResult RefuseForMemory(Shard shard, uint pool, uint poolShard, scoped ref PutAttempt attempt)
    {
        ReleaseInHand(shard, ref attempt);
        RefusalReason reason = ReasonOf(attempt.Shortage);
        if (attempt.IsPacked && reason == RefusalReason.Memory)
        {
            Interlocked.Increment(ref Client(Pool(pool).Owner).PackedPutsRefused);
        }

        attempt.Shortage = Shortage.None;
        return Refuse(shard, pool, poolShard, reason, isNoted: true);
    }

    private PutResult Refuse(Shard shard, uint pool, uint poolShard, RefusalReason reason, bool isNoted)
    {
        CountRefusal(shard, pool, reason);
        if (poolShard != 0 && !TryDropUnused(shard, pool, poolShard))
        {
            ref PoolCounters counters = ref shard.PoolShard(poolShard).Counters;
            counters.Puts++;
            counters.PutsRefused += isNoted ? 1UL : 0;
            return ResultOf(reason);
        }

        ref PoolCounters elsewhere = ref Pool(pool).Elsewhere;
        Interlocked.Increment(ref elsewhere.Puts);
        if (isNoted)
        {
            Interlocked.Increment(ref elsewhere.PutsRefused);
        }

        return ResultOf(reason);
    }

    /// <summary>Drops a record that was made for a put which is then refused: nothing stays behind, and nothing charged for it.</summary>
    private bool TryDropUnused(Shard shard, uint pool, uint poolShard)
    {
        if (!shard.PoolShard(poolShard).IsUnused)
        {
            return false;
        }

        shard.DropChunks(poolShard, int.MaxValue);
        ForgetUse(pool, ref shard.PoolShard(poolShard));
        shard.RemovePoolShard(pool);
        Settle(pool, 0, 0, -PoolShardRecord.Cells, 0);
        return true;
    }

    /// <summary>The Xen profile's refusal before it looks at the pool: as in the original it is none of the pool's puts.</summary>
    private PutResult RefuseForReserve(in PoolHandle handle, in ObjectId id, uint index, ulong hash)
    {
        Shard shard = ShardOf(hash);
        shard.Lock.Enter();
        try
        {
            if (!IsCurrent(shard, handle))
            {
                return RefuseStale(shard, handle, id, index, hash);
            }

            CountRefusedOperation();
            shard.Record.Refusals[(int)RefusalReason.Reserve]++;
            CountRefusal(handle.Pool, RefusalReason.Reserve);
            return PutResult.OutOfMemory;
        }
        finally
        {
            shard.Lock.Exit();
        }
    }

    private PutResult RefuseUnavailable()
    {
        Interlocked.Increment(ref _unavailablePuts);
        CountRefusedOperation();
        return PutResult.Unavailable;
    }
}
