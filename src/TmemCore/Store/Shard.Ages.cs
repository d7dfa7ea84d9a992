namespace TmemCore.Store;

/// <summary>The lists of pages by age, one per pool, and the heap that knows which list holds the oldest page.</summary>
internal sealed partial class Shard
{
    /// <summary>The record of the pool with the oldest ephemeral page, or 0.</summary>
    public uint PoolShardWithOldest => Record.AgeHeapCount == 0 ? 0 : HeapAt(0);

    /// <summary>Puts a page at the young end of its pool's list.</summary>
    public void Append(uint poolShard, uint descriptor, ulong sequence, bool isEphemeral)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        ref PageDescriptor page = ref Descriptor(descriptor);
        page.Sequence = sequence;
        page.Older = pool.Youngest;
        page.Younger = PageDescriptor.None;
        if (pool.Youngest != PageDescriptor.None)
        {
            Descriptor(pool.Youngest).Younger = descriptor;
            pool.Youngest = descriptor;
            return;
        }

        pool.Youngest = descriptor;
        pool.Oldest = descriptor;
        pool.OldestSequence = sequence;
        if (isEphemeral)
        {
            HeapPush(poolShard);
            Publish();
        }
    }

    /// <summary>Takes a page out of its pool's list.</summary>
    public void Unlink(uint poolShard, uint descriptor)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        ref PageDescriptor page = ref Descriptor(descriptor);
        if (page.Younger != PageDescriptor.None)
        {
            Descriptor(page.Younger).Older = page.Older;
        }
        else
        {
            pool.Youngest = page.Older;
        }

        if (page.Older != PageDescriptor.None)
        {
            Descriptor(page.Older).Younger = page.Younger;
            return;
        }

        pool.Oldest = page.Younger;
        pool.OldestSequence = page.Younger == PageDescriptor.None ? NoSequence : Descriptor(page.Younger).Sequence;
        if (pool.HeapPlace != 0)
        {
            HeapUpdate(poolShard);
            Publish();
        }
    }

    /// <summary>Makes a page the youngest of its pool.</summary>
    public void Refresh(uint poolShard, uint descriptor, ulong sequence)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        if (pool.Youngest == descriptor && pool.Oldest == descriptor)
        {
            Descriptor(descriptor).Sequence = sequence;
            pool.OldestSequence = sequence;
            HeapUpdate(poolShard);
            Publish();
            return;
        }

        Unlink(poolShard, descriptor);
        Append(poolShard, descriptor, sequence, isEphemeral: true);
    }

    private void Publish()
    {
        uint oldest = PoolShardWithOldest;
        Volatile.Write(ref _oldestSequence, oldest == 0 ? NoSequence : PoolShard(oldest).OldestSequence);
    }

    private void HeapPush(uint poolShard)
    {
        uint place = Record.AgeHeapCount++;
        HeapSet(place, poolShard);
        SiftUp(place);
    }

    /// <summary>Restores the order after the age of a pool's oldest page has grown; takes the pool out when it has no page.</summary>
    private void HeapUpdate(uint poolShard)
    {
        uint place = PoolShard(poolShard).HeapPlace - 1;
        if (PoolShard(poolShard).OldestSequence != NoSequence)
        {
            SiftDown(place);
            return;
        }

        PoolShard(poolShard).HeapPlace = 0;
        uint last = --Record.AgeHeapCount;
        if (place != last)
        {
            HeapSet(place, HeapAt(last));
            SiftUp(place);
            SiftDown(place);
        }
    }

    private void SiftUp(uint place)
    {
        while (place > 0 && AgeAt(place) < AgeAt((place - 1) / 2))
        {
            HeapSwap(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }
    }

    private void SiftDown(uint place)
    {
        uint count = Record.AgeHeapCount;
        while (true)
        {
            uint child = (place * 2) + 1;
            if (child >= count)
            {
                return;
            }

            if (child + 1 < count && AgeAt(child + 1) < AgeAt(child))
            {
                child++;
            }

            if (AgeAt(place) <= AgeAt(child))
            {
                return;
            }

            HeapSwap(place, child);
            place = child;
        }
    }

    private void HeapSwap(uint left, uint right)
    {
        uint cell = HeapAt(left);
        HeapSet(left, HeapAt(right));
        HeapSet(right, cell);
    }

    private void HeapSet(uint place, uint poolShard)
    {
        HeapAt(place) = poolShard;
        PoolShard(poolShard).HeapPlace = place + 1;
    }

    private ulong AgeAt(uint place) => PoolShard(HeapAt(place)).OldestSequence;

    private ref uint HeapAt(uint place) => ref _arena.At<uint>(_ageHeapOffset + ((long)place * sizeof(uint)));
}
