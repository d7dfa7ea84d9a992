using TmemCore.Memory;
using TmemCore.Statistics;

namespace TmemCore.Store;

/// <summary>Taking pages out: flushes, and the removal that every other operation uses.</summary>
internal sealed partial class PageStore
{
    /// <summary>Pages freed under one hold of a lock at most, so that nobody waits longer than for that.</summary>
    public const int PagesPerStep = 256;

    /// <summary>What becomes of a removed page's frame.</summary>
    private enum FrameUse
    {
        /// <summary>It is free for any put.</summary>
        Release,

        /// <summary>The caller has it in hand.</summary>
        Keep,

        /// <summary>Its memory goes back to the system and to the budget.</summary>
        Shed,
    }

    /// <summary>Makes sure that no page is stored under a handle.</summary>
    public FlushResult FlushPage(in PoolHandle handle, in ObjectId id, uint index)
    {
        AwaitRoom(handle);
        ulong hash = _hash.OfObject(handle.Pool, id);
        Shard shard = ShardOf(hash);
        long start = StartOf(shard);
        shard.PrefetchBuckets(hash, index);
        shard.Lock.Enter();
        try
        {
            bool isAnswered = IsCurrent(shard, handle);
            if (!isAnswered && !IsToFlushStale(handle))
            {
                return FlushResult.Unavailable;
            }

            uint poolShard = shard.PoolShardOf(handle.Pool);
            uint objectCell = 0;
            uint leaf = 0;
            uint page = poolShard == 0
                ? PageDescriptor.None
                : shard.FindPage(poolShard, id, hash, index, hints: null, out objectCell, out leaf);
            if (isAnswered)
            {
                CountPageFlush(shard, handle.Pool, poolShard, page != PageDescriptor.None);
            }

            if (page != PageDescriptor.None)
            {
                RemovePage(shard, poolShard, objectCell, index, page, FrameUse.Release, leaf);
            }

            return isAnswered ? FlushAnswer(shard, handle.Pool) : FlushResult.Unavailable;
        }
        finally
        {
            shard.Lock.Exit();
            if (start != 0)
            {
                _latency.Note(LatencyOperation.PageFlush, shard.Number, start);
            }
        }
    }

    /// <summary>
    /// Makes sure that no page of an object is stored. A large object leaves the index at one stroke; its pages are freed
    /// in steps, between which others may take the lock.
    /// </summary>
    public FlushResult FlushObject(in PoolHandle handle, in ObjectId id)
    {
        AwaitRoom(handle);
        ulong hash = _hash.OfObject(handle.Pool, id);
        Shard shard = ShardOf(hash);
        long start = StartOf(shard);
        FlushResult result;
        uint pages;
        bool hasStaleAges;
        shard.Lock.Enter();
        try
        {
            bool isAnswered = IsCurrent(shard, handle);
            if (!isAnswered && !IsToFlushStale(handle))
            {
                return FlushResult.Unavailable;
            }

            uint poolShard = shard.PoolShardOf(handle.Pool);
            uint objectCell = poolShard == 0 ? 0 : shard.FindObject(poolShard, id, hash);
            if (isAnswered)
            {
                CountObjectFlush(shard, handle.Pool, poolShard, objectCell != 0);
            }

            pages = objectCell == 0 ? 0 : DropObject(shard, handle.Pool, objectCell);
            hasStaleAges = poolShard != 0 && shard.DropStaleChunks(poolShard);
            result = isAnswered ? FlushAnswer(shard, handle.Pool) : FlushResult.Unavailable;
        }
        finally
        {
            shard.Lock.Exit();
        }

        // Others may have work waiting there, too: each caller frees as many pages as its own object had.
        while (pages > 0)
        {
            Thread.Yield();
            uint freed = ReapDetached(shard);
            pages = freed == 0 ? 0 : pages - Math.Min(pages, freed);
            hasStaleAges = true;
        }

        while (hasStaleAges)
        {
            hasStaleAges = TryDropStaleAges(shard, handle);
        }

        if (start != 0)
        {
            _latency.Note(LatencyOperation.ObjectFlush, shard.Number, start);
        }

        return result;
    }

    /// <summary>Frees some of what an empty pool still notes of the ages of pages that have gone.</summary>
    /// <returns>Whether there is more.</returns>
    private static bool TryDropStaleAges(Shard shard, in PoolHandle handle)
    {
        if (!shard.Lock.TryEnterOpen())
        {
            return false;
        }

        try
        {
            uint poolShard = handle.IsCurrent ? shard.PoolShardOf(handle.Pool) : 0;
            return poolShard != 0 && shard.DropStaleChunks(poolShard);
        }
        finally
        {
            shard.Lock.Exit();
        }
    }

    private FlushResult FlushAnswer(Shard shard, uint pool)
    {
        shard.Record.Flushes++;
        if ((Pool(pool).OwnerState & OwnerFlags.Frozen) == 0)
        {
            return FlushResult.Done;
        }

        shard.Record.Errors++;
        return FlushResult.DoneWhileFrozen;
    }

    /// <summary>Frees a small object; takes a large one out of the index and says how many pages are still to be freed.</summary>
    private uint DropObject(Shard shard, uint pool, uint objectCell)
    {
        uint pages = shard.Object(objectCell).Pages;
        if (pages > PagesPerStep)
        {
            shard.Detach(objectCell);
            CountObjectGone(pool);
            return pages;
        }

        RemovePages(shard, objectCell, isDying: false);
        return 0;
    }

    /// <summary>Frees some pages of an object that waits to be emptied; 0 when there is none, or the host is disposed.</summary>
    private uint ReapDetached(Shard shard)
    {
        if (!shard.Lock.TryEnterOpen())
        {
            return 0;
        }

        try
        {
            uint first = shard.Record.FirstDetached;
            return first == 0 ? 0 : (uint)RemovePages(shard, first, isDying: false);
        }
        finally
        {
            shard.Lock.Exit();
        }
    }

    /// <summary>Removes a page from everything that knows it; the leaf that it is in need not be searched for if it is at hand.</summary>
    private void RemovePage(Shard shard, uint poolShard, uint objectCell, uint index, uint page, FrameUse use, uint leaf = 0)
    {
        ref ObjectRecord record = ref shard.Object(objectCell);
        uint pool = shard.PoolShard(poolShard).Pool;
        bool wasDetached = (record.Flags & ObjectFlags.IsDetached) != 0;
        ObjectId id = record.Id;
        shard.CellChange = 0;
        bool isObjectGone = shard.Remove(objectCell, index, leaf);
        if (!Pool(pool).IsPersistent)
        {
            shard.Forget(poolShard, page);
        }

        bool isWhole = page < _firstPacked;
        int bytes = isWhole ? ArenaLayout.PageBytes : _packed.SizeOf(page);
        int frames = isWhole ? 1 : UncountPacked(shard, poolShard, page);
        CountGone(shard, pool, poolShard, 1, frames, bytes, isObjectGone, wasDetached);
        bool isNoted = IsToNote(shard, pool, page);
        if (use == FrameUse.Release || !isWhole)
        {
            ReleaseMemory(shard, page);
        }
        else if (use == FrameUse.Shed)
        {
            _frames.Shed(page);
        }
        else
        {
            Interlocked.Increment(ref _framesInHand);
        }

        if (isNoted)
        {
            // After the page has gone: its memory makes room for the note.
            NoteChange(pool, id, index);
        }
    }

    /// <summary>Removes up to <paramref name="most"/> pages of an object, and the object with the last one.</summary>
    /// <returns>How many.</returns>
    private int RemovePages(Shard shard, uint objectCell, bool isDying, int most = PagesPerStep)
    {
        Span<uint> pages = (stackalloc uint[PagesPerStep])[..most];
        ref ObjectRecord record = ref shard.Object(objectCell);
        uint poolShard = record.PoolShard;
        uint pool = shard.PoolShard(poolShard).Pool;
        bool wasDetached = (record.Flags & ObjectFlags.IsDetached) != 0;
        ObjectId id = record.Id;
        shard.CellChange = 0;
        int count = shard.RemoveSome(objectCell, pages, out bool isObjectGone);
        pages = pages[..count];
        Span<uint> indexes = stackalloc uint[HasNotes(pool) ? count : 0];
        indexes = indexes[..SelectToNote(shard, pool, pages, indexes)];

        if (!Pool(pool).IsPersistent && !isDying)
        {
            shard.Forget(poolShard, pages);
        }

        int frames = 0;
        long bytes = 0;
        foreach (uint page in pages)
        {
            bytes += SizeOf(page);
            frames += page < _firstPacked ? 1 : UncountPacked(shard, poolShard, page);
        }

        CountGone(shard, pool, poolShard, count, frames, bytes, isObjectGone, wasDetached);
        ReleaseMemory(shard, pages);
        foreach (uint index in indexes)
        {
            NoteChange(pool, id, index);
        }

        return count;
    }

    private void CountGone(
        Shard shard, uint pool, uint poolShard, int pages, int frames, long bytes, bool isObjectGone, bool wasDetached)
    {
        Settle(pool, -bytes, -pages, shard.CellChange, isObjectGone ? -1 : 0);
        CountRemoved(shard, pool, poolShard, pages, isObjectGone && !wasDetached);
        CountUnstored(shard, pool, pages, bytes);
        CountFramesFreed(frames);
        if (!Pool(pool).IsPersistent)
        {
            NoteUse(shard, pool, poolShard);
        }
    }

    private void CountPageFlush(Shard shard, uint pool, uint poolShard, bool isFound)
    {
        if (poolShard == 0)
        {
            Interlocked.Increment(ref Pool(pool).Elsewhere.PageFlushes);
            return;
        }

        ref PoolCounters counters = ref shard.PoolShard(poolShard).Counters;
        counters.PageFlushes++;
        counters.PageFlushesFound += isFound ? 1UL : 0;
    }

    private void CountObjectFlush(Shard shard, uint pool, uint poolShard, bool isFound)
    {
        if (poolShard == 0)
        {
            Interlocked.Increment(ref Pool(pool).Elsewhere.ObjectFlushes);
            return;
        }

        ref PoolCounters counters = ref shard.PoolShard(poolShard).Counters;
        counters.ObjectFlushes++;
        counters.ObjectFlushesFound += isFound ? 1UL : 0;
    }
}
