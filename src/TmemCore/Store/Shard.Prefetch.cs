using System.Runtime.CompilerServices;

namespace TmemCore.Store;

/// <summary>
/// The way to a page walked ahead of the operation, a step for each access that would miss the caches. It wants no lock of
/// this shard: what it reads may be out of date or be something else by now, and serves as a guess of what to ask for. The
/// arena must not go meanwhile, for which any shard's lock is enough.
/// </summary>
internal sealed partial class Shard
{
    /// <summary>Asks for both buckets that a page may be found from; reads nothing of the arena.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchBuckets(ulong hash, uint index)
    {
        PrefetchBucket(hash, index);
        _objects.Prefetch(hash);
    }

    /// <summary>Asks for the leaf's bucket; reads nothing of the arena.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchBucket(ulong hash, uint index) => _leaves.Prefetch(_hash.OfLeaf(hash, index / LeafRecord.Span));

    /// <summary>
    /// Asks for the leaf, both its header and where the page's entry is in a leaf that has many; without a leaf for the
    /// bucket of the object.
    /// </summary>
    /// <returns>The leaf, or 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint PrefetchLeaf(ulong hash, uint index)
    {
        uint leaf = _leaves.Peek(_hash.OfLeaf(hash, index / LeafRecord.Span));
        if (leaf != 0)
        {
            _arena.PrefetchCell(leaf);
            _arena.PrefetchCell(leaf, LeafRecord.HeaderBytes + ((int)(index % LeafRecord.Span) * sizeof(uint)));
        }
        else
        {
            _objects.Prefetch(hash);
        }

        return leaf;
    }

    /// <summary>Asks for the object.</summary>
    /// <returns>What is likely to be the page's frame, or <see cref="PageDescriptor.None"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint PrefetchObject(uint leaf, ulong hash, uint index)
    {
        if (leaf == 0)
        {
            _arena.PrefetchCell(_objects.Peek(hash));
            return PageDescriptor.None;
        }

        ref LeafRecord record = ref Leaf(leaf);
        _arena.PrefetchCell(record.Object);
        if (!record.IsWide)
        {
            // Its entries lie side by side, and those behind the page's move when it comes or goes.
            _arena.PrefetchCell(leaf + 1);
        }

        uint page = LeafEntry(leaf, index);
        return page < _arena.Layout.Frames ? page : PageDescriptor.None;
    }

    /// <summary>
    /// The frame that a get is likely to want next, where an object's pages are got in the order of their indexes; wants
    /// this shard's lock. Looks no further than the leaf that is at hand, so that of 64 pages one is not foreseen, and
    /// takes no note of objects without leaves, which have no other page.
    /// </summary>
    /// <param name="leaf">The leaf of the page that is got, or 0.</param>
    /// <param name="hash">The object's hash.</param>
    /// <param name="index">The page's index.</param>
    /// <returns>The frame, or <see cref="PageDescriptor.None"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint FrameBehind(uint leaf, ulong hash, uint index)
    {
        if (leaf == 0 || !_sequences.Continue(hash, index) || (index + 1) % LeafRecord.Span == 0)
        {
            return PageDescriptor.None;
        }

        uint page = LeafEntry(leaf, index + 1);
        return page < _arena.Layout.Frames ? page : PageDescriptor.None;
    }

    /// <summary>
    /// Asks for what the next evictions from this shard will want, a step for each of the four oldest pages: by the time that
    /// one is the oldest, all its steps have been made. Wants this shard's lock.
    /// </summary>
    public void PrefetchOldest()
    {
        uint poolShard = PoolShardWithOldest;

        // Of a pool with queues the small one mostly; without entries there the guess is left out.
        uint first = poolShard == 0 ? 0 : PoolShard(poolShard).Ages.First;
        if (first == 0)
        {
            return;
        }

        if (TryGetAhead(first, 3, out uint page, out _))
        {
            _arena.PrefetchDescriptor(page);
        }

        if (TryGetAhead(first, 2, out page, out _))
        {
            _arena.PrefetchCell(Descriptor(page).Object);
        }

        if (TryNameAhead(first, 1, out ulong hash, out uint index))
        {
            PrefetchBucket(hash, index);

            // An entry with a tag is noted elsewhere: to read the tag would be as dear as what is to be saved.
            _ghosts.Prefetch(hash, index);
        }

        if (TryNameAhead(first, 0, out hash, out index))
        {
            // The second line as well, where most entries of a leaf of two or three cells are.
            _arena.PrefetchCell(PrefetchLeaf(hash, index) + 1);
        }
    }

    /// <summary>
    /// The name of a page that so many entries come before. The object is read and not only asked for, so it has to be
    /// there still.
    /// </summary>
    private bool TryNameAhead(uint chunk, int ahead, out ulong hash, out uint index)
    {
        if (!TryGetAhead(chunk, ahead, out uint page, out ulong age) || Descriptor(page).Sequence != age)
        {
            hash = 0;
            index = 0;
            return false;
        }

        hash = Object(Descriptor(page).Object).FullHash;
        index = Descriptor(page).Index;
        return true;
    }

    /// <summary>The page and the age of an entry that so many come before in a chunk or in that and the next.</summary>
    private bool TryGetAhead(uint first, int ahead, out uint page, out ulong age)
    {
        ref AgeChunk chunk = ref Chunk(first);
        if (ahead >= chunk.Count && chunk.Next != 0)
        {
            ahead -= chunk.Count;
            chunk = ref Chunk(chunk.Next);
        }

        if (ahead >= chunk.Count)
        {
            page = PageDescriptor.None;
            age = 0;
            return false;
        }

        AgeEntry entry = chunk.Entries[chunk.First + ahead];
        page = entry.Page;
        age = chunk.Base + entry.Delta;
        return true;
    }
}
