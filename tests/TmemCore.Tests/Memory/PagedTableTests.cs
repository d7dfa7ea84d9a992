using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Memory;

public sealed class PagedTableTests
{
    [Theory]
    [InlineData(BackingMemory.Anonymous)]
    [InlineData(BackingMemory.Portable)]
    public void Records_are_zero_when_they_are_first_reached_and_again_after_shortening(BackingMemory backing)
    {
        using var arena = new TestArena(4 * Hosts.Mebibyte, backing: backing);
        long offset = arena.Layout.LeafBuckets;
        var table = new PagedTable(arena.Arena, offset, 64);
        long before = arena.Budget.CommittedBytes;

        Assert.True(table.TryReach(1));
        Assert.True(table.TryReach(64));
        Assert.Equal(4096, table.CommittedBytes);
        arena.Arena.At<long>(offset) = 5;
        table.Shorten(0);
        Assert.Equal((0, before), (table.CommittedBytes, arena.Budget.CommittedBytes));
        Assert.True(table.TryReach(1));
        Assert.Equal(0, arena.Arena.At<long>(offset));
    }

    [Fact]
    public void A_table_that_finds_no_memory_stays_as_it_was()
    {
        bool isShort = false;
        using var arena = new TestArena(4 * Hosts.Mebibyte, () => isShort);
        var table = new PagedTable(arena.Arena, arena.Layout.ObjectBuckets, 64);
        table.TryReach(1);
        isShort = true;
        Assert.True(table.TryReach(64));
        Assert.False(table.TryReach(65));
        Assert.Equal(4096, table.CommittedBytes);
    }
}
