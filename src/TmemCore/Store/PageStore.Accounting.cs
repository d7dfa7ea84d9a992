using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>Who has how much: charges of persistent pages to clients, and counts of pages, objects and frames.</summary>
internal sealed partial class PageStore
{
    /// <summary>An object's share of the index: a tag and a cell number, and the room between entries.</summary>
    private const int IndexBytesPerObject = 16;

    /// <summary>One part in so many of the limit is left to tables that belong to nobody, when promises are made.</summary>
    private const int TableShare = 16;

    // Exact in the Xen profile only: there one thread's results are compared number by number. Elsewhere shards count for
    // themselves, so that threads share no counter.
    private ExactCount _ephemeral;
    private ExactCount _objects;
    private ExactCount _pages;
    private ExactCount _dataFrames;
    private long _cachedFree;

    private long _framesInHand;
    private long _failedCopies;
    private long _controlOperations;
    private long _controlErrors;

    /// <summary>Bytes promised to or used by persistent pages: for each client the larger of the two.</summary>
    private long _persistentCommitted;

    /// <summary>The sum of all reservations.</summary>
    private long _reserved;

    /// <summary>What persistent pages may take just now: the rest covers tables that belong to nobody.</summary>
    private long PersistentLimit => PersistentPart(_budget.LimitBytes);

    /// <summary>The part of a limit that may be promised to persistent pages.</summary>
    private static long PersistentPart(long limitBytes) => limitBytes - (limitBytes / TableShare);

    /// <summary>Counts an operation that no shard saw; it failed.</summary>
    public void CountRefusedOperation()
    {
        Interlocked.Increment(ref _controlOperations);
        Interlocked.Increment(ref _controlErrors);
    }

    /// <summary>Counts an operation on pools, clients or settings.</summary>
    public long CountControlOperation(long answer)
    {
        Interlocked.Increment(ref _controlOperations);
        if (answer < 0)
        {
            Interlocked.Increment(ref _controlErrors);
        }

        return answer;
    }

    /// <summary>
    /// Takes an operation on pages out of the count again: one that came by a way that is not counted. For a moment it is in.
    /// </summary>
    public long DiscountOperation(long answer)
    {
        Interlocked.Decrement(ref _controlOperations);
        if (answer < 0)
        {
            Interlocked.Decrement(ref _controlErrors);
        }

        return answer;
    }

    /// <summary>
    /// What so many persistent pages of one pool are charged at most, if they lie side by side in objects of as many pages as a leaf has, and no page gets smaller.
    /// </summary>
    public long MostBytesOfPersistent(long pages)
    {
        // A leaf that grows is there twice for a moment.
        const int CellsOfObject = 1 + LeafRecord.MostCells + LeafRecord.MostCells;
        long objects = (pages + LeafRecord.Span - 1) / LeafRecord.Span;
        return (pages * (ArenaLayout.PageBytes + ArenaLayout.PackedRecordBytes + ArenaLayout.DescriptorBytes))
            + (objects * ((CellsOfObject * ArenaLayout.CellBytes) + IndexBytesPerObject))
            + ((long)_shards.Length * PoolShardRecord.Cells * ArenaLayout.CellBytes);
    }

    private long ChargeOf(long bytes, int pages, int cells, int objects) => _options.DataFrameLimit > 0
        ? (long)pages * ArenaLayout.PageBytes
        : bytes
            + ((long)pages * ArenaLayout.DescriptorBytes)
            + ((long)cells * ArenaLayout.CellBytes)
            + ((long)objects * IndexBytesPerObject);

    /// <summary>Charges a new page, if the pool is persistent, unless it would pass the owner's allowance or another's reservation.</summary>
    private bool TryCharge(uint pool, int bytes, int cells, int objects, out RefusalReason refusal)
    {
        ref PoolRecord record = ref Pool(pool);
        refusal = default;
        return !record.IsPersistent || TryCharge(ref record, ChargeOf(bytes, 1, cells, objects), out refusal);
    }

    /// <summary>Charges what a page takes more than the one that it replaces; less is given back once it is stored.</summary>
    private bool TryChargeMore(uint pool, int bytes, out RefusalReason refusal)
    {
        ref PoolRecord record = ref Pool(pool);
        refusal = default;
        return !record.IsPersistent || bytes <= 0 || TryCharge(ref record, ChargeOf(bytes, 0, 0, 0), out refusal);
    }

    private bool TryCharge(ref PoolRecord record, long bytes, out RefusalReason refusal)
    {
        ref ClientRecord owner = ref Client(record.Owner);
        refusal = RefusalReason.Allowance;
        if (!TryChargeClient(ref owner, bytes))
        {
            return false;
        }

        Interlocked.Add(ref record.ChargedBytes, bytes);
        bool fits = Volatile.Read(ref _reserved) == 0
            || owner.PersistentBytes <= owner.ReservationBytes
            || Volatile.Read(ref _persistentCommitted) <= PersistentLimit;
        if (!fits)
        {
            refusal = RefusalReason.Reservations;
            Charge(ref record, ref owner, -bytes);
        }

        return fits;
    }

    /// <summary>Charges a client, unless it would pass its allowance: the sum never does, so that nobody is refused what fits.</summary>
    private bool TryChargeClient(ref ClientRecord owner, long bytes)
    {
        long before = Volatile.Read(ref owner.PersistentBytes);
        while (before + bytes <= owner.AllowanceBytes)
        {
            long seen = Interlocked.CompareExchange(ref owner.PersistentBytes, before + bytes, before);
            if (seen == before)
            {
                CommitPersistent(owner.ReservationBytes, before, before + bytes);
                return true;
            }

            before = seen;
        }

        return false;
    }

    /// <summary>Charges what cannot be refused, or gives back (negative numbers).</summary>
    private void Settle(uint pool, long bytes, int pages, int cells, int objects)
    {
        ref PoolRecord record = ref Pool(pool);
        if (record.IsPersistent)
        {
            Charge(ref record, ref Client(record.Owner), ChargeOf(bytes, pages, cells, objects));
        }
    }

    private void Charge(ref PoolRecord pool, ref ClientRecord owner, long bytes)
    {
        Interlocked.Add(ref pool.ChargedBytes, bytes);
        ChargeClient(ref owner, bytes);
    }

    private void ChargeClient(ref ClientRecord owner, long bytes)
    {
        long after = Interlocked.Add(ref owner.PersistentBytes, bytes);
        CommitPersistent(owner.ReservationBytes, after - bytes, after);
    }

    private void CommitPersistent(long reserved, long before, long after) =>
        Interlocked.Add(ref _persistentCommitted, Math.Max(after, reserved) - Math.Max(before, reserved));

    /// <summary>A page has been entered into the index.</summary>
    private void CountEntered(Shard shard, uint pool, uint poolShard, bool isNewObject)
    {
        ref PoolShardRecord record = ref shard.PoolShard(poolShard);
        record.MaxPages = Math.Max(record.MaxPages, record.Pages);
        record.MaxObjects = Math.Max(record.MaxObjects, record.Objects);
        if (record.Pages == 1)
        {
            Interlocked.Increment(ref Pool(pool).ShardsWithPages);
        }

        if (!_isXen)
        {
            return;
        }

        _pages.Increment();
        Pool(pool).Pages.Increment();
        if (isNewObject)
        {
            _objects.Increment();
            Pool(pool).Objects.Increment();
        }
    }

    /// <summary>Pages have been taken out of the index.</summary>
    private void CountRemoved(Shard shard, uint pool, uint poolShard, int pages, bool isObjectGone)
    {
        if (shard.PoolShard(poolShard).Pages == 0)
        {
            Interlocked.Decrement(ref Pool(pool).ShardsWithPages);
        }

        if (!_isXen)
        {
            return;
        }

        _pages.Add(-pages);
        Pool(pool).Pages.Add(-pages);
        if (isObjectGone)
        {
            CountObjectGone(pool);
        }
    }

    private void CountObjectGone(uint pool)
    {
        if (_isXen)
        {
            _objects.Decrement();
            Pool(pool).Objects.Decrement();
        }
    }

    /// <summary>A new page is complete.</summary>
    private void CountStored(Shard shard, uint pool, int bytes, bool isPersistent)
    {
        ref ShardRecord record = ref shard.Record;
        if (isPersistent)
        {
            record.PersistentPages++;
            record.PersistentBytes += (ulong)bytes;
        }
        else
        {
            record.EphemeralPages++;
            record.EphemeralBytes += (ulong)bytes;
            record.NewEphemeralPuts++;
            record.MaxEphemeralPages = Math.Max(record.MaxEphemeralPages, record.EphemeralPages);
        }

        record.MaxPages = Math.Max(record.MaxPages, record.EphemeralPages + record.PersistentPages);
        record.MaxObjects = Math.Max(record.MaxObjects, record.ObjectCount);
        if (_isXen && !isPersistent)
        {
            _ephemeral.Increment();
            Client(Pool(pool).Owner).EphemeralPages.Increment();
        }
    }

    /// <summary>Complete pages have gone.</summary>
    private void CountUnstored(Shard shard, uint pool, int pages, long bytes)
    {
        if (Pool(pool).IsPersistent)
        {
            shard.Record.PersistentPages -= (uint)pages;
            shard.Record.PersistentBytes -= (ulong)bytes;
            return;
        }

        shard.Record.EphemeralPages -= (uint)pages;
        shard.Record.EphemeralBytes -= (ulong)bytes;
        if (_isXen)
        {
            _ephemeral.Add(-pages);
            Client(Pool(pool).Owner).EphemeralPages.Add(-pages);
        }
    }

    /// <summary>Counts what a page takes or, negative, took, once it is counted as packed or not.</summary>
    private void CountBytes(Shard shard, uint pool, uint poolShard, long bytes)
    {
        if (Pool(pool).IsPersistent)
        {
            shard.Record.PersistentBytes += (ulong)bytes;
            return;
        }

        shard.Record.EphemeralBytes += (ulong)bytes;
        NoteUse(shard, pool, poolShard);
    }

    /// <summary>Counts a page that is not known by a frame's number.</summary>
    /// <returns>The frames, 0 or 1, that it is kept in whole.</returns>
    private int CountPacked(Shard shard, uint poolShard, uint page) => CountPacked(shard, poolShard, page, 1);

    /// <summary>Takes a page that is not known by a frame's number out of the count.</summary>
    /// <returns>The frames, 0 or 1, that it is kept in whole.</returns>
    private int UncountPacked(Shard shard, uint poolShard, uint page) => CountPacked(shard, poolShard, page, -1);

    private int CountPacked(Shard shard, uint poolShard, uint page, int pages)
    {
        if (_packed.FrameOf(page) != FrameAllocator.None)
        {
            return 1;
        }

        ref PoolShardRecord record = ref shard.PoolShard(poolShard);
        PackedForm form = _packed.FormOf(page);
        ulong bytes = (ulong)(form.Bytes * pages);
        record.PackedPages += (uint)pages;
        record.PackedBytes += bytes;
        ref PackedCount count = ref shard.Record.Packed[(int)form.Codec];
        count.Pages += (ulong)pages;
        count.Bytes += bytes;
        return 0;
    }

    private void CountFrameTaken()
    {
        if (!_isXen)
        {
            return;
        }

        _dataFrames.Increment();
        long cached = Volatile.Read(ref _cachedFree);
        while (cached > 0)
        {
            long seen = Interlocked.CompareExchange(ref _cachedFree, cached - 1, cached);
            if (seen == cached)
            {
                return;
            }

            cached = seen;
        }
    }

    /// <summary>A page takes a frame that it did not take before (1), or one less (-1).</summary>
    private void CountFrames(int frames)
    {
        if (frames > 0)
        {
            CountFrameTaken();
        }
        else if (frames < 0)
        {
            CountFramesFreed(-frames);
        }
    }

    private void CountFramesFreed(int frames)
    {
        if (_isXen)
        {
            _dataFrames.Add(-frames);
            Interlocked.Add(ref _cachedFree, frames);
        }
    }
}
