using System.Runtime.CompilerServices;

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
            ref ObjectRecord record = ref Object(cell);
            if (record.PoolShard == poolShard
                && record.Id.Word0 == id.Word0
                && record.Id.Word1 == id.Word1
                && record.Id.Word2 == id.Word2)
            {
                return cell;
            }
        }

        return 0;
    }

    /// <summary>The descriptor of a page of the object, or <see cref="PageDescriptor.None"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint FindPage(uint objectCell, uint index)
    {
        ref ObjectRecord record = ref Object(objectCell);
        if (record.FirstLeaf == 0)
        {
            return record.LeafIndex == index ? record.Leaf : PageDescriptor.None;
        }

        uint leaf = FindLeaf(objectCell, index / LeafRecord.Span);
        return leaf == 0 ? PageDescriptor.None : LeafEntry(leaf, index);
    }

    /// <summary>The frame that a new page would best take: the one behind its predecessor's.</summary>
    public uint FrameHint(uint objectCell, uint index)
    {
        if (objectCell == 0 || index == 0)
        {
            return PageDescriptor.None;
        }

        ref ObjectRecord record = ref Object(objectCell);
        uint before = index - 1;
        if (record.FirstLeaf == 0)
        {
            return record.LeafIndex == before ? record.Leaf + 1 : PageDescriptor.None;
        }

        // Only the leaf at hand is worth a look: a hint is not worth another search.
        uint descriptor = record.LeafIndex == before / LeafRecord.Span ? LeafEntry(record.Leaf, before) : PageDescriptor.None;
        return descriptor == PageDescriptor.None ? descriptor : descriptor + 1;
    }

    /// <summary>Enters a page, making its object when <paramref name="objectCell"/> is 0.</summary>
    /// <returns>False when memory is short; what could be found before is unchanged then.</returns>
    public bool TryInsert(uint poolShard, in ObjectId id, ulong hash, uint index, uint descriptor, ref uint objectCell)
    {
        bool isNew = objectCell == 0;
        if (isNew ? !TryAddObject(poolShard, id, hash, index, descriptor, out objectCell) : !TryAddPage(objectCell, index, descriptor))
        {
            return false;
        }

        Object(objectCell).Pages++;
        PoolShard(poolShard).Pages++;
        ref PageDescriptor page = ref Descriptor(descriptor);
        page.Object = objectCell;
        page.Index = index;
        return true;
    }

    /// <summary>Takes a page out of the index, and its object with the last one.</summary>
    /// <returns>Whether the object is gone.</returns>
    public bool Remove(uint objectCell, uint index)
    {
        ref ObjectRecord record = ref Object(objectCell);
        PoolShard(record.PoolShard).Pages--;
        record.Pages--;
        if (record.FirstLeaf != 0)
        {
            RemoveFromLeaf(objectCell, index);
        }

        if (record.Pages != 0)
        {
            return false;
        }

        if ((record.Flags & ObjectFlags.IsDetached) != 0)
        {
            UnlinkDetached(objectCell);
        }
        else
        {
            RemoveFromTable(objectCell);
        }

        ReleaseCells(objectCell, 1);
        return true;
    }

    /// <summary>Takes an object out of the index at one stroke; its pages are freed by and by.</summary>
    public void Detach(uint objectCell)
    {
        RemoveFromTable(objectCell);
        ref ObjectRecord record = ref Object(objectCell);
        record.Flags |= ObjectFlags.IsDetached;
        record.PreviousDetached = 0;
        record.NextDetached = Record.FirstDetached;
        if (record.NextDetached != 0)
        {
            Object(record.NextDetached).PreviousDetached = objectCell;
        }

        Record.FirstDetached = objectCell;
    }

    /// <summary>Some page of an object.</summary>
    public uint AnyPage(uint objectCell)
    {
        ref ObjectRecord record = ref Object(objectCell);
        return record.FirstLeaf == 0 ? record.Leaf : FirstEntry(record.FirstLeaf);
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
            LeafIndex = index,
            Leaf = descriptor,
        };
        if (!_objects.TryAdd(hash, cell))
        {
            ReleaseCells(cell, 1);
            cell = 0;
            return false;
        }

        PoolShard(poolShard).Objects++;
        Record.ObjectCount++;
        return true;
    }

    private void RemoveFromTable(uint objectCell)
    {
        ref ObjectRecord record = ref Object(objectCell);
        _objects.Remove(record.FullHash, objectCell);
        PoolShard(record.PoolShard).Objects--;
        Record.ObjectCount--;
    }

    private void UnlinkDetached(uint objectCell)
    {
        ref ObjectRecord record = ref Object(objectCell);
        if (record.NextDetached != 0)
        {
            Object(record.NextDetached).PreviousDetached = record.PreviousDetached;
        }

        if (record.PreviousDetached != 0)
        {
            Object(record.PreviousDetached).NextDetached = record.NextDetached;
        }
        else
        {
            Record.FirstDetached = record.NextDetached;
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
