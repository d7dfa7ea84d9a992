using System.Runtime.CompilerServices;
using TmemCore.Memory;
using TmemCore.Reclaim;

namespace TmemCore.Store;

/// <summary>Giving up ephemeral pages for room. No lock is held on entry; one shard's lock at a time is taken.</summary>
internal sealed partial class PageStore
{
    /// <summary>Free frames that the original wants before each put.</summary>
    private const int ReserveFrames = 256;

    /// <summary>
    /// Pages given up at once at most, when they were packed and what is wanted is a whole frame or a slot of another size: each leaves a
    /// slot of its own size, and it takes some of one size, and compaction, to make frames of them.
    /// </summary>
    private const int PackedPagesPerRound = 64;

    /// <summary>Failed attempts to evict after which the original gives up; a bound for races everywhere.</summary>
    private const int MaximumFailures = 10;

    private readonly ulong[] _oldestSequences;
    private readonly EvictionPolicy _eviction;
    private readonly GhostTable _ghosts;
    private long _evictionFailures;

    /// <summary>The place in the index where a put will look next; none without a shard.</summary>
    private readonly record struct Way(Shard? Shard, ulong Hash, uint Index);

    private enum Eviction
    {
        Done,

        /// <summary>Stale entries were in the way: the order between shards may be another now.</summary>
        Retry,

        /// <summary>Another thread has taken what was there.</summary>
        Nothing,
    }

    /// <summary>Whether the pages of a pool are kept in the queues of <see cref="Shard.TryChooseVictim"/>.</summary>
    private bool HasQueues(uint pool)
    {
        ref PoolRecord record = ref Pool(pool);
        return !record.IsPersistent
            && (_eviction == EvictionPolicy.S3FifoWithHistory || (_eviction == EvictionPolicy.S3Fifo && !record.IsExclusive));
    }

    /// <summary>Evicts one page; false when there is none.</summary>
    private bool TryEvict(uint callingClient, FrameUse use, EvictionReason reason, out uint frame) =>
        TryEvict(callingClient, use, reason, default, out frame);

    /// <summary>As the other, and fetches the way that a put will go next.</summary>
    private bool TryEvict(uint callingClient, FrameUse use, EvictionReason reason, in Way next, out uint frame)
    {
        uint client = ChooseVictim(callingClient);
        if (client != IVictimPolicy.Everyone
            && TryEvictFrom(AgesOf(client), use, reason == EvictionReason.Memory ? EvictionReason.Weight : reason, next, out frame))
        {
            return true;
        }

        for (int failures = 0; failures < MaximumFailures;)
        {
            Shard? shard = ShardWithOldest();
            if (shard is null)
            {
                break;
            }

            Eviction eviction = EvictFrom(shard, ages: null, use, reason, next, out frame);
            if (eviction == Eviction.Done)
            {
                return true;
            }

            failures += eviction == Eviction.Nothing ? 1 : 0;
        }

        Interlocked.Increment(ref _evictionFailures);
        frame = FrameAllocator.None;
        return false;
    }

    /// <summary>The shard that shows the lowest age; it may show another by the time that its lock is taken.</summary>
    private Shard? ShardWithOldest()
    {
        int place = ClientAges.FindOldest(_oldestSequences);
        return place < 0 ? null : _shards[place];
    }

    /// <summary>The record of the client's pool with the oldest ephemeral page in a shard, or 0.</summary>
    private uint OldestOf(Shard shard, uint client)
    {
        uint oldest = 0;
        ref ClientRecord record = ref Client(client);
        for (int slot = 0; slot < ClientRecord.PoolSlots; slot++)
        {
            uint pool = record.Pools[slot];
            uint poolShard = pool == 0 || Pool(pool - 1).Owner != client ? 0 : shard.PoolShardOf(pool - 1);
            if (poolShard != 0
                && shard.PoolShard(poolShard).HeapPlace != 0
                && (oldest == 0 || shard.PoolShard(poolShard).OldestSequence < shard.PoolShard(oldest).OldestSequence))
            {
                oldest = poolShard;
            }
        }

        return oldest;
    }

    /// <summary>Evicts the oldest page of a shard, or of a client there.</summary>
    private Eviction EvictFrom(Shard shard, ClientAges? ages, FrameUse use, EvictionReason reason, in Way next, out uint page)
    {
        shard.Lock.Enter();
        try
        {
            next.Shard?.PrefetchBucket(next.Hash, next.Index);
            uint poolShard = ages is null ? shard.PoolShardWithOldest : OldestOf(shard, ages.Client);
            if (poolShard == 0)
            {
                ages?.Set(shard.Number, Shard.NoSequence);
                page = FrameAllocator.None;
                return Eviction.Nothing;
            }

            if (!shard.TryChooseVictim(poolShard, _ages, out page))
            {
                NoteAge(shard, ages);
                return Eviction.Retry;
            }

            PageDescriptor descriptor = shard.Descriptor(page);
            uint leaf = next.Shard is null ? 0 : next.Shard.PrefetchLeaf(next.Hash, next.Index);
            shard.NoteGhost(poolShard, page, TagOf(page), isTaken: false);
            CountEviction(shard, poolShard, reason);
            RemovePage(shard, poolShard, descriptor.Object, descriptor.Index, page, use);
            page = page < _firstPacked && use != FrameUse.Release ? page : FrameAllocator.None;
            NoteAge(shard, ages);
            next.Shard?.PrefetchObject(leaf, next.Hash, next.Index);
            shard.PrefetchOldest();
            return Eviction.Done;
        }
        finally
        {
            shard.Lock.Exit();
        }
    }

    private void CountEviction(Shard shard, uint poolShard, EvictionReason reason)
    {
        shard.Record.Evictions++;
        if (reason != EvictionReason.Memory)
        {
            shard.Record.OtherEvictions[(int)reason]++;
        }

        ref PoolShardRecord record = ref shard.PoolShard(poolShard);
        if (++record.Evictions == 0)
        {
            Interlocked.Add(ref Pool(record.Pool).EvictionsElsewhere, 1UL << 32);
        }
    }

    /// <summary>
    /// Finds what a put is short of, at the cost of the oldest ephemeral page. Its locals are in a frame of its own: in that of a put, each put would clear them.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryMakeRoom(uint callingClient, Shard shard, ulong hash, uint index, scoped ref PutAttempt attempt)
    {
        var next = new Way(shard, hash, index);
        if (attempt.Shortage == Shortage.Cap)
        {
            return TryEvictOwn(attempt.CappedOwner, FrameUse.Release);
        }

        if (TryCompact())
        {
            return true;
        }

        EvictionReason reason = attempt.Shortage == Shortage.Cells ? EvictionReason.Metadata : EvictionReason.Memory;
        FrameUse use = attempt.Shortage == Shortage.Cells ? FrameUse.Shed
            : attempt.IsPacked ? FrameUse.Release
            : FrameUse.Keep;
        for (int i = 0; i < PackedPagesPerRound; i++)
        {
            if (!TryEvict(callingClient, use, reason, next, out uint frame))
            {
                return i > 0 || TryDropGhosts();
            }

            attempt.Frame = use == FrameUse.Keep ? frame : attempt.Frame;
            if (frame != FrameAllocator.None || _frames.FreeCount > 0 || (attempt.IsPacked && HasRoomFor(attempt.Form)))
            {
                break;
            }
        }

        return true;
    }

    /// <summary>The last memory that nobody needs: what policies remember of pages that have gone.</summary>
    private bool TryDropGhosts()
    {
        if (_ghosts.CommittedBytes == 0)
        {
            return false;
        }

        EnterAllShards();
        try
        {
            return _ghosts.TryDrop();
        }
        finally
        {
            ExitAllShards();
        }
    }

    /// <summary>The original's rule: 256 frames are free before every put, or ten attempts to get there have failed.</summary>
    private bool TryKeepReserve(uint callingClient)
    {
        int failures = 0;
        while (FreeFramesByRule() < ReserveFrames)
        {
            if (!TryCompact() && !TryEvict(callingClient, FrameUse.Release, EvictionReason.Reserve, out _) && ++failures == MaximumFailures)
            {
                return false;
            }
        }

        return true;
    }

    private long FreeFramesByRule() => _options.DataFrameLimit > 0
        ? _options.DataFrameLimit - Volatile.Read(ref _dataFrames.Now)
        : _frames.FreeCount + ((_budget.LimitBytes - _budget.CommittedBytes) / ArenaLayout.PageBytes);
}
