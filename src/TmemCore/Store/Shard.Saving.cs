using System.Numerics;

namespace TmemCore.Store;

/// <summary>The place that handing out a pool's pages has reached, and how it moves.</summary>
internal sealed partial class Shard
{
    /// <summary>Puts the place before the pool's first page here.</summary>
    public void BeginSaving(uint poolShard)
    {
        ref PoolShardRecord record = ref PoolShard(poolShard);
        record.SaveObject = record.FirstObject;
        record.SaveLeaf = 0;
        record.SaveBit = 0;
    }

    /// <summary>The page at the place; false behind the last.</summary>
    public bool TryPeekSaved(uint poolShard, out uint objectCell, out uint index, out uint page)
    {
        ref PoolShardRecord record = ref PoolShard(poolShard);
        for (objectCell = record.SaveObject; objectCell != 0; objectCell = record.SaveObject)
        {
            ref ObjectRecord current = ref Object(objectCell);
            if (current.FirstLeaf == 0)
            {
                index = current.OnlyIndex;
                page = current.OnlyPage;
                return true;
            }

            if (record.SaveLeaf == 0)
            {
                record.SaveLeaf = current.FirstLeaf;
                record.SaveBit = 0;
            }

            ulong left = record.SaveBit < LeafRecord.Span ? Leaf(record.SaveLeaf).Present >> (int)record.SaveBit : 0;
            if (left != 0)
            {
                record.SaveBit += (uint)BitOperations.TrailingZeroCount(left);
                index = (Leaf(record.SaveLeaf).LeafIndex * LeafRecord.Span) + record.SaveBit;
                page = LeafEntry(record.SaveLeaf, index);
                return true;
            }

            LeaveSavedLeaf(ref record);
        }

        index = 0;
        page = PageDescriptor.None;
        return false;
    }

    /// <summary>Goes behind the page that was peeked at.</summary>
    public void PassSaved(uint poolShard)
    {
        ref PoolShardRecord record = ref PoolShard(poolShard);
        if (record.SaveLeaf != 0)
        {
            record.SaveBit++;
        }
        else
        {
            LeaveSavedObject(ref record);
        }
    }

    /// <summary>An object is about to go.</summary>
    private void MoveSavedPlace(ref PoolShardRecord record, uint goneObject)
    {
        if (record.SaveObject == goneObject)
        {
            LeaveSavedObject(ref record);
        }
    }

    private void LeaveSavedObject(ref PoolShardRecord record)
    {
        record.SaveObject = Object(record.SaveObject).Next;
        record.SaveLeaf = 0;
        record.SaveBit = 0;
    }

    private void LeaveSavedLeaf(ref PoolShardRecord record)
    {
        uint next = Leaf(record.SaveLeaf).Next;
        if (next == 0)
        {
            LeaveSavedObject(ref record);
            return;
        }

        record.SaveLeaf = next;
        record.SaveBit = 0;
    }
}
