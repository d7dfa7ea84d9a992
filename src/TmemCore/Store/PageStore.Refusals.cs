namespace TmemCore.Store;

/// <summary>Counting puts that stored nothing, by reason: for the host, the pool and whoever owns it at that time.</summary>
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
