using System.Runtime.CompilerServices;
using TmemCore.Codecs;
using TmemCore.Statistics;

namespace TmemCore.Store;

/// <summary>Getting pages.</summary>
internal sealed partial class PageStore
{
    /// <summary>Copies a page out; whether it stays is a property of the pool.</summary>
    public GetResult Get<TTarget>(in PoolHandle handle, in ObjectId id, uint index, scoped ref TTarget target)
        where TTarget : IPageTarget, allows ref struct =>
        Get(handle, id, index, _hash.OfObject(handle.Pool, id), ref target);

    private GetResult Get<TTarget>(in PoolHandle handle, in ObjectId id, uint index, ulong hash, scoped ref TTarget target)
        where TTarget : IPageTarget, allows ref struct
    {
        Shard shard = ShardOf(hash);
        long start = StartOf(shard);
        CodecScratch? scratch = null;
        PackedForm form = default;
        uint following = PageDescriptor.None;
        _frames.Hints.PrefetchSlot(hash, index);
        shard.PrefetchBuckets(hash, index);
        shard.Lock.Enter();
        try
        {
            if (!IsCurrent(shard, handle))
            {
                CountRefusedOperation();
                return GetResult.Unavailable;
            }

            uint poolShard = shard.PoolShardOf(handle.Pool);
            uint objectCell = 0;
            uint leaf = 0;
            uint page = poolShard == 0
                ? PageDescriptor.None
                : shard.FindPage(poolShard, id, hash, index, _frames.Hints, out objectCell, out leaf);
            if (page == PageDescriptor.None)
            {
                if (_eviction == EvictionPolicy.S3FifoWithHistory && Pool(handle.Pool).IsExclusive)
                {
                    shard.NoteMiss(poolShard, hash, index);
                }

                return Miss(shard, handle.Pool, poolShard);
            }

            following = shard.FrameBehind(leaf, hash, index);
            if (page < _firstPacked)
            {
                _frames.Hints.Note(hash, index, page);
                return CopyOut(shard, handle.Pool, objectCell, index, page, ref target);
            }

            if (typeof(TTarget) != typeof(EntryTarget) && typeof(TTarget) != typeof(SpanTarget))
            {
                return CopyOutPacked(shard, handle.Pool, objectCell, index, page, ref target);
            }

            if (!TryTakePacked(shard, handle.Pool, objectCell, index, page, ref target, ref scratch, ref form))
            {
                return GetResult.Unwritable;
            }
        }
        finally
        {
            shard.Lock.Exit();
            if (following != PageDescriptor.None)
            {
                _arena.PrefetchFrame(following);
            }

            NoteGet(shard, scratch is null ? start : 0);
        }

        UnpackTo(form, scratch!, ref target);
        NoteGet(shard, start);
        return GetResult.Hit;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void NoteGet(Shard shard, long start)
    {
        if (start != 0)
        {
            _latency.Note(LatencyOperation.Get, shard.Number, start);
        }
    }

    /// <summary>Takes the packed form of a page that was found, to be made a page or an entry once the lock is left.</summary>
    /// <returns>Whether the target takes it; without, nothing was rented.</returns>
    private bool TryTakePacked<TTarget>(
        Shard shard,
        uint pool,
        uint objectCell,
        uint index,
        uint page,
        scoped ref TTarget target,
        ref CodecScratch? scratch,
        ref PackedForm form)
        where TTarget : IPageTarget, allows ref struct
    {
        if (typeof(TTarget) == typeof(EntryTarget)
            && !Unsafe.As<TTarget, EntryTarget>(ref target).TryReserve(_packed.FormOf(page).Length))
        {
            Deliver(shard, pool, objectCell, index, page, isWritten: false, ref target);
            return false;
        }

        scratch = _scratches.Rent();
        form = CopyPacked(page, scratch);
        _packed.NoteRead(page, ref shard.Record.Shelf);
        Deliver(shard, pool, objectCell, index, page, isWritten: true, ref target);
        return true;
    }

    /// <summary>Makes a page, or an entry, in the caller's memory, the lock left behind.</summary>
    private void UnpackTo<TTarget>(in PackedForm form, CodecScratch scratch, scoped ref TTarget target)
        where TTarget : IPageTarget, allows ref struct
    {
        Span<byte> buffer = typeof(TTarget) == typeof(EntryTarget)
            ? Unsafe.As<TTarget, EntryTarget>(ref target).Entry
            : Unsafe.As<TTarget, SpanTarget>(ref target).Page;
        try
        {
            Unpack(form, scratch, buffer);
        }
        finally
        {
            _scratches.Return(scratch);
        }
    }

    private GetResult Miss(Shard shard, uint pool, uint poolShard)
    {
        shard.Record.GetMisses++;
        ref PoolRecord record = ref Pool(pool);
        if (Volatile.Read(ref record.ShardsWithPages) == 0)
        {
            shard.Record.Errors++;
            return GetResult.Empty;
        }

        if (poolShard != 0)
        {
            shard.PoolShard(poolShard).Counters.Gets++;
        }
        else
        {
            Interlocked.Increment(ref record.Elsewhere.Gets);
        }

        return GetResult.Miss;
    }

    private GetResult CopyOut<TTarget>(Shard shard, uint pool, uint objectCell, uint index, uint page, scoped ref TTarget target)
        where TTarget : IPageTarget, allows ref struct
    {
        return Deliver(shard, pool, objectCell, index, page, target.TryWrite(_arena.Frame(page)), ref target);
    }

    /// <summary>As <see cref="CopyOut"/>, for a target that may fail: the page stays in the store then, so that it is made under the lock.</summary>
    private GetResult CopyOutPacked<TTarget>(Shard shard, uint pool, uint objectCell, uint index, uint page, scoped ref TTarget target)
        where TTarget : IPageTarget, allows ref struct
    {
        CodecScratch scratch = _scratches.Rent();
        try
        {
            Unpack(CopyPacked(page, scratch), scratch, scratch.Page);
            _packed.NoteRead(page, ref shard.Record.Shelf);
            return Deliver(shard, pool, objectCell, index, page, target.TryWrite(scratch.Page), ref target);
        }
        finally
        {
            _scratches.Return(scratch);
        }
    }

    /// <summary>Counts a page that was found, and takes it out or makes it young if its pool is of that kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private GetResult Deliver<TTarget>(
        Shard shard, uint pool, uint objectCell, uint index, uint page, bool isWritten, scoped ref TTarget target)
        where TTarget : IPageTarget, allows ref struct
    {
        uint poolShard = shard.Object(objectCell).PoolShard;
        ref PoolShardRecord record = ref shard.PoolShard(poolShard);
        record.Counters.Gets++;
        if (!isWritten)
        {
            Interlocked.Increment(ref _failedCopies);
            shard.Record.FailedGets++;
            shard.Record.Errors++;
            return GetResult.Unwritable;
        }

        shard.Record.GetHits++;
        record.Counters.GetHits++;
        ref PoolRecord owner = ref Pool(pool);
        if (owner.IsExclusive)
        {
            shard.NoteGhost(poolShard, page, tag: 0, isTaken: true);
            RemovePage(shard, poolShard, objectCell, index, page, FrameUse.Release);
        }
        else if (typeof(TTarget) == typeof(EntryTarget) && Unsafe.As<TTarget, EntryTarget>(ref target).IsLook)
        {
            Unsafe.As<TTarget, EntryTarget>(ref target).WouldCount = !owner.IsPersistent && shard.WouldCountHit(poolShard, page);
        }
        else
        {
            CountHit(shard, poolShard, page, owner.IsPersistent);
        }

        return GetResult.Hit;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CountHit(Shard shard, uint poolShard, uint page, bool isPersistent)
    {
        if (!isPersistent && !shard.TryCountHit(poolShard, page))
        {
            shard.Refresh(poolShard, page, _ages.Next());
        }
    }
}
