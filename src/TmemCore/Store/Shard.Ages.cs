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

    /// <summary>Makes sure that an entry can be appended; false when memory is short.</summary>
    /// <param name="poolShard">The pool's record here.</param>
    /// <param name="sequence">An age that the entry's will not be below.</param>
    /// <param name="isMain">Whether it goes into the main queue.</param>
    public bool TryPrepareAppend(uint poolShard, ulong sequence, bool isMain = false)
    {
        ref AgeList list = ref ListOf(poolShard, isMain);
        if (list.Last != 0)
        {
            ref AgeChunk last = ref Chunk(list.Last);
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

        return TryAddChunk(ref list, sequence);
    }

    /// <summary>Puts a page at the young end of a list; <see cref="TryPrepareAppend"/> has made room.</summary>
    public void Append(uint poolShard, uint page, ulong sequence, bool isMain = false)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        ref AgeList list = ref ListOf(poolShard, isMain);
        ref AgeChunk chunk = ref Chunk(list.Last);
        chunk.Entries[chunk.End++] = new AgeEntry { Page = page, Delta = (uint)(sequence - chunk.Base) };
        ref PageDescriptor descriptor = ref Descriptor(page);
        descriptor.Sequence = sequence;
        list.Entries++;
        if (isMain)
        {
            descriptor.IsInMain = true;
            Queue(pool.Main).Pages++;
        }

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
        LeaveQueue(poolShard, page);
        ClearSome(poolShard);
    }

    /// <summary>As <see cref="Forget(uint, uint)"/> for many pages.</summary>
    public void Forget(uint poolShard, ReadOnlySpan<uint> pages)
    {
        foreach (uint page in pages)
        {
            LeaveQueue(poolShard, page);
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
        ref AgeList list = ref PoolShard(poolShard).Ages;
        page = PageDescriptor.None;
        if (DropStaleHead(ref list, StaleEntriesPerStep) != 0)
        {
            Reorder(poolShard);
            return false;
        }

        page = HeadOf(list).Page;
        Debug.Assert(Descriptor(page).Sequence == PoolShard(poolShard).OldestSequence, "The oldest page is of the age that is shown.");
        return true;
    }

    /// <summary>Frees chunks of lists that nobody looks at any more.</summary>
    /// <returns>Whether all are gone.</returns>
    public bool DropChunks(uint poolShard, int most)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        return DropChunks(ref pool.Ages, ref most) & (pool.Main == 0 || DropChunks(ref Queue(pool.Main).Ages, ref most));
    }

    /// <summary>Frees chunks of a pool that has no page: all their entries are stale.</summary>
    /// <returns>Whether there are more.</returns>
    public bool DropStaleChunks(uint poolShard)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        if (pool.Pages != 0 || EntriesOf(poolShard) == 0)
        {
            return false;
        }

        bool areAllGone = DropChunks(poolShard, ChunksPerStep);
        Reorder(poolShard);
        return !areAllGone;
    }

    /// <summary>Entries of a pool's lists, stale ones too.</summary>
    public uint EntriesOf(uint poolShard)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        return pool.Ages.Entries + (pool.Main == 0 ? 0 : Queue(pool.Main).Ages.Entries);
    }

    private bool DropChunks(ref AgeList list, ref int most)
    {
        for (; most > 0 && list.First != 0; most--)
        {
            list.Entries -= (uint)Chunk(list.First).Count;
            DropFirstChunk(ref list);
        }

        return list.First == 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref AgeList ListOf(uint poolShard, bool isMain)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        return ref isMain ? ref Queue(pool.Main).Ages : ref pool.Ages;
    }

    private ref AgeChunk Chunk(uint cell) => ref _arena.Cell<AgeChunk>(cell);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Holds(in AgeChunk chunk, AgeEntry entry) => Descriptor(entry.Page).Sequence == chunk.Base + entry.Delta;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private AgeEntry HeadOf(in AgeList list)
    {
        ref AgeChunk first = ref Chunk(list.First);
        return first.Entries[first.First];
    }

    private ulong AgeOfHead(in AgeList list)
    {
        ref AgeChunk first = ref Chunk(list.First);
        return first.Base + first.Entries[first.First].Delta;
    }

    private void LeaveQueue(uint poolShard, uint page)
    {
        ref PageDescriptor descriptor = ref Descriptor(page);
        if (descriptor.IsInMain)
        {
            Queue(PoolShard(poolShard).Main).Pages--;
        }

        descriptor.Sequence = 0;
    }

    private bool TryAddChunk(ref AgeList list, ulong sequence)
    {
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
        if (list.Last == 0)
        {
            list.First = added;
        }
        else
        {
            Chunk(list.Last).Next = added;
        }

        list.Last = added;
        return true;
    }

    private void ClearSome(uint poolShard)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        if (EntriesOf(poolShard) == 0)
        {
            return;
        }

        if (pool.Pages == 0)
        {
            DropStaleChunks(poolShard);
            return;
        }

        uint mainPages = pool.Main == 0 ? 0 : Queue(pool.Main).Pages;
        bool isHeadGone = ClearSome(ref pool.Ages, pool.Pages - mainPages);
        isHeadGone |= pool.Main != 0 && ClearSome(ref Queue(pool.Main).Ages, mainPages);
        if (isHeadGone)
        {
            Reorder(poolShard);
        }
    }

    /// <summary>Clears some stale entries of a list of so many pages away; whether it begins with another one now.</summary>
    private bool ClearSome(ref AgeList list, uint pages)
    {
        bool isHeadGone = DropStaleHead(ref list, StaleEntriesPerRemoval) > 0;
        if (list.Entries > (2 * pages) + TolerableStaleEntries)
        {
            CompactChunk(ref list);
        }

        return isHeadGone;
    }

    /// <summary>Drops up to <paramref name="most"/> stale entries from the old end; the pool has to be put where it belongs then.</summary>
    private int DropStaleHead(ref AgeList list, int most)
    {
        int dropped = 0;
        while (dropped < most && list.Entries != 0)
        {
            ref AgeChunk first = ref Chunk(list.First);
            if (first.Count == 0)
            {
                DropFirstChunk(ref list);
                continue;
            }

            if (Holds(first, first.Entries[first.First]))
            {
                break;
            }

            first.First++;
            list.Entries--;
            dropped++;
        }

        return dropped;
    }

    /// <summary>Puts a pool where its oldest entry belongs now.</summary>
    private void Reorder(uint poolShard)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        ulong oldest = OldestOf(ref pool.Ages);
        if (pool.Main != 0)
        {
            oldest = Math.Min(oldest, OldestOf(ref Queue(pool.Main).Ages));
        }

        if (pool.HeapPlace == 0)
        {
            return;
        }

        if (oldest == NoSequence)
        {
            HeapRemove(poolShard);
        }
        else
        {
            pool.OldestSequence = oldest;
            SiftDown(pool.HeapPlace - 1);
        }

        Publish();
    }

    private ulong OldestOf(ref AgeList list)
    {
        while (list.First != 0 && Chunk(list.First).Count == 0)
        {
            DropFirstChunk(ref list);
        }

        return list.Entries == 0 ? NoSequence : AgeOfHead(list);
    }

    private void DropFirstChunk(ref AgeList list)
    {
        uint dropped = list.First;
        list.First = Chunk(dropped).Next;
        list.Last = list.First == 0 ? 0 : list.Last;
        list.Clean = list.Clean == dropped ? 0 : list.Clean;
        _heap.Release(dropped, AgeChunk.Cells);
    }

    /// <summary>Clears one chunk in the middle of stale entries and joins it with the one before, if both fit into one.</summary>
    private void CompactChunk(ref AgeList list)
    {
        uint before = list.Clean == 0 ? list.First : list.Clean;
        uint at = Chunk(before).Next;
        if (at == 0 || at == list.Last)
        {
            list.Clean = 0;
            return;
        }

        ref AgeChunk chunk = ref Chunk(at);
        KeepHolding(ref list, ref chunk);
        ref AgeChunk older = ref Chunk(before);
        bool fits = older.Count + chunk.Count <= AgeChunk.Capacity
            && (older.Count == 0 || chunk.Count == 0 || LastAge(chunk) - older.Base <= uint.MaxValue);
        if (!fits)
        {
            list.Clean = at;
            return;
        }

        Join(ref older, ref chunk);
        older.Next = chunk.Next;
        list.Clean = before;
        _heap.Release(at, AgeChunk.Cells);
    }

    private void KeepHolding(ref AgeList list, ref AgeChunk chunk)
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

        list.Entries -= (uint)(chunk.Count - kept);
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
}
