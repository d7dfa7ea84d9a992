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
            return DropReplaced(shard, objectCell, index, page, PutResult.PageDropped);
        }

        if (page < _firstPacked)
        {
            // In the original a page that is whole stays so. An ephemeral one would lose its age with its number.
            return !_isXen && Pool(pool).IsPersistent && TryPackWhole(shard, pool, objectCell, index, page, attempt)
                ? CountReplaced(shard, objectCell)
                : Replace(shard, pool, objectCell, index, page, ref source);
        }

        int size = attempt.IsPacked ? PackedPages.SizeOf(attempt.Form) : ArenaLayout.PageBytes + ArenaLayout.PackedRecordBytes;
        int more = size - SizeOf(page);
        if (!TryChargeMore(pool, more))
        {
            ReleaseInHand(shard, ref attempt);
            return DropReplaced(shard, objectCell, index, page, PutResult.PageDropped);
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
                DropReplaced(shard, objectCell, index, page, result);
            }
        }

        return result == PutResult.Stored ? CountReplaced(shard, objectCell) : result;
    }

    /// <summary>Keeps a persistent page, whole so far, in fewer bytes and by another number; false when memory is short.</summary>
    private bool TryPackWhole(Shard shard, uint pool, uint objectCell, uint index, uint page, in PutAttempt attempt)
    {
        if (!_packed.TryPut(attempt.Form, attempt.Data, ref shard.Record.Shelf, out uint packed))
        {
            return false;
        }

        uint poolShard = shard.Object(objectCell).PoolShard;
        int less = SizeOf(packed) - ArenaLayout.PageBytes;
        shard.Renumber(objectCell, index, packed);
        CountPacked(shard, poolShard, packed);
        CountBytes(shard, pool, less);
        Settle(pool, less, 0, 0, 0);
        _frames.Release(page);
        return true;
    }

    private PutResult Repack(Shard shard, uint pool, uint objectCell, uint page, scoped ref PutAttempt attempt)
    {
        uint poolShard = shard.Object(objectCell).PoolShard;
        int before = _packed.SizeOf(page);
        int frames = UncountPacked(shard, poolShard, page);
        bool isStored = _packed.TryReplace(page, attempt.Form, attempt.Data, ref shard.Record.Shelf, attempt.IsThrifty);
        CountPacked(shard, poolShard, page);
        CountBytes(shard, pool, _packed.SizeOf(page) - before);
        if (!isStored)
        {
            attempt.Shortage = Shortage.Frame;
            return PutResult.PageDropped;
        }

        CountFramesFreed(frames);
        return PutResult.Stored;
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
        _packed.ReplaceByFrame(page, frame, ArenaLayout.PageBytes);
        CountBytes(shard, pool, _packed.SizeOf(page) - before);
        CountFrameTaken();
        CountFramesFreed(freed);
        return PutResult.Stored;
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
