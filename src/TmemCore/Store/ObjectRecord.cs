using System.Runtime.InteropServices;

namespace TmemCore.Store;

/// <summary>
/// An object that holds at least one page: one cell. A single page is noted here; with more, leaves of 64 neighbouring
/// indexes each take over.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct ObjectRecord
{
    /// <summary>The cell of the pool's record in this shard.</summary>
    public uint PoolShard;

    /// <summary>The low half of the hash, at byte 4 as <see cref="BucketTable"/> wants it.</summary>
    public uint Hash;

    /// <summary>The client's name for it.</summary>
    public ObjectId Id;

    /// <summary>The high half of the hash: shard and tag.</summary>
    public uint HashHigh;

    /// <summary>Pages held.</summary>
    public uint Pages;

    /// <summary>The index of the only page, while there are no leaves.</summary>
    public uint OnlyIndex;

    /// <summary>The descriptor of the only page, while there are no leaves.</summary>
    public uint OnlyPage;

    /// <summary>The first of the leaves, 0 for none.</summary>
    public uint FirstLeaf;

    /// <summary>See <see cref="ObjectFlags"/>.</summary>
    public ObjectFlags Flags;

    /// <summary>The other objects of the pool in this shard; once detached, the others that wait to be emptied.</summary>
    public uint Next;
    public uint Previous;

    public readonly ulong FullHash => ((ulong)HashHigh << 32) | Hash;
}

/// <summary>The states of an <see cref="ObjectRecord"/>.</summary>
[Flags]
internal enum ObjectFlags : uint
{
    None = 0,

    /// <summary>Flushed as a whole: out of the index, its pages about to be freed. Its leaves count for nothing any more.</summary>
    IsDetached = 1,
}
