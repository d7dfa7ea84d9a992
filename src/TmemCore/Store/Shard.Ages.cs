using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace TmemCore.Store;

/// <summary>
/// The ephemeral pages of each pool by age, as a list that only grows at its young end: a page that goes or grows young leaves a
/// stale entry behind, which is recognized by the page's descriptor and cleared away by and by. Thus no operation has to touch
/// the neighbours of a page, which lie anywhere in memory.
/// </summary>
internal sealed partial class Shard
{
    /// <summary>Stale entries passed over under one hold of the lock.</summary>
    public const int StaleEntriesPerStep = 64;

    /// <summary>Chunks freed under one hold of the lock.</summary>
    public const int ChunksPerStep = 64;

    /// <summary>Stale entries cleared from the old end whenever one is made.</summary>
    private const int StaleEntriesPerRemoval = 2;

    /// <summary>Entries beyond those of living pages that do not matter.</summary>
    private const uint TolerableStaleEntries = 2 * AgeChunk.Capacity;

    /// <summary>How far ages of one chunk may lie apart; half the range, so that some may pass between check and use.</summary>
    private const ulong ChunkSpan = 1UL << 31;

    /// <summary>The record of the pool whose list begins with the lowest age, or 0.</summary>
    public uint PoolShardWithOldest => Record.AgeHeapCount == 0 ? 0 : HeapAt(0);

    /// <summary>Makes sure that an entry can be appended; false when memory is short.</summary>
    public bool TryPrepareAppend(uint poolShard, ulong sequence)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        if (pool.LastChunk != 0)
        {
            ref AgeChunk last = ref Chunk(pool.LastChunk);
            if (last.Count == 0)
            {
                // Made for a put that was refused: the age it was made for may be long past.
                last.First = 0;
                last.End = 0;
                last.Base = sequence;
                return true;
            }

            if (last.End < AgeChunk.Capacity && sequence - last.Base < ChunkSpan)
            {
                return true;
            }
        }

        uint added = _heap.Take(AgeChunk.Cells);
        if (added == 0)
        {
            return false;
        }

        ref AgeChunk chunk = ref Chunk(added);
        chunk.Next = 0;
        chunk.First = 0;
        chunk.End = 0;
        chunk.Base = sequence;
        if (pool.LastChunk == 0)
        {
            pool.FirstChunk = added;
        }
        else
        {
            Chunk(pool.LastChunk).Next = added;
        }

        pool.LastChunk = added;
        return true;
    }

    /// <summary>Puts a page at the young end of its pool's list; <see cref="TryPrepareAppend"/> has made room.</summary>
    public void Append(uint poolShard, uint page, ulong sequence)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        ref AgeChunk chunk = ref Chunk(pool.LastChunk);
        chunk.Entries[chunk.End++] = new AgeEntry { Page = page, Delta = (uint)(sequence - chunk.Base) };
        Descriptor(page).Sequence = sequence;
        pool.AgeEntries++;
        if (pool.HeapPlace == 0)
        {
            pool.OldestSequence = sequence;
            HeapPush(poolShard);
            Publish();
        }
    }

    /// <summary>Makes a page the youngest of its pool; it keeps its age when memory is too short for that.</summary>
    public void Refresh(uint poolShard, uint page, ulong sequence)
    {
        if (TryPrepareAppend(poolShard, sequence))
        {
            Append(poolShard, page, sequence);
            ClearSome(poolShard);
        }
    }

    /// <summary>Makes the entry of a page that goes stale; the pool's count of pages is lowered already.</summary>
    public void Forget(uint poolShard, uint page)
    {
        Descriptor(page).Sequence = 0;
        ClearSome(poolShard);
    }

    /// <summary>As <see cref="Forget(uint, uint)"/> for many pages.</summary>
    public void Forget(uint poolShard, ReadOnlySpan<uint> pages)
    {
        foreach (uint page in pages)
        {
            Descriptor(page).Sequence = 0;
        }

        for (int i = 0; i <= pages.Length / AgeChunk.Capacity; i++)
        {
            ClearSome(poolShard);
        }
    }

    /// <summary>The oldest page of a pool that has a list.</summary>
    /// <param name="poolShard">The pool's record here.</param>
    /// <param name="page">The page.</param>
    /// <returns>False when stale entries were in the way: the list now begins with a greater age, or is gone.</returns>
    public bool TryGetOldest(uint poolShard, out uint page)
    {
        bool isClean = DropStaleHead(poolShard, StaleEntriesPerStep) == 0;
        page = PageDescriptor.None;
        if (isClean)
        {
            ref AgeChunk first = ref Chunk(PoolShard(poolShard).FirstChunk);
            page = first.Entries[first.First].Page;
            Debug.Assert(Descriptor(page).Sequence == PoolShard(poolShard).OldestSequence, "The oldest page is of the age that is shown.");
        }

        return isClean;
    }

    /// <summary>Takes a pool that is being destroyed out of the order of ages, so that nobody looks at its list any more.</summary>
    public void LeaveAges(uint poolShard)
    {
        if (PoolShard(poolShard).HeapPlace != 0)
        {
            HeapRemove(poolShard);
            Publish();
        }
    }

    /// <summary>Frees chunks of a list that nobody looks at any more.</summary>
    /// <returns>Whether all are gone.</returns>
    public bool DropChunks(uint poolShard, int most)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        for (int i = 0; i < most && pool.FirstChunk != 0; i++)
        {
            pool.AgeEntries -= (uint)Chunk(pool.FirstChunk).Count;
            DropFirstChunk(ref pool);
        }

        return pool.FirstChunk == 0;
    }

    /// <summary>Frees chunks of a pool that has no page: all their entries are stale.</summary>
    /// <returns>Whether there are more.</returns>
    public bool DropStaleChunks(uint poolShard)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        if (pool.Pages != 0 || pool.AgeEntries == 0)
        {
            return false;
        }

        bool areAllGone = DropChunks(poolShard, ChunksPerStep);
        Reorder(poolShard, ref pool);
        return !areAllGone;
    }

    private ref AgeChunk Chunk(uint cell) => ref _arena.Cell<AgeChunk>(cell);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Holds(in AgeChunk chunk, AgeEntry entry) => Descriptor(entry.Page).Sequence == chunk.Base + entry.Delta;

    private void ClearSome(uint poolShard)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        if (pool.AgeEntries == 0)
        {
            return;
        }

        if (pool.Pages == 0)
        {
            DropStaleChunks(poolShard);
            return;
        }

        DropStaleHead(poolShard, StaleEntriesPerRemoval);
        if (pool.AgeEntries > (2 * pool.Pages) + TolerableStaleEntries)
        {
            CompactChunk(ref pool);
        }
    }

    /// <summary>Drops up to <paramref name="most"/> stale entries from the old end and puts the pool where it belongs now.</summary>
    private int DropStaleHead(uint poolShard, int most)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        int dropped = 0;
        while (dropped < most && pool.AgeEntries != 0)
        {
            ref AgeChunk first = ref Chunk(pool.FirstChunk);
            if (first.Count == 0)
            {
                DropFirstChunk(ref pool);
                continue;
            }

            if (Holds(first, first.Entries[first.First]))
            {
                break;
            }

            first.First++;
            pool.AgeEntries--;
            dropped++;
        }

        if (dropped > 0)
        {
            Reorder(poolShard, ref pool);
        }

        return dropped;
    }

    private void Reorder(uint poolShard, ref PoolShardRecord pool)
    {
        while (pool.FirstChunk != 0 && Chunk(pool.FirstChunk).Count == 0)
        {
            DropFirstChunk(ref pool);
        }

        if (pool.HeapPlace == 0)
        {
            return;
        }

        if (pool.AgeEntries == 0)
        {
            HeapRemove(poolShard);
        }
        else
        {
            ref AgeChunk first = ref Chunk(pool.FirstChunk);
            pool.OldestSequence = first.Base + first.Entries[first.First].Delta;
            SiftDown(pool.HeapPlace - 1);
        }

        Publish();
    }

    private void DropFirstChunk(ref PoolShardRecord pool)
    {
        uint dropped = pool.FirstChunk;
        pool.FirstChunk = Chunk(dropped).Next;
        pool.LastChunk = pool.FirstChunk == 0 ? 0 : pool.LastChunk;
        pool.CleanChunk = pool.CleanChunk == dropped ? 0 : pool.CleanChunk;
        _heap.Release(dropped, AgeChunk.Cells);
    }

    /// <summary>Clears one chunk in the middle of stale entries and joins it with the one before, if both fit into one.</summary>
    private void CompactChunk(ref PoolShardRecord pool)
    {
        uint before = pool.CleanChunk == 0 ? pool.FirstChunk : pool.CleanChunk;
        uint at = Chunk(before).Next;
        if (at == 0 || at == pool.LastChunk)
        {
            pool.CleanChunk = 0;
            return;
        }

        ref AgeChunk chunk = ref Chunk(at);
        KeepHolding(ref pool, ref chunk);
        ref AgeChunk older = ref Chunk(before);
        bool fits = older.Count + chunk.Count <= AgeChunk.Capacity
            && (older.Count == 0 || chunk.Count == 0 || LastAge(chunk) - older.Base <= uint.MaxValue);
        if (!fits)
        {
            pool.CleanChunk = at;
            return;
        }

        Join(ref older, ref chunk);
        older.Next = chunk.Next;
        pool.CleanChunk = before;
        _heap.Release(at, AgeChunk.Cells);
    }

    private void KeepHolding(ref PoolShardRecord pool, ref AgeChunk chunk)
    {
        int kept = 0;
        for (int i = chunk.First; i < chunk.End; i++)
        {
            AgeEntry entry = chunk.Entries[i];
            if (Holds(chunk, entry))
            {
                chunk.Entries[kept++] = entry;
            }
        }

        pool.AgeEntries -= (uint)(chunk.Count - kept);
        chunk.First = 0;
        chunk.End = (ushort)kept;
    }

    private static ulong LastAge(in AgeChunk chunk) => chunk.Base + chunk.Entries[chunk.End - 1].Delta;

    private static void Join(ref AgeChunk older, ref AgeChunk chunk)
    {
        int count = older.Count;
        ((Span<AgeEntry>)older.Entries)[older.First..older.End].CopyTo(older.Entries);
        older.First = 0;
        older.Base = count == 0 ? chunk.Base : older.Base;
        uint shift = (uint)(chunk.Base - older.Base);
        for (int i = 0; i < chunk.End; i++)
        {
            older.Entries[count++] = new AgeEntry { Page = chunk.Entries[i].Page, Delta = chunk.Entries[i].Delta + shift };
        }

        older.End = (ushort)count;
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
