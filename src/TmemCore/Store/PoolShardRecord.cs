using System.Runtime.InteropServices;

namespace TmemCore.Store;

/// <summary>
/// What a pool has in one shard: its objects, its pages by age, and its counters. Made with the first page; three cells.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PoolShardRecord
{
    public const int Cells = 3;

    /// <summary>The pool's number.</summary>
    public uint Pool;

    /// <summary>Its place in the shard's heap of ages plus 1; 0 when it is not there.</summary>
    public uint HeapPlace;

    /// <summary>The list of ages; where there is a main queue, of the small one. Ephemeral pools only.</summary>
    public AgeList Ages;

    /// <summary>The age of the lists' first entry: no page of the pool is older.</summary>
    public ulong OldestSequence;

    /// <summary>The cell of the <see cref="MainQueue"/>; 0 where age alone decides.</summary>
    public uint Main;

    /// <summary>The first of the pool's objects, 0 for none; those being emptied are not among them.</summary>
    public uint FirstObject;

    public uint Pages;
    public uint Objects;
    public uint MaxPages;
    public uint MaxObjects;
    public uint Leaves;
    public uint MaxLeaves;

    /// <summary>Pages kept in fewer bytes than a frame, and those bytes.</summary>
    public uint PackedPages;

    /// <summary>What the owner's account knows of that the pool takes here, in cells of 64 bytes. Ephemeral pools only.</summary>
    public uint PublishedCells;

    /// <summary>Pages evicted; each time that it passes zero, the rest goes to <see cref="PoolRecord.EvictionsElsewhere"/>.</summary>
    public uint Evictions;

    /// <summary>The bit in <see cref="SaveLeaf"/>.</summary>
    public uint SaveBit;
    public ulong PackedBytes;

    public PoolCounters Counters;

    /// <summary>The object whose pages are handed out next to whoever saves the client; 0 for none.</summary>
    public uint SaveObject;

    /// <summary>The leaf in it, 0 before the first.</summary>
    public uint SaveLeaf;

    /// <summary>Whether nothing has ever been done to the pool here, but for a put that is just being refused.</summary>
    public readonly bool IsUnused => Pages == 0
        && (Counters.Puts | Counters.Gets | Counters.PageFlushes | Counters.ObjectFlushes) == 0;

    /// <summary>Adds another shard's counts; lists and ages are left alone.</summary>
    public void Add(in PoolShardRecord other)
    {
        Pages += other.Pages;
        Objects += other.Objects;
        MaxPages += other.MaxPages;
        MaxObjects += other.MaxObjects;
        Leaves += other.Leaves;
        MaxLeaves += other.MaxLeaves;
        PackedPages += other.PackedPages;
        PackedBytes += other.PackedBytes;
        Counters.Add(other.Counters);
    }
}

/// <summary>What happened to a pool; all but ever growing.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PoolCounters
{
    public ulong PutsStored;
    public ulong Puts;
    public ulong PutsDropped;
    public ulong PutsReplaced;

    /// <summary>New pages kept whole, since they did not get smaller by an eighth.</summary>
    public ulong PutsPoor;
    public ulong PutsRefused;
    public ulong GetHits;
    public ulong Gets;
    public ulong PageFlushesFound;
    public ulong PageFlushes;
    public ulong ObjectFlushesFound;
    public ulong ObjectFlushes;

    public void Add(in PoolCounters other)
    {
        PutsStored += other.PutsStored;
        Puts += other.Puts;
        PutsDropped += other.PutsDropped;
        PutsReplaced += other.PutsReplaced;
        PutsRefused += other.PutsRefused;
        PutsPoor += other.PutsPoor;
        GetHits += other.GetHits;
        Gets += other.Gets;
        PageFlushesFound += other.PageFlushesFound;
        PageFlushes += other.PageFlushes;
        ObjectFlushesFound += other.ObjectFlushesFound;
        ObjectFlushes += other.ObjectFlushes;
    }
}
