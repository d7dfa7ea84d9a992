using System.Runtime.CompilerServices;
using TmemCore.Memory;
using TmemCore.Statistics;

namespace TmemCore.Store;

/// <summary>Putting pages.</summary>
internal sealed partial class PageStore
{
    /// <summary>Rounds of making room for one put, so that others who take the room first cannot hold it up for ever.</summary>
    private const int MaximumRounds = 64;

    /// <summary>Rounds in which pages go rather than that a span of few frames wastes much of them: they may make a frame or two together.</summary>
    private const int ThriftyRounds = 8;

    /// <summary>What a put is short of.</summary>
    private enum Shortage
    {
        None,
        Frame,
        Cells,

        /// <summary>The owner's pages may take no more.</summary>
        Cap,
    }

    /// <summary>One put on its way, from one attempt under the lock to the next.</summary>
    private ref struct PutAttempt
    {
        /// <summary>A frame that eviction has left in hand.</summary>
        public uint Frame;

        /// <summary>The leaf that the search for the page has come by, or 0; it holds as long as the lock is held.</summary>
        public uint Leaf;

        public Shortage Shortage;

        /// <summary>The client to whose cap the page counts; only where <see cref="IsCapped"/>.</summary>
        public uint CappedOwner;
        public bool IsCapped;

        /// <summary>Whether a shortage is now final.</summary>
        public bool IsLast;

        /// <summary>Whether the page was here so lately that its pool's policy rates it higher.</summary>
        public bool IsGhost;

        /// <summary>Whether there may still be enough memory for it to be used well.</summary>
        public bool IsThrifty;

        /// <summary>Whether the page is kept in what it has become, and not whole.</summary>
        public bool IsPacked;

        /// <summary>Whether it was to be packed and did not get smaller.</summary>
        public bool IsPoor;

        /// <summary>What it has become, and the bytes to keep.</summary>
        public PackedForm Form;
        public ReadOnlySpan<byte> Data;
    }

    /// <summary>Stores a page; an older one of the same handle is replaced.</summary>
    public PutResult Put<TSource>(in PoolHandle handle, in ObjectId id, uint index, scoped ref TSource source)
        where TSource : IPageSource, allows ref struct =>
        Put(handle, id, index, _hash.OfObject(handle.Pool, id), ref source);

    private PutResult Put<TSource>(in PoolHandle handle, in ObjectId id, uint index, ulong hash, scoped ref TSource source)
        where TSource : IPageSource, allows ref struct
    {
        // Before the method below clears its frame: those stores wait until the page that the last put streamed has left the processor, and what comes behind them with them.
        Shard shard = ShardOf(hash);
        _frames.Hints.PrefetchSlot(hash, index);
        shard.PrefetchBuckets(hash, index);
        long start = StartOf(shard);
        PutResult result = PutUntimed(handle, id, index, hash, ref source);
        if (start != 0)
        {
            _latency.Note(LatencyOperation.Put, shard.Number, start);
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private PutResult PutUntimed<TSource>(in PoolHandle handle, in ObjectId id, uint index, ulong hash, scoped ref TSource source)
        where TSource : IPageSource, allows ref struct
    {
        if (_isXen && IsOpen(handle) && !TryKeepReserve(handle.Client.Number))
        {
            return RefuseForReserve(handle, id, index, hash);
        }

        PoolPacking? packing = PackingOf(handle.Pool);
        bool isToTry = packing is not null && packing.TakesNext();
        bool isHopeless = isToTry && packing!.IsPoor && IsRandom(ref source);
        if (isToTry && !isHopeless)
        {
            return PutPacked(handle, id, index, hash, packing!, ref source);
        }

        var attempt = new PutAttempt { Frame = FrameAllocator.None, IsPoor = isHopeless };
        return Put(handle, id, index, hash, ref source, ref attempt);
    }

    private PutResult Put<TSource>(
        in PoolHandle handle, in ObjectId id, uint index, ulong hash, scoped ref TSource source, scoped ref PutAttempt attempt)
        where TSource : IPageSource, allows ref struct
    {
        AwaitRoom(handle);
        Shard shard = ShardOf(hash);
        if (_frames.IsExhausted && !attempt.IsPacked && handle.IsCurrent && handle.Client.ExpectsNewPage(handle.Slot))
        {
            // A full host is the usual state: room for a new page is made before the lock is taken, not after a vain search under it.
            // What is packed often finds a slot that another page has left, and a page that is put over wants no room: whoever does
            // that beside others who fill the host would give up a page of theirs each time.
            _ghosts.Prefetch(hash, index);
            TryMakeRoom(handle.Client.Number, shard, hash, index, ref attempt);
        }

        for (int round = 0; ; round++)
        {
            attempt.Shortage = Shortage.None;
            attempt.IsThrifty = round < ThriftyRounds && !attempt.IsLast;
            PutResult result;
            shard.Lock.Enter();
            try
            {
                result = TryPut(shard, handle, id, index, hash, ref source, ref attempt);
            }
            finally
            {
                shard.Lock.Exit();
            }

            if (attempt.Shortage == Shortage.None)
            {
                if (attempt.IsCapped)
                {
                    KeepCap(attempt.CappedOwner);
                }

                return result;
            }

            if (attempt.Shortage == Shortage.Frame)
            {
                handle.Client.NoteNewPage(handle.Slot);
            }

            attempt.IsLast = round >= MaximumRounds || !TryMakeRoom(handle.Client.Number, shard, hash, index, ref attempt);
        }
    }

    private PutResult TryPut<TSource>(
        Shard shard, in PoolHandle handle, in ObjectId id, uint index, ulong hash, scoped ref TSource source, scoped ref PutAttempt attempt)
        where TSource : IPageSource, allows ref struct
    {
        while (!handle.IsCurrent)
        {
            ReleaseInHand(shard, ref attempt);
            if (!TryAwaitOpen(shard, handle))
            {
                return RefuseStale(shard, handle, id, index, hash);
            }
        }

        uint poolShard = shard.PoolShardOf(handle.Pool);
        attempt.IsCapped = HasCap(handle.Pool);
        attempt.CappedOwner = attempt.IsCapped ? Pool(handle.Pool).Owner : 0;
        uint objectCell = 0;
        attempt.Leaf = 0;
        uint page = poolShard == 0
            ? PageDescriptor.None
            : shard.FindPage(poolShard, id, hash, index, _frames.Hints, out objectCell, out attempt.Leaf);
        if (page != PageDescriptor.None)
        {
            if (attempt.IsPacked || page >= _firstPacked)
            {
                return ReplacePacked(shard, handle.Pool, objectCell, index, page, ref source, ref attempt);
            }

            if (attempt.Frame != FrameAllocator.None)
            {
                handle.Client.NotePageReplaced(handle.Slot);
                ReleaseInHand(shard, ref attempt);
            }

            _frames.Hints.Note(hash, index, page);
            return Replace(shard, handle.Pool, objectCell, index, page, ref source);
        }

        if (objectCell == 0 && poolShard != 0)
        {
            objectCell = shard.FindObject(poolShard, id, hash);
        }

        if ((Pool(handle.Pool).OwnerState & OwnerFlags.Frozen) != 0)
        {
            ReleaseInHand(shard, ref attempt);
            bool isNoted = !_isXen || objectCell != 0;
            return Refuse(shard, handle.Pool, poolShard, RefusalReason.Frozen, isNoted);
        }

        return PutNew(shard, handle.Pool, id, index, hash, objectCell, ref source, ref attempt);
    }

    private PutResult Replace<TSource>(Shard shard, uint pool, uint objectCell, uint index, uint page, scoped ref TSource source)
        where TSource : IPageSource, allows ref struct
    {
        if ((Pool(pool).OwnerState & OwnerFlags.Migrating) != 0)
        {
            return DropReplaced(shard, objectCell, index, page, RefusalReason.Migration);
        }

        bool isRead = false;
        try
        {
            isRead = source.TryRead(_arena.Frame(page));
        }
        finally
        {
            if (!isRead)
            {
                Interlocked.Increment(ref _failedCopies);
                DropReplaced(shard, objectCell, index, page, RefusalReason.Unreadable);
            }
        }

        return isRead ? CountReplaced(shard, pool, objectCell, page) : PutResult.Unreadable;
    }

    /// <summary>A page has been put over; <paramref name="page"/> is its number now.</summary>
    private PutResult CountReplaced(Shard shard, uint pool, uint objectCell, uint page)
    {
        ref PoolCounters counters = ref shard.PoolShard(shard.Object(objectCell).PoolShard).Counters;
        counters.Puts++;
        counters.PutsReplaced++;
        counters.PutsStored++;
        shard.Record.Puts++;
        if ((Pool(pool).OwnerState & OwnerFlags.Tracked) != 0)
        {
            NotePut(shard, pool, page);
        }

        return PutResult.Stored;
    }

    private PutResult PutNew<TSource>(
        Shard shard, uint pool, in ObjectId id, uint index, ulong hash, uint objectCell, scoped ref TSource source, scoped ref PutAttempt attempt)
        where TSource : IPageSource, allows ref struct
    {
        if (!TryEnter(shard, pool, id, index, hash, ref objectCell, ref attempt, out uint poolShard, out uint frame))
        {
            return attempt.IsLast ? RefuseForMemory(shard, pool, poolShard, ref attempt) : default;
        }

        _frames.Hints.Note(hash, index, frame);
        bool isNewObject = shard.Object(objectCell).Pages == 1;
        CountEntered(shard, pool, poolShard, isNewObject);
        if (!TryCharge(pool, SizeOf(frame), shard.CellChange, isNewObject ? 1 : 0, out RefusalReason refusal))
        {
            Undo(shard, pool, objectCell, index, frame, isCharged: false);
            return Refuse(shard, pool, poolShard, refusal, isNoted: true);
        }

        if (attempt.IsCapped && !TryCountUnderCap(shard, pool, poolShard, SizeOf(frame)))
        {
            Undo(shard, pool, objectCell, index, frame, isCharged: false);
            attempt.Shortage = Shortage.Cap;
            return attempt.IsLast ? RefuseForMemory(shard, pool, poolShard, ref attempt) : default;
        }

        if (frame < _firstPacked || _packed.FrameOf(frame) != FrameAllocator.None)
        {
            CountFrameTaken();
        }

        // Before the copy: a locked instruction behind streamed stores would wait until they have reached memory.
        ulong sequence = Pool(pool).IsPersistent ? 0 : _ages.Next();
        bool isRead = false;
        PutResult result = default;
        try
        {
            isRead = attempt.IsPacked || TryRead(ref source, frame);
        }
        finally
        {
            if (!isRead)
            {
                Interlocked.Increment(ref _failedCopies);
                CountFramesFreed(1);
                Undo(shard, pool, objectCell, index, frame, isCharged: true);
                result = Refuse(shard, pool, poolShard, RefusalReason.Unreadable, isNoted: true);
            }
        }

        return isRead ? Complete(shard, pool, poolShard, frame, sequence, attempt) : result;
    }

    /// <summary>
    /// Copies a new page into its frame, through the caches where they hold the frame already: streamed stores would have to throw
    /// each line out first (<c>fill</c> in <c>bench/NOTES.md</c>).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryRead<TSource>(scoped ref TSource source, uint frame)
        where TSource : IPageSource, allows ref struct
    {
        if (typeof(TSource) == typeof(SpanSource) && _frames.IsNew(frame))
        {
            PageCopy.Copy(Unsafe.As<TSource, SpanSource>(ref source).Page, _arena.Frame(frame));
            return true;
        }

        return source.TryRead(_arena.Frame(frame));
    }

    /// <summary>Finds a frame and enters the page into the index; on failure notes what is short and leaves all as it was.</summary>
    private bool TryEnter(
        Shard shard,
        uint pool,
        in ObjectId id,
        uint index,
        ulong hash,
        ref uint objectCell,
        scoped ref PutAttempt attempt,
        out uint poolShard,
        out uint frame)
    {
        frame = FrameAllocator.None;
        poolShard = shard.PoolShardOf(pool);
        if (attempt.IsCapped && _shares.IsAboveLimit(attempt.CappedOwner, attempt.IsPacked ? PackedPages.SizeOf(attempt.Form) : ArenaLayout.PageBytes))
        {
            attempt.Shortage = Shortage.Cap;
            return false;
        }

        if (poolShard == 0 && !TryAddPoolShard(shard, pool, out poolShard))
        {
            attempt.Shortage = Shortage.Cells;
            return false;
        }

        attempt.IsGhost = shard.IsGhost(poolShard, hash, GhostTable.NameOf(index, attempt.Form.Tag), Pool(pool).IsExclusive);
        if (!Pool(pool).IsPersistent && !shard.TryPrepareAppend(poolShard, _ages.Now, attempt.IsGhost))
        {
            attempt.Shortage = Shortage.Cells;
            return false;
        }

        if (!TryTakePlace(shard, objectCell, index, ref attempt, out frame))
        {
            attempt.Shortage = Shortage.Frame;
            return false;
        }

        shard.CellChange = 0;
        if (!shard.TryInsert(poolShard, id, hash, index, frame, attempt.Leaf, ref objectCell))
        {
            attempt.Shortage = Shortage.Cells;
            Settle(pool, 0, 0, shard.CellChange, 0);
            if (attempt.Frame == FrameAllocator.None)
            {
                ReleaseMemory(shard, frame);
            }

            return false;
        }

        TakeInHand(ref attempt);
        return true;
    }

    /// <summary>Finds a frame, or a place for fewer bytes.</summary>
    private bool TryTakePlace(Shard shard, uint objectCell, uint index, scoped ref PutAttempt attempt, out uint page)
    {
        if (attempt.IsPacked)
        {
            return _packed.TryPut(attempt.Form, attempt.Data, ref shard.Record.Shelf, out page, attempt.IsThrifty);
        }

        page = attempt.Frame != FrameAllocator.None
            ? attempt.Frame
            : _frames.Take(shard.FrameHint(objectCell, attempt.Leaf, index), ref shard.Record.FrameCursor);
        return page != FrameAllocator.None;
    }

    private PutResult Complete(Shard shard, uint pool, uint poolShard, uint frame, ulong sequence, in PutAttempt attempt)
    {
        bool isPersistent = Pool(pool).IsPersistent;
        if (!isPersistent)
        {
            shard.Append(poolShard, frame, sequence, attempt.IsGhost);
        }

        ref PoolShardRecord record = ref shard.PoolShard(poolShard);
        record.Counters.Puts++;
        record.Counters.PutsStored++;
        shard.Record.Puts++;
        if (attempt.IsPoor)
        {
            record.Counters.PutsPoor++;
            shard.Record.PutsPoor++;
        }

        CountStored(shard, pool, SizeOf(frame), isPersistent);
        if (frame >= _firstPacked)
        {
            CountPacked(shard, poolShard, frame);
        }

        if (!isPersistent)
        {
            NoteUse(shard, pool, poolShard);
        }
        else if ((Pool(pool).OwnerState & OwnerFlags.Tracked) != 0)
        {
            NotePut(shard, pool, frame);
        }

        return PutResult.Stored;
    }

    /// <summary>Takes a page that could not be completed out again.</summary>
    private void Undo(Shard shard, uint pool, uint objectCell, uint index, uint frame, bool isCharged)
    {
        int entered = shard.CellChange;
        int size = SizeOf(frame);
        shard.CellChange = 0;
        uint poolShard = shard.Object(objectCell).PoolShard;
        bool isObjectGone = shard.Remove(objectCell, index);
        if (isCharged)
        {
            Settle(pool, -size, -1, shard.CellChange, isObjectGone ? -1 : 0);
        }
        else
        {
            Settle(pool, 0, 0, entered + shard.CellChange, 0);
        }

        CountRemoved(shard, pool, poolShard, 1, isObjectGone);
        if (!Pool(pool).IsPersistent)
        {
            NoteUse(shard, pool, poolShard);
        }

        ReleaseMemory(shard, frame);
    }

    private bool TryAddPoolShard(Shard shard, uint pool, out uint poolShard)
    {
        poolShard = shard.AddPoolShard(pool, HasQueues(pool));
        if (poolShard == 0)
        {
            return false;
        }

        Settle(pool, 0, 0, PoolShardRecord.Cells, 0);
        return true;
    }

    private void ReleaseInHand(Shard shard, scoped ref PutAttempt attempt)
    {
        uint frame = TakeInHand(ref attempt);
        if (frame != FrameAllocator.None)
        {
            _frames.Release(frame);
        }
    }
}
