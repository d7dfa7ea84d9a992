using System.Numerics;

namespace TmemCore.Memory;

/// <summary>
/// Where each table of a host lies inside its arena. Only offsets, never addresses: the arena can be mapped elsewhere.
/// Everything here is address space; memory is committed page by page as it comes into use.
/// </summary>
internal sealed class ArenaLayout
{
    public const int PageBytes = 4096;
    public const int CellBytes = 64;
    public const int CellsPerPage = PageBytes / CellBytes;
    public const int DescriptorBytes = 16;
    public const int PackedRecordBytes = 16;
    public const int LineBytes = 64;
    public const int ShardRecordBytes = 512;
    public const int ClientRecordBytes = 768;
    public const int PoolRecordBytes = 320;
    public const int SharedSlotBytes = 8;
    public const long HugePageBytes = 2L << 20;

    /// <summary>Whole words of 64, so that counting up to the next word stays within 32 bits.</summary>
    private const uint MaximumFrames = uint.MaxValue - 127;

    /// <summary>Entries a bucket line is expected to carry when its table stops growing.</summary>
    private const int EntriesPerLine = 7;

    /// <summary>Far more than would fit if all were packed, but for pages of one word; a third of what would fit of those.</summary>
    public const int PackedPagesPerFrame = 32;

    /// <summary>The same where address space is memory.</summary>
    private const int CompactPackedPagesPerFrame = 2;

    /// <summary>From 1 GiB on a few steps of 2 MiB for tables are less than they gain: a walk through small mappings costs as much as a miss.</summary>
    private const uint MinimumHugeMetadataFrames = 1 << 18;

    private long _end;

    public ArenaLayout(long maximumCapacityBytes, int shards, int maxClients, int maxSharedPools, bool compact, int ghostsPerFrame = 1)
    {
        Frames = (uint)Math.Min(maximumCapacityBytes / PageBytes, MaximumFrames);
        Shards = shards;
        MaxClients = maxClients;
        MaxSharedPools = maxSharedPools;
        MaxPools = (uint)Math.Clamp(Frames, 64, compact ? 4096 : Math.Clamp((long)maxClients * 16, 64, 1 << 20));
        ObjectLines = LinesFor(Frames / (uint)shards);
        LeafLines = LinesFor(compact ? Frames / (uint)shards : Frames);
        long cellBytes = Math.Max(compact ? maximumCapacityBytes / 4 : maximumCapacityBytes, 16L << 20);
        CellPages = (uint)Math.Min(cellBytes / PageBytes, uint.MaxValue / CellsPerPage);

        Header = Take(PageBytes);
        ShardRecords = Take((long)shards * ShardRecordBytes);
        Clients = Take((long)maxClients * ClientRecordBytes);
        Pools = Take((long)MaxPools * PoolRecordBytes);
        SharedSlots = Take((long)maxSharedPools * SharedSlotBytes);
        PoolShards = Take((long)MaxPools * shards * sizeof(uint));
        SpanClasses = Take(SizeClasses.Count * LineBytes);
        FreeBits = Take(Words(Frames) * sizeof(ulong));
        FreeSummary = Take(Words(Words(Frames)) * sizeof(ulong));
        AbsentBits = Take(Words(Frames) * sizeof(ulong));
        CellPageBits = Take(Words(CellPages) * sizeof(ulong));
        AgeHeapStride = Align((long)MaxPools * sizeof(uint), PageBytes);
        AgeHeaps = Take(AgeHeapStride * shards);
        ObjectBuckets = Take(Align((long)ObjectLines * LineBytes, PageBytes) * shards);
        LeafBuckets = Take(Align((long)LeafLines * LineBytes, PageBytes) * shards);
        Cells = TakeAligned((long)CellPages * PageBytes);
        HasHugeTables = Frames >= MinimumHugeMetadataFrames;
        FirstPacked = (uint)Math.Min(Align(Frames, (HasHugeTables ? HugePageBytes : PageBytes) / DescriptorBytes), uint.MaxValue);
        PackedPages = (uint)Math.Min(Frames * (long)(compact ? CompactPackedPagesPerFrame : PackedPagesPerFrame), uint.MaxValue - FirstPacked);
        Descriptors = TakeAligned((long)FirstPacked * DescriptorBytes);
        PackedDescriptors = Take((long)PackedPages * DescriptorBytes);
        Packed = TakeAligned((long)PackedPages * PackedRecordBytes);
        GhostSlots = (uint)Math.Min(BitOperations.RoundUpToPowerOf2((ulong)Frames * (uint)ghostsPerFrame), 1UL << 31);
        Ghosts = TakeAligned((long)GhostSlots * sizeof(uint));
        Hints = TakeAligned((long)BitOperations.RoundUpToPowerOf2((ulong)Frames) * sizeof(uint));
        _end = Align(_end, HugePageBytes);
        FrameData = Take((long)Frames * PageBytes);
    }

    public uint Frames { get; }
    public int Shards { get; }
    public int MaxClients { get; }
    public int MaxSharedPools { get; }
    public uint MaxPools { get; }


    /// <summary>Whether tables are long enough to lie in huge pages.</summary>
    public bool HasHugeTables { get; }

    /// <summary>The number of the first page that is not kept in a frame of its own; those below it are frames.</summary>
    public uint FirstPacked { get; }

    /// <summary>Pages that may be kept in fewer bytes than a frame.</summary>
    public uint PackedPages { get; }
    public uint CellPages { get; }
    public uint ObjectLines { get; }
    public uint LeafLines { get; }
    public long AgeHeapStride { get; }

    /// <summary>
    /// From one page of a shard's buckets to the next, in bytes. Those of all shards lie side by side, and with them what
    /// translates their addresses: of objects of 64 pages a shard has a few such pages even in a large store (bench/NOTES.md).
    /// </summary>
    public long BucketStride => (long)Shards * PageBytes;

    public long Header { get; }
    public long ShardRecords { get; }
    public long Clients { get; }
    public long Pools { get; }
    public long SharedSlots { get; }
    public long PoolShards { get; }
    public long SpanClasses { get; }
    public long FreeBits { get; }
    public long FreeSummary { get; }
    public long AbsentBits { get; }
    public long CellPageBits { get; }
    public long AgeHeaps { get; }
    public long ObjectBuckets { get; }
    public long LeafBuckets { get; }
    public long Cells { get; }
    public long Descriptors { get; }

    /// <summary>Directly behind <see cref="Descriptors"/>, so that a page's number leads to its descriptor whatever it is.</summary>
    public long PackedDescriptors { get; }
    public long Packed { get; }

    /// <summary>Slots for pages that have left lately, a power of two.</summary>
    public uint GhostSlots { get; }
    public long Ghosts { get; }
    public long Hints { get; }
    public long FrameData { get; }

    /// <summary>The address space that all of it takes.</summary>
    public long TotalBytes => _end;

    public static long Align(long value, long alignment) => (value + alignment - 1) & -alignment;

    private static long Words(long bits) => (bits + 63) / 64;

    private static uint LinesFor(uint records) =>
        Math.Max(BitOperations.RoundUpToPowerOf2((records / EntriesPerLine) + 1), 64);

    private long TakeAligned(long bytes)
    {
        _end = Align(_end, HugePageBytes);
        return Take(bytes);
    }

    private long Take(long bytes)
    {
        long offset = _end;
        _end = Align(offset + bytes, PageBytes);
        return offset;
    }
}
