using System.Numerics;
using System.Runtime.CompilerServices;

namespace TmemCore.Store;

/// <summary>The leaves of objects with more than one page.</summary>
internal sealed partial class Shard
{
    /// <summary>A leaf shrinks when it would leave this many entries free, so that one page coming and going does not move it.</summary>
    private const int ShrinkSlack = 4;

    private ref LeafRecord Leaf(uint cell) => ref _arena.Cell<LeafRecord>(cell);

    private Span<uint> Entries(uint leaf) =>
        _arena.CellWords(leaf, LeafRecord.HeaderBytes, LeafRecord.CapacityOf(Leaf(leaf).Cells));

    /// <summary>A leaf of an object that is at hand, or 0.</summary>
    private uint FindLeaf(uint objectCell, uint leafIndex)
    {
        BucketCursor cursor = _leaves.FindUnmarked(_hash.OfLeaf(Object(objectCell).FullHash, leafIndex));
        while (_leaves.TryNext(ref cursor, out uint leaf))
        {
            if (Leaf(leaf).Object == objectCell && Leaf(leaf).LeafIndex == leafIndex)
            {
                return leaf;
            }
        }

        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint LeafEntry(uint leaf, uint index)
    {
        ref LeafRecord record = ref Leaf(leaf);
        int bit = (int)(index % LeafRecord.Span);
        return ((record.Present >> bit) & 1) == 0
            ? PageDescriptor.None
            : _arena.CellWords(leaf, LeafRecord.HeaderBytes, LeafRecord.Span)[record.PlaceOf(bit)];
    }

    /// <summary>Enters a page into an object that has some, by way of its leaf if that is at hand.</summary>
    private bool TryAddPage(uint objectCell, uint leaf, uint index, uint descriptor)
    {
        ref ObjectRecord record = ref Object(objectCell);
        if (record.FirstLeaf == 0 && !TryMakeFirstLeaf(objectCell))
        {
            return false;
        }

        if (leaf == 0)
        {
            leaf = FindLeaf(objectCell, index / LeafRecord.Span);
        }

        if (leaf == 0)
        {
            leaf = AddLeaf(objectCell, index / LeafRecord.Span);
        }
        else if (Leaf(leaf).Count == LeafRecord.CapacityOf(Leaf(leaf).Cells))
        {
            leaf = Resize(leaf, LeafRecord.Larger(Leaf(leaf).Cells));
        }

        if (leaf == 0)
        {
            return false;
        }

        AddEntry(leaf, (int)(index % LeafRecord.Span), descriptor);
        return true;
    }

    private void AddEntry(uint leaf, int bit, uint descriptor)
    {
        ref LeafRecord record = ref Leaf(leaf);
        int place = record.PlaceOf(bit);
        Span<uint> entries = Entries(leaf);
        if (!record.IsWide)
        {
            entries[place..record.Count].CopyTo(entries[(place + 1)..]);
        }

        entries[place] = descriptor;
        record.Present |= 1UL << bit;
    }

    /// <summary>Moves the note of the only page out of the object into a leaf.</summary>
    private bool TryMakeFirstLeaf(uint objectCell)
    {
        ref ObjectRecord record = ref Object(objectCell);
        uint index = record.OnlyIndex;
        uint descriptor = record.OnlyPage;
        uint leaf = AddLeaf(objectCell, index / LeafRecord.Span);
        if (leaf == 0)
        {
            return false;
        }

        AddEntry(leaf, (int)(index % LeafRecord.Span), descriptor);
        return true;
    }

    /// <summary>Makes an empty leaf; 0 when memory is short.</summary>
    private uint AddLeaf(uint objectCell, uint leafIndex)
    {
        ref ObjectRecord record = ref Object(objectCell);
        uint leaf = TakeCells(1);
        if (leaf == 0)
        {
            return 0;
        }

        ulong hash = _hash.OfLeaf(record.FullHash, leafIndex);
        Leaf(leaf) = new LeafRecord
        {
            Object = objectCell,
            Hash = (uint)hash,
            LeafIndex = leafIndex,
            Next = record.FirstLeaf,
            Cells = 1,
        };
        if (!_leaves.TryAdd(hash, leaf))
        {
            ReleaseCells(leaf, 1);
            return 0;
        }

        if (record.FirstLeaf != 0)
        {
            Leaf(record.FirstLeaf).Previous = leaf;
        }
        else
        {
            _objects.SetMark(record.FullHash, objectCell);
        }

        record.FirstLeaf = leaf;
        CountLeafAdded(record.PoolShard);
        return leaf;
    }

    /// <summary>Moves a leaf into a run of another length; 0 when memory is short.</summary>
    private uint Resize(uint leaf, uint cells)
    {
        uint moved = TakeCells((int)cells);
        if (moved == 0)
        {
            return 0;
        }

        ref LeafRecord old = ref Leaf(leaf);
        Leaf(moved) = old;
        Leaf(moved).Cells = cells;
        CopyEntries(leaf, moved);
        ref ObjectRecord record = ref Object(old.Object);
        _leaves.Replace(_hash.OfLeaf(record.FullHash, old.LeafIndex), leaf, moved);
        RelinkNeighbours(ref record, ref old, moved, moved);
        ref PoolShardRecord poolShard = ref PoolShard(record.PoolShard);
        if (poolShard.SaveLeaf == leaf)
        {
            poolShard.SaveLeaf = moved;
        }

        ReleaseCells(leaf, (int)old.Cells);
        return moved;
    }

    /// <summary>Fills a leaf with the entries of another that has the same pages.</summary>
    private void CopyEntries(uint leaf, uint other)
    {
        Span<uint> entries = Entries(leaf);
        Span<uint> others = Entries(other);
        for (ulong left = Leaf(leaf).Present; left != 0; left &= left - 1)
        {
            int bit = BitOperations.TrailingZeroCount(left);
            others[Leaf(other).PlaceOf(bit)] = entries[Leaf(leaf).PlaceOf(bit)];
        }
    }

    private void RelinkNeighbours(ref ObjectRecord record, ref LeafRecord leaf, uint next, uint previous)
    {
        if (leaf.Previous != 0)
        {
            Leaf(leaf.Previous).Next = next;
        }
        else
        {
            record.FirstLeaf = next;
        }

        if (leaf.Next != 0)
        {
            Leaf(leaf.Next).Previous = previous;
        }
    }

    private void RemoveFromLeaf(uint objectCell, uint leaf, uint index)
    {
        ref LeafRecord record = ref Leaf(leaf);
        int bit = (int)(index % LeafRecord.Span);
        if (!record.IsWide)
        {
            int place = record.PlaceOf(bit);
            Span<uint> entries = Entries(leaf);
            entries[(place + 1)..record.Count].CopyTo(entries[place..]);
        }

        record.Present &= ~(1UL << bit);
        if (record.Present == 0)
        {
            DropLeaf(objectCell, leaf);
            return;
        }

        uint smaller = LeafRecord.Smaller(record.Cells);
        if (smaller < record.Cells && record.Count <= LeafRecord.CapacityOf(smaller) - ShrinkSlack)
        {
            Resize(leaf, smaller);
        }
    }

    private void DropLeaf(uint objectCell, uint leaf)
    {
        ref ObjectRecord record = ref Object(objectCell);
        ref LeafRecord dropped = ref Leaf(leaf);
        if (PoolShard(record.PoolShard).SaveLeaf == leaf)
        {
            LeaveSavedLeaf(ref PoolShard(record.PoolShard));
        }

        _leaves.Remove(_hash.OfLeaf(record.FullHash, dropped.LeafIndex), leaf);
        RelinkNeighbours(ref record, ref dropped, dropped.Next, dropped.Previous);
        ReleaseCells(leaf, (int)dropped.Cells);
        Record.LeafCount--;
        PoolShard(record.PoolShard).Leaves--;
    }

    private void CountLeafAdded(uint poolShard)
    {
        Record.LeafCount++;
        Record.MaxLeaves = Math.Max(Record.MaxLeaves, Record.LeafCount);
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        pool.Leaves++;
        pool.MaxLeaves = Math.Max(pool.MaxLeaves, pool.Leaves);
    }
}
