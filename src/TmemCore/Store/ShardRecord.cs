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

    /// <summary>Flushed objects that still hold pages.</summary>
    public uint FirstDetached;

    /// <summary>Pools with a record here.</summary>
    public uint PoolShardCount;

    public uint ObjectCount;
    public uint LeafCount;
    public uint EphemeralPages;
    public uint PersistentPages;

    public uint MaxObjects;
    public uint MaxEphemeralPages;
    public uint MaxPages;
    public uint MaxLeaves;

    public ulong Operations;
    public ulong Errors;
    public ulong NewEphemeralPuts;
    public ulong Evictions;

    /// <summary>Bytes of pages, see <see cref="PackedPages"/> for those that take fewer than a frame.</summary>
    public ulong EphemeralBytes;
    public ulong PersistentBytes;

    /// <summary>Pages kept in fewer bytes than a frame, and those bytes.</summary>
    public ulong PackedBytes;
    public uint PackedPages;

    public PackedShelf Shelf;

    public CellHeapState Heap;

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
        Operations += other.Operations;
        Errors += other.Errors;
        NewEphemeralPuts += other.NewEphemeralPuts;
        Evictions += other.Evictions;
        PackedPages += other.PackedPages;
        PackedBytes += other.PackedBytes;
        Shelf.ColdPages += other.Shelf.ColdPages;
        Shelf.ColdReads += other.Shelf.ColdReads;
        EphemeralBytes += other.EphemeralBytes;
        PersistentBytes += other.PersistentBytes;
    }
}
