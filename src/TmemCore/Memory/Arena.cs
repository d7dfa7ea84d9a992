using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace TmemCore.Memory;

/// <summary>
/// One host's memory: a reserved range of addresses, laid out by <see cref="ArenaLayout"/>, paid for through
/// <see cref="MemoryBudget"/>. It hands out references and spans; the code above it sees no pointer.
/// </summary>
internal sealed unsafe partial class Arena : IDisposable
{
    private readonly MemoryRegion _region;
    private readonly byte* _base;
    private readonly byte* _cells;
    private readonly byte* _descriptors;
    private readonly byte* _frames;
    private long _metadataBytes;

    /// <summary>Reserves the memory of a new host, or maps that of one that is handed over.</summary>
    public Arena(
        ArenaLayout layout, MemoryBudget budget, BackingMemory backing, bool hugePages, bool lockMemory, SafeFileHandle? predecessor = null)
    {
        Layout = layout;
        Budget = budget;
        _region = predecessor is null
            ? MemoryRegion.Reserve(layout.TotalBytes, backing, lockMemory)
            : MemoryRegion.Adopt(predecessor, layout.TotalBytes, lockMemory);
        _base = _region.Base;
        _cells = _base + layout.Cells;
        _descriptors = _base + layout.Descriptors;
        _frames = _base + layout.FrameData;
        UsesHugePages = hugePages && layout.Frames >= MinimumHugeFrames;
        UsesHugeMetadata = hugePages && layout.HasHugeTables;
        if (UsesHugePages)
        {
            _region.AdviseHuge(layout.FrameData, layout.TotalBytes - layout.FrameData);
        }

        if (UsesHugeMetadata)
        {
            _region.AdviseHuge(layout.Cells, layout.FrameData - layout.Cells);
        }
    }

    /// <summary>Below 64 MiB the steps of 2 MiB are too coarse a measure for a hard limit.</summary>
    private const uint MinimumHugeFrames = 16_384;

    /// <summary>Whether the tables behind cells and descriptors grow by 2 MiB.</summary>
    public bool UsesHugeMetadata { get; }

    /// <summary>Whether frames come from the system 512 at a time.</summary>
    public bool UsesHugePages { get; }

    /// <summary>Whether memory that nobody has touched yet is zero.</summary>
    public bool IsZeroAtFirst => _region.CanReturnMemory;

    public ArenaLayout Layout { get; }

    public MemoryBudget Budget { get; }

    /// <summary>The memory file that all of it lies in, if it does.</summary>
    public SafeFileHandle MemoryFile => _region.File;

    /// <summary>A record at a byte offset of the arena.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T At<T>(long offset)
        where T : unmanaged => ref Unsafe.AsRef<T>(_base + offset);

    /// <summary>A record in a metadata cell; cell 0 does not exist.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T Cell<T>(uint cell)
        where T : unmanaged => ref Unsafe.AsRef<T>(_cells + ((nuint)cell * ArenaLayout.CellBytes));

    /// <summary>The 32-bit words of a record that begins in <paramref name="cell"/>, from byte <paramref name="offset"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<uint> CellWords(uint cell, int offset, int count) =>
        new(_cells + ((nuint)cell * ArenaLayout.CellBytes) + offset, count);

    /// <summary>The descriptor with a given number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T Descriptor<T>(uint number)
        where T : unmanaged => ref Unsafe.AsRef<T>(_descriptors + ((nuint)number * ArenaLayout.DescriptorBytes));

    /// <summary>The 4,096 bytes of a frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Frame(uint frame) =>
        new(_frames + ((nuint)frame * ArenaLayout.PageBytes), ArenaLayout.PageBytes);

    /// <summary>Gives the physical memory behind whole pages back to the system; their content is undefined afterwards.</summary>
    public void Return(long offset, long bytes) => _region.Return(offset, bytes);

    /// <summary>Whether memory goes back to the system before the arena is disposed.</summary>
    public bool CanReturnMemory => _region.CanReturnMemory;

    /// <summary>Has the huge page around a page, if there is one, be ordinary pages, so that some of them can be returned.</summary>
    public void Split(long offset) => _region.Split(offset);

    /// <summary>Has a stretch backed by ordinary pages, for the last steps before the limit.</summary>
    public void AdviseSmall(long offset, long bytes) => _region.AdviseSmall(offset, bytes);

    /// <summary>The frames, once they exist; free ones among them are given up when metadata finds no room in the budget.</summary>
    public FrameAllocator? Frames { get; set; }

    /// <summary>Metadata committed so far, in bytes.</summary>
    public long MetadataBytes => Volatile.Read(ref _metadataBytes);

    /// <summary>Commits memory for metadata, at the cost of free frames where the budget is used up.</summary>
    public bool TryCommitMetadata(long bytes)
    {
        bool committed = Budget.TryCommit(bytes);
        if (!committed)
        {
            int pages = (int)(bytes / ArenaLayout.PageBytes);
            committed = Frames is not null && Frames.Shed(pages) > 0 && Budget.TryCommit(bytes);
        }

        if (committed)
        {
            Interlocked.Add(ref _metadataBytes, bytes);
        }

        return committed;
    }

    /// <summary>Gives pages of metadata back to the system and to the budget.</summary>
    public void ReleaseMetadata(long offset, long bytes)
    {
        Return(offset, bytes);
        Interlocked.Add(ref _metadataBytes, -bytes);
        Budget.Release(bytes);
    }

    /// <summary>Makes bytes zero, for tables whose memory may come from an allocator that does not.</summary>
    public void Clear(long offset, long bytes)
    {
        for (long done = 0; done < bytes; done += 1 << 30)
        {
            new Span<byte>(_base + offset + done, (int)Math.Min(bytes - done, 1 << 30)).Clear();
        }
    }

    /// <summary>Passes what lies outside of the arena on to a successor.</summary>
    public void PassOn(StateTransfer state)
    {
        state.Pass(ref _metadataBytes);
    }

    public void Dispose() => _region.Dispose();
}
