using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>Putting over a page when the old one, the new one or both are not kept in a frame that is known by its number.</summary>
internal sealed partial class PageStore
{
    private PutResult ReplacePacked<TSource>(
        Shard shard, uint pool, uint objectCell, uint index, uint page, scoped ref TSource source, scoped ref PutAttempt attempt)
        where TSource : IPageSource, allows ref struct
    {
        if ((Pool(pool).OwnerState & OwnerFlags.Migrating) != 0)
        {
            ReleaseInHand(shard, ref attempt);
            return DropReplaced(shard, objectCell, index, page, RefusalReason.Migration);
        }

        if (page < _firstPacked)
        {
            return ReplaceWhole(shard, pool, objectCell, index, page, ref source, ref attempt);
        }

        int size = attempt.IsPacked ? PackedPages.SizeOf(attempt.Form) : ArenaLayout.PageBytes + ArenaLayout.PackedRecordBytes;
        int more = size - SizeOf(page);
        if (!TryChargeMore(pool, more, out RefusalReason refusal))
        {
            ReleaseInHand(shard, ref attempt);
            return DropReplaced(shard, objectCell, index, page, refusal);
        }

        PutResult result = PutResult.Unreadable;
        try
        {
            result = attempt.IsPacked
                ? Repack(shard, pool, objectCell, page, ref attempt)
                : PutIntoFrame(shard, pool, objectCell, page, ref source, ref attempt);
        }
        finally
        {
            Settle(pool, result == PutResult.Stored ? Math.Min(more, 0) : -Math.Max(more, 0), 0, 0, 0);
            if (result != PutResult.Stored && (attempt.Shortage == Shortage.None || attempt.IsLast))
            {
                attempt.Shortage = Shortage.None;
                DropReplaced(shard, objectCell, index, page, result == PutResult.PageDropped ? RefusalReason.Memory : RefusalReason.Unreadable);
            }
        }

        return result == PutResult.Stored ? CountReplaced(shard, pool, objectCell, page) : result;
    }

    /// <summary>Puts something packed over a page that is whole.</summary>
    private PutResult ReplaceWhole<TSource>(
        Shard shard, uint pool, uint objectCell, uint index, uint page, scoped ref TSource source, scoped ref PutAttempt attempt)
        where TSource : IPageSource, allows ref struct
    {
        // In the original a page that is whole stays so, and an ephemeral one would lose its age with its number. An entry has
        // to be kept by a number of its own, or its length would be lost.
        bool isEntry = attempt.Form.Length != ArenaLayout.PageBytes;
        int more = PackedPages.SizeOf(attempt.Form) - ArenaLayout.PageBytes;
        if (!TryChargeMore(pool, isEntry ? more : 0, out RefusalReason refusal))
        {
            return DropReplaced(shard, objectCell, index, page, refusal);
        }

        if ((isEntry || (!_isXen && Pool(pool).IsPersistent)) && TryPackWhole(shard, pool, objectCell, index, page, attempt, out uint packed))
        {
            return CountReplaced(shard, pool, objectCell, packed);
        }

        if (!isEntry)
        {
            return Replace(shard, pool, objectCell, index, page, ref source);
        }

        Settle(pool, -Math.Max(more, 0), 0, 0, 0);
        attempt.Shortage = attempt.IsLast ? Shortage.None : Shortage.Frame;
        return attempt.IsLast ? DropReplaced(shard, objectCell, index, page, RefusalReason.Memory) : PutResult.PageDropped;
    }

    /// <summary>
    /// Keeps a page, whole so far, in its packed form and by another number; it is the youngest of its pool then. What it takes more is charged
    /// already: an entry of nearly a page takes a frame and a record.
    /// </summary>
    /// <returns>False when memory is short; nothing is changed then.</returns>
    private bool TryPackWhole(Shard shard, uint pool, uint objectCell, uint index, uint page, in PutAttempt attempt, out uint packed)
    {
        packed = PackedPages.None;
        uint poolShard = shard.Object(objectCell).PoolShard;
        bool isPersistent = Pool(pool).IsPersistent;
        ulong sequence = isPersistent ? 0 : _ages.Next();
        if ((!isPersistent && !shard.TryPrepareAppend(poolShard, sequence))
            || !_packed.TryPut(attempt.Form, attempt.Data, ref shard.Record.Shelf, out packed))
        {
            return false;
        }

        int less = SizeOf(packed) - ArenaLayout.PageBytes;
        shard.Renumber(objectCell, index, packed);
        if (!isPersistent)
        {
            shard.Append(poolShard, packed, sequence);
            shard.Forget(poolShard, page);
        }

        int frames = CountPacked(shard, poolShard, packed);
        CountBytes(shard, pool, poolShard, less);
        Settle(pool, Math.Min(less, 0), 0, 0, 0);
        _frames.Release(page);
        CountFrames(frames - 1);
        return true;
    }

    private PutResult Repack(Shard shard, uint pool, uint objectCell, uint page, scoped ref PutAttempt attempt)
    {
        uint poolShard = shard.Object(objectCell).PoolShard;
        byte before = _packed.TagOf(page);
        if (!TryRepack(shard, pool, poolShard, page, attempt.Form, attempt.Data, attempt.IsThrifty))
        {
            attempt.Shortage = Shortage.Frame;
            return PutResult.PageDropped;
        }

        byte after = attempt.Form.Tag;
        if (before != after && before != 0 && after != 0)
        {
            ChangeHands(shard, pool, poolShard, page, before, after);
        }

        return PutResult.Stored;
    }

    /// <summary>An entry has pushed out another: its number's hits and queue are that one's, which leaves before its time and should find its way back.</summary>
    private void ChangeHands(Shard shard, uint pool, uint poolShard, uint page, byte before, byte after)
    {
        PageDescriptor descriptor = shard.Descriptor(page);
        ulong hash = shard.Object(descriptor.Object).FullHash;
        bool isGhost = shard.IsGhost(poolShard, hash, GhostTable.NameOf(descriptor.Index, after), Pool(pool).IsExclusive);
        shard.NoteGhost(poolShard, page, before, isTaken: true);
        shard.EnterAnew(poolShard, page, _ages.Next(), isGhost);
    }

    /// <summary>Keeps other bytes under a page's number and counts what they take; charging for it is the caller's.</summary>
    /// <returns>False when memory is short; nothing is changed then.</returns>
    private bool TryRepack(
        Shard shard, uint pool, uint poolShard, uint page, in PackedForm form, ReadOnlySpan<byte> data, bool isThrifty)
    {
        int before = _packed.SizeOf(page);
        int frames = UncountPacked(shard, poolShard, page);
        bool isStored = _packed.TryReplace(page, form, data, ref shard.Record.Shelf, isThrifty);
        int framesAfter = CountPacked(shard, poolShard, page);
        CountBytes(shard, pool, poolShard, _packed.SizeOf(page) - before);
        CountFrames(framesAfter - frames);
        return isStored;
    }

    /// <summary>Keeps a page, packed so far, in a frame, and under its number, so that its age stays the same.</summary>
    private PutResult PutIntoFrame<TSource>(
        Shard shard, uint pool, uint objectCell, uint page, scoped ref TSource source, scoped ref PutAttempt attempt)
        where TSource : IPageSource, allows ref struct
    {
        uint frame = TakeInHand(ref attempt);
        frame = frame == FrameAllocator.None ? _frames.Take(FrameAllocator.None, ref shard.Record.FrameCursor) : frame;
        if (frame == FrameAllocator.None)
        {
            attempt.Shortage = Shortage.Frame;
            return PutResult.PageDropped;
        }

        bool isRead = false;
        try
        {
            isRead = source.TryRead(_arena.Frame(frame));
        }
        finally
        {
            if (!isRead)
            {
                Interlocked.Increment(ref _failedCopies);
                _frames.Release(frame);
            }
        }

        if (!isRead)
        {
            return PutResult.Unreadable;
        }

        uint poolShard = shard.Object(objectCell).PoolShard;
        int before = _packed.SizeOf(page);
        int freed = UncountPacked(shard, poolShard, page);
        _packed.ReplaceByFrame(page, frame, ArenaLayout.PageBytes, ref shard.Record.Shelf);
        CountBytes(shard, pool, poolShard, _packed.SizeOf(page) - before);
        CountFrames(1 - freed);
        return PutResult.Stored;
    }

    /// <summary>A page that cannot be replaced goes: nobody may read it any more.</summary>
    private PutResult DropReplaced(Shard shard, uint objectCell, uint index, uint page, RefusalReason reason)
    {
        uint poolShard = shard.Object(objectCell).PoolShard;
        ref PoolShardRecord record = ref shard.PoolShard(poolShard);
        record.Counters.Puts++;
        record.Counters.PutsDropped++;
        CountRefusal(shard, record.Pool, reason);
        RemovePage(shard, poolShard, objectCell, index, page, FrameUse.Release);
        return reason == RefusalReason.Unreadable ? PutResult.Unreadable : PutResult.PageDropped;
    }

    private uint TakeInHand(scoped ref PutAttempt attempt)
    {
        uint frame = attempt.Frame;
        if (frame != FrameAllocator.None)
        {
            attempt.Frame = FrameAllocator.None;
            Interlocked.Decrement(ref _framesInHand);
        }

        return frame;
    }
}
