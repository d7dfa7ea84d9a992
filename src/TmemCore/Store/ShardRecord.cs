using System.Runtime.InteropServices;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>What a shard remembers inside the arena: 512 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = ArenaLayout.ShardRecordBytes)]
internal struct ShardRecord
{
    public BucketTableState Objects;
    public BucketTableState Leaves;

    /// <summary>Pools in the heap of ages.</summary>
    public uint AgeHeapCount;

    /// <summary>Where the last search for a frame ended.</summary>
    public uint FrameCursor;

    public uint ObjectCount;
    public uint LeafCount;
    public uint EphemeralPages;
    public uint PersistentPages;

    public uint MaxObjects;
    public uint MaxEphemeralPages;
    public uint MaxPages;
    public uint MaxLeaves;

    // A line of what each operation counts.
    public ulong Puts;
    public ulong GetHits;

    /// <summary>Gets that found nothing, those on empty pools too.</summary>
    public ulong GetMisses;
    public ulong Flushes;
    public ulong NewEphemeralPuts;
    public ulong Evictions;

    /// <summary>Bytes of pages, see <see cref="Packed"/> for those that take fewer than a frame.</summary>
    public ulong EphemeralBytes;
    public ulong PersistentBytes;

    // A line of what packed pages count.
    public PackedCounts Packed;

    public PackedShelf Shelf;

    public CellHeapState Heap;

    /// <summary>Flushed objects that still hold pages.</summary>
    public uint FirstDetached;

    /// <summary>Pools with a record here.</summary>
    public uint PoolShardCount;

    /// <summary>Puts that stored nothing.</summary>
    public RefusalCounts Refusals;

    /// <summary>What pages were evicted for. Those for <see cref="EvictionReason.Memory"/> are not here: they are the rest of all.</summary>
    public EvictionCounts OtherEvictions;

    public ulong Errors;

    /// <summary>Gets that found a page which the target could not take.</summary>
    public ulong FailedGets;

    /// <summary>New pages kept whole, since they did not get smaller by an eighth.</summary>
    public ulong PutsPoor;

    public readonly ulong Operations => Puts + GetHits + GetMisses + FailedGets + Flushes;

    /// <summary>Adds another shard's counts; tables, lists and cells are left alone.</summary>
    public void Add(in ShardRecord other)
    {
        ObjectCount += other.ObjectCount;
        LeafCount += other.LeafCount;
        EphemeralPages += other.EphemeralPages;
        PersistentPages += other.PersistentPages;
        MaxObjects += other.MaxObjects;
        MaxEphemeralPages += other.MaxEphemeralPages;
        MaxPages += other.MaxPages;
        MaxLeaves += other.MaxLeaves;
        Errors += other.Errors;
        Puts += other.Puts;
        GetHits += other.GetHits;
        GetMisses += other.GetMisses;
        FailedGets += other.FailedGets;
        Flushes += other.Flushes;
        NewEphemeralPuts += other.NewEphemeralPuts;
        PutsPoor += other.PutsPoor;
        Evictions += other.Evictions;
        Packed.Add(other.Packed);
        Refusals.Add(other.Refusals);
        OtherEvictions.Add(other.OtherEvictions);
        Shelf.ColdPages += other.Shelf.ColdPages;
        Shelf.ColdReads += other.Shelf.ColdReads;
        EphemeralBytes += other.EphemeralBytes;
        PersistentBytes += other.PersistentBytes;
    }
}
