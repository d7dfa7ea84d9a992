using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Memory;

/// <summary>An arena of its own, for structures without the store around them.</summary>
internal sealed class TestArena : IDisposable
{
    public TestArena(
        long limitBytes,
        Func<bool>? failAllocation = null,
        bool hugePages = false,
        BackingMemory backing = BackingMemory.Anonymous,
        long reachBytes = 0,
        int shards = 1)
    {
        backing = MemoryRegion.Effective(backing);
        bool isCompact = backing == BackingMemory.Portable;
        Layout = new ArenaLayout(Math.Max(limitBytes, reachBytes), shards, maxClients: 4, maxSharedPools: 4, isCompact);
        Budget = new MemoryBudget(limitBytes, failAllocation);
        Arena = new Arena(Layout, Budget, backing, hugePages, lockMemory: false);
        Frames = new FrameAllocator(Arena);
        Pages = new CellPages(Arena);
        Assert.True(new PagedTable(Arena, Layout.Header, ArenaLayout.PageBytes).TryReach(1));
        Heap = new CellHeap(Arena, Pages, Layout.Header);
    }

    public ArenaLayout Layout { get; }

    public MemoryBudget Budget { get; }

    public Arena Arena { get; }

    public FrameAllocator Frames { get; }

    public CellPages Pages { get; }

    /// <summary>A heap whose state lies at the head of the arena.</summary>
    public CellHeap Heap { get; }

    /// <summary>A place behind the heap's state.</summary>
    public long SpareState => Layout.Header + 512;

    public void Dispose() => Arena.Dispose();
}
