namespace TmemCore.Store;

/// <summary>The pools of the shard by the age of their oldest pages: a heap whose top is the pool that gives up a page next.</summary>
internal sealed partial class Shard
{
    /// <summary>The record of the pool whose list begins with the lowest age, or 0.</summary>
    public uint PoolShardWithOldest => Record.AgeHeapCount == 0 ? 0 : HeapAt(0);

    /// <summary>Takes a pool that is being destroyed out of the order of ages, so that nobody looks at its list any more.</summary>
    public void LeaveAges(uint poolShard)
    {
        if (PoolShard(poolShard).HeapPlace != 0)
        {
            HeapRemove(poolShard);
            Publish();
        }
    }

    private void Publish()
    {
        uint oldest = PoolShardWithOldest;
        Volatile.Write(ref _oldestSequences[Number], oldest == 0 ? NoSequence : PoolShard(oldest).OldestSequence);
    }

    private void HeapPush(uint poolShard)
    {
        uint place = Record.AgeHeapCount++;
        HeapSet(place, poolShard);
        SiftUp(place);
    }

    private void HeapRemove(uint poolShard)
    {
        uint place = PoolShard(poolShard).HeapPlace - 1;
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
