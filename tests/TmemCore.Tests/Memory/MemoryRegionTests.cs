using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Memory;

public sealed unsafe class MemoryRegionTests
{
    private const long Bytes = 8L << 20;

    public static TheoryData<BackingMemory> Backings { get; } = OperatingSystem.IsLinux()
        ? [BackingMemory.Anonymous, BackingMemory.MemoryFile, BackingMemory.Portable]
        : [BackingMemory.Anonymous, BackingMemory.Portable];

    [Theory]
    [MemberData(nameof(Backings))]
    public void A_region_holds_what_is_written_from_end_to_end(BackingMemory backing)
    {
        using MemoryRegion region = Reserve(backing);
        Assert.Equal(0, (long)region.Base % ArenaLayout.PageBytes);
        for (long offset = 0; offset < Bytes; offset += ArenaLayout.PageBytes)
        {
            *(long*)(region.Base + offset) = offset;
        }

        region.Base[Bytes - 1] = 7;
        for (long offset = 0; offset < Bytes; offset += ArenaLayout.PageBytes)
        {
            Assert.Equal(offset, *(long*)(region.Base + offset));
        }
    }

    [Theory]
    [InlineData(BackingMemory.Anonymous)]
    [InlineData(BackingMemory.Portable)]
    public void Huge_pages_can_lie_on_their_borders(BackingMemory backing)
    {
        using MemoryRegion region = Reserve(backing);
        Assert.Equal(0, (long)region.Base % ArenaLayout.HugePageBytes);
    }

    [Theory]
    [MemberData(nameof(Backings))]
    public void Memory_that_is_given_back_is_gone_from_the_system(BackingMemory backing)
    {
        using MemoryRegion region = Reserve(backing);
        if (!region.CanReturnMemory)
        {
            Assert.Equal(BackingMemory.Portable, MemoryRegion.Effective(backing));
            return;
        }

        new Span<byte>(region.Base, (int)Bytes).Fill(1);
        Assert.Equal(Bytes, Resident(region));
        region.Return(4096, 4 << 20);

        Assert.Equal(Bytes - (4 << 20), Resident(region));
        Assert.Equal((1, 0, 0, 1), (region.Base[4095], region.Base[4096], region.Base[(4 << 20) + 4095], region.Base[(4 << 20) + 4096]));
    }

    [Theory]
    [MemberData(nameof(Backings))]
    public void Neither_core_dumps_nor_children_get_the_memory(BackingMemory backing)
    {
        using MemoryRegion region = Reserve(backing);
        if (!region.CanReturnMemory)
        {
            return;
        }

        region.AdviseHuge(4 << 20, 4 << 20);
        IReadOnlyList<SystemMapping> mappings = Smaps.Of((ulong)region.Base, Bytes);
        Assert.NotEmpty(mappings);
        Assert.All(mappings, mapping => Assert.Superset(new HashSet<string>(["dd", "dc"]), mapping.Flags.ToHashSet()));
    }

    [Fact]
    public void Addresses_are_given_back_once()
    {
        MemoryRegion region = Reserve(BackingMemory.Anonymous);
        region.Dispose();
        region.Dispose();
        Assert.True(region.Base == null);
    }

    [Theory]
    [MemberData(nameof(Backings))]
    public void A_host_works_on_every_backing(BackingMemory backing)
    {
        using var host = new TmemHost(Hosts.Small with { Backing = backing });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        var buffer = new byte[TmemPool.PageBytes];
        for (uint i = 0; i < 2000; i++)
        {
            pool.TryPut(i / 50, i, Pages.Of(i));
            pool.FlushPage(i / 100, i / 2);
        }

        Assert.Equal(GetResult.Hit, pool.Get(39, 1999, buffer));
        Assert.Equal(Pages.Of(1999), buffer);
        pool.Dispose();
        Assert.Empty(host.Verify());
    }

    private static MemoryRegion Reserve(BackingMemory backing) =>
        MemoryRegion.Reserve(Bytes, MemoryRegion.Effective(backing), lockMemory: false);

    private static long Resident(MemoryRegion region) => Smaps.Of((ulong)region.Base, Bytes).Sum(mapping => mapping.ResidentBytes);
}
