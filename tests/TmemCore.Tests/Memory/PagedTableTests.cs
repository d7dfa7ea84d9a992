using System.Runtime.InteropServices;
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

    [Theory]
    [InlineData(BackingMemory.Anonymous)]
    [InlineData(BackingMemory.MemoryFile)]
    [InlineData(BackingMemory.Portable)]
    public void Tables_whose_pages_lie_in_turns_leave_each_other_alone(BackingMemory backing)
    {
        const int Pages = 3;
        const int RecordsPerPage = ArenaLayout.PageBytes / sizeof(long);
        using var arena = new TestArena(64 * Hosts.Mebibyte, backing: backing);
        long offset = arena.Layout.LeafBuckets;
        PagedTable[] tables =
        [
            new(arena.Arena, offset, sizeof(long), strideBytes: 2 * ArenaLayout.PageBytes),
            new(arena.Arena, offset + ArenaLayout.PageBytes, sizeof(long), strideBytes: 2 * ArenaLayout.PageBytes),
        ];
        long before = arena.Budget.CommittedBytes;
        for (int i = 0; i < Pages; i++)
        {
            foreach (PagedTable table in tables)
            {
                Assert.True(table.TryReach((i * RecordsPerPage) + 1));
            }

            PageOf(0, i).Fill(1);
            PageOf(1, i).Fill(2);
        }

        tables[0].Shorten(RecordsPerPage);
        Assert.Equal((1, Pages), (PagesOf(tables[0]), PagesOf(tables[1])));
        Assert.Equal(before + ((1 + Pages) * ArenaLayout.PageBytes), arena.Budget.CommittedBytes);
        for (int i = 1; i < Pages && arena.Arena.CanReturnMemory; i++)
        {
            Assert.False(PageOf(0, i).ContainsAnyExcept((byte)0), $"Page {i} is still in memory.");
        }

        Assert.True(tables[0].TryReach(Pages * RecordsPerPage));
        for (int i = 0; i < Pages; i++)
        {
            Assert.False(PageOf(0, i).ContainsAnyExcept(i == 0 ? (byte)1 : (byte)0));
            Assert.False(PageOf(1, i).ContainsAnyExcept((byte)2));
        }

        long PagesOf(PagedTable table) => table.CommittedBytes / ArenaLayout.PageBytes;

        Span<byte> PageOf(int table, int page) => MemoryMarshal.CreateSpan(
            ref arena.Arena.At<byte>(offset + (((2 * page) + table) * ArenaLayout.PageBytes)), ArenaLayout.PageBytes);
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
