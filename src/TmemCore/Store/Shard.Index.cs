using System.Numerics;
using System.Runtime.CompilerServices;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>Handle to descriptor: objects by name, pages by index.</summary>
internal sealed partial class Shard
{
    /// <summary>The object of that name in the pool, or 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint FindObject(uint poolShard, in ObjectId id, ulong hash)
    {
        BucketCursor cursor = _objects.Find(hash);
        while (_objects.TryNext(ref cursor, out uint cell))
        {
            if (IsObject(cell, poolShard, id))
            {
                return cell;
            }
        }

        return 0;
    }

    /// <summary>
    /// The descriptor of a page, or <see cref="PageDescriptor.None"/>. The leaf is looked for first, by a hash of its own: that
    /// way the object lies beside the way to the page and not on it. A miss is mostly told by a line of each table alone, since objects with leaves
    /// are marked there; by one line where all objects of the shard have leaves.
    /// </summary>
    /// <param name="poolShard">The pool's record here.</param>
    /// <param name="id">The object's name.</param>
    /// <param name="hash">The object's hash.</param>
    /// <param name="index">The page's index.</param>
    /// <param name="hints">Where to learn early which frame may be copied; null when nothing will be.</param>
    /// <param name="objectCell">The page's object. Where there is no such page, the object if the search has come by it, or 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint FindPage(uint poolShard, in ObjectId id, ulong hash, uint index, FrameHints? hints, out uint objectCell) =>
        FindPage(poolShard, id, hash, index, hints, out objectCell, out _);

    /// <summary>As the other, and tells of the leaf where the page is or would be, so that it need not be searched for again; 0 if the search has not come by it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint FindPage(uint poolShard, in ObjectId id, ulong hash, uint index, FrameHints? hints, out uint objectCell, out uint leaf)
    {
        uint leafIndex = index / LeafRecord.Span;
        BucketCursor cursor = _leaves.FindUnmarked(_hash.OfLeaf(hash, leafIndex));
        if (cursor.Matches != 0)
        {
            hints?.Prefetch(hash, index);
            _arena.PrefetchCell(_objects.Peek(hash));
        }

        while (_leaves.TryNext(ref cursor, out uint candidate))
        {
            _arena.PrefetchCell(candidate, LeafRecord.HeaderBytes + ((int)(index % LeafRecord.Span) * sizeof(uint)));
            ref LeafRecord record = ref Leaf(candidate);
            if (record.LeafIndex == leafIndex && IsObject(record.Object, poolShard, id))
            {
                objectCell = record.Object;
                leaf = candidate;
                return LeafEntry(candidate, index);
            }
        }

        leaf = 0;
        return FindOnlyPage(poolShard, id, hash, index, out objectCell);
    }

    /// <summary>As the others, among the objects without leaves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint FindOnlyPage(uint poolShard, in ObjectId id, ulong hash, uint index, out uint objectCell)
    {
        if (_objects.AreAllMarked)
        {
            objectCell = 0;
            return PageDescriptor.None;
        }

        BucketCursor cursor = _objects.FindUnmarked(hash);
        while (_objects.TryNext(ref cursor, out uint cell))
        {
            if (Object(cell).OnlyIndex == index && IsObject(cell, poolShard, id))
            {
                objectCell = cell;
                return Object(cell).OnlyPage;
            }
        }

        objectCell = 0;
        return PageDescriptor.None;
    }

    /// <summary>The frame that a new page would best take: the one behind its predecessor's.</summary>
    /// <param name="objectCell">The object, or 0.</param>
    /// <param name="leaf">The leaf for the new page, if it is at hand, or 0.</param>
    /// <param name="index">The new page's index.</param>
    public uint FrameHint(uint objectCell, uint leaf, uint index)
    {
        if (objectCell == 0 || index == 0)
        {
            return PageDescriptor.None;
        }

        ref ObjectRecord record = ref Object(objectCell);
        uint before = index - 1;
        if (record.FirstLeaf == 0)
        {
            return record.OnlyIndex == before ? record.OnlyPage + 1 : PageDescriptor.None;
        }

        if (leaf == 0 || index % LeafRecord.Span == 0)
        {
            leaf = FindLeaf(objectCell, before / LeafRecord.Span);
        }

        uint page = leaf == 0 ? PageDescriptor.None : LeafEntry(leaf, before);
        return page == PageDescriptor.None ? page : page + 1;
    }

    /// <summary>Has a page go by another number; its age goes with the old one.</summary>
    public void Renumber(uint objectCell, uint index, uint page)
    {
        ref ObjectRecord record = ref Object(objectCell);
        if (record.FirstLeaf == 0)
        {
            record.OnlyPage = page;
        }
        else
        {
            uint leaf = FindLeaf(objectCell, index / LeafRecord.Span);
            Entries(leaf)[Leaf(leaf).PlaceOf((int)(index % LeafRecord.Span))] = page;
        }

        Descriptor(page) = new PageDescriptor { Object = objectCell, Index = index };
    }

    /// <summary>Enters a page, making its object when <paramref name="objectCell"/> is 0.</summary>
    /// <param name="poolShard">The pool's record here.</param>
    /// <param name="id">The object's name.</param>
    /// <param name="hash">The object's hash.</param>
    /// <param name="index">The page's index.</param>
    /// <param name="descriptor">The page's number.</param>
    /// <param name="leaf">The leaf for it, if it is at hand, or 0.</param>
    /// <param name="objectCell">The object.</param>
    /// <returns>False when memory is short; what could be found before is unchanged then.</returns>
    public bool TryInsert(uint poolShard, in ObjectId id, ulong hash, uint index, uint descriptor, uint leaf, ref uint objectCell)
    {
        bool isNew = objectCell == 0;
        if (isNew ? !TryAddObject(poolShard, id, hash, index, descriptor, out objectCell) : !TryAddPage(objectCell, leaf, index, descriptor))
        {
            return false;
        }

        Object(objectCell).Pages++;
        PoolShard(poolShard).Pages++;
        ref PageDescriptor page = ref Descriptor(descriptor);
        page.Object = objectCell;
        page.Index = index;
        page.Sequence = 0;
        return true;
    }

    /// <summary>Takes a page out of the index, and its object with the last one.</summary>
    /// <param name="objectCell">The object.</param>
    /// <param name="index">The page's index.</param>
    /// <param name="leaf">The leaf that it is in, if it is at hand, or 0.</param>
    /// <returns>Whether the object is gone.</returns>
    public bool Remove(uint objectCell, uint index, uint leaf = 0)
    {
        ref ObjectRecord record = ref Object(objectCell);
        if (record.FirstLeaf != 0)
        {
            RemoveFromLeaf(objectCell, leaf == 0 ? FindLeaf(objectCell, index / LeafRecord.Span) : leaf, index);
        }

        return CountRemoved(objectCell, 1);
    }

    /// <summary>Takes some pages of an object out of the index, whole leaves at a time, and the object with the last one.</summary>
    /// <param name="objectCell">The object.</param>
    /// <param name="pages">Takes their descriptors; room for 64 at least.</param>
    /// <param name="isObjectGone">Whether none are left.</param>
    /// <returns>How many.</returns>
    public int RemoveSome(uint objectCell, Span<uint> pages, out bool isObjectGone)
    {
        ref ObjectRecord record = ref Object(objectCell);
        int removed = 0;
        if (record.FirstLeaf == 0)
        {
            pages[removed++] = record.OnlyPage;
        }

        while (record.FirstLeaf != 0 && removed + Leaf(record.FirstLeaf).Count <= pages.Length)
        {
            uint leaf = record.FirstLeaf;
            for (ulong left = Leaf(leaf).Present; left != 0; left &= left - 1)
            {
                pages[removed++] = Entries(leaf)[Leaf(leaf).PlaceOf(BitOperations.TrailingZeroCount(left))];
            }

            DropLeaf(objectCell, leaf);
        }

        isObjectGone = CountRemoved(objectCell, (uint)removed);
        return removed;
    }

    /// <summary>Takes an object out of the index at one stroke; its pages are freed by and by.</summary>
    public void Detach(uint objectCell)
    {
        RemoveFromTable(objectCell);
        Object(objectCell).Flags |= ObjectFlags.IsDetached;
        Link(ref Record.FirstDetached, objectCell);
    }

    /// <summary>An object of the pool that waits to be emptied.</summary>
    public uint DetachedObjectOf(uint poolShard)
    {
        uint cell = Record.FirstDetached;
        while (Object(cell).PoolShard != poolShard)
        {
            cell = Object(cell).Next;
        }

        return cell;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsObject(uint cell, uint poolShard, in ObjectId id)
    {
        ref ObjectRecord record = ref Object(cell);
        return record.PoolShard == poolShard
            && record.Id.Word0 == id.Word0
            && record.Id.Word1 == id.Word1
            && record.Id.Word2 == id.Word2
            && record.Flags == ObjectFlags.None;
    }

    private bool CountRemoved(uint objectCell, uint pages)
    {
        ref ObjectRecord record = ref Object(objectCell);
        PoolShard(record.PoolShard).Pages -= pages;
        record.Pages -= pages;
        if (record.Pages != 0)
        {
            return false;
        }

        if ((record.Flags & ObjectFlags.IsDetached) != 0)
        {
            Unlink(ref Record.FirstDetached, objectCell);
        }
        else
        {
            RemoveFromTable(objectCell);
        }

        ReleaseCells(objectCell, 1);
        return true;
    }

    private bool TryAddObject(uint poolShard, in ObjectId id, ulong hash, uint index, uint descriptor, out uint cell)
    {
        cell = TakeCells(1);
        if (cell == 0)
        {
            return false;
        }

        Object(cell) = new ObjectRecord
        {
            PoolShard = poolShard,
            Hash = (uint)hash,
            HashHigh = (uint)(hash >> 32),
            Id = id,
            OnlyIndex = index,
            OnlyPage = descriptor,
        };
        if (!_objects.TryAdd(hash, cell))
        {
            ReleaseCells(cell, 1);
            cell = 0;
            return false;
        }

        Link(ref PoolShard(poolShard).FirstObject, cell);
        PoolShard(poolShard).Objects++;
        Record.ObjectCount++;
        return true;
    }

    private void RemoveFromTable(uint objectCell)
    {
        ref ObjectRecord record = ref Object(objectCell);
        _objects.Remove(record.FullHash, objectCell);
        MoveSavedPlace(ref PoolShard(record.PoolShard), objectCell);
        Unlink(ref PoolShard(record.PoolShard).FirstObject, objectCell);
        PoolShard(record.PoolShard).Objects--;
        Record.ObjectCount--;
    }

    private void Link(ref uint first, uint objectCell)
    {
        Object(objectCell).Previous = 0;
        Object(objectCell).Next = first;
        if (first != 0)
        {
            Object(first).Previous = objectCell;
        }

        first = objectCell;
    }

    private void Unlink(ref uint first, uint objectCell)
    {
        ref ObjectRecord record = ref Object(objectCell);
        if (record.Next != 0)
        {
            Object(record.Next).Previous = record.Previous;
        }

        if (record.Previous != 0)
        {
            Object(record.Previous).Next = record.Next;
        }
        else
        {
            first = record.Next;
        }
    }

    private uint TakeCells(int length)
    {
        uint cell = _heap.Take(length);
        CellChange += cell == 0 ? 0 : length;
        return cell;
    }

    private void ReleaseCells(uint cell, int length)
    {
        _heap.Release(cell, length);
        CellChange -= length;
    }
}
