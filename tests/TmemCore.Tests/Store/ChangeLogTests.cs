using TmemCore.Store;
using TmemCore.Tests.Memory;
using Xunit;

namespace TmemCore.Tests.Store;

public sealed class ChangeLogTests
{
    [Fact]
    public void Entries_are_read_in_order_and_cleared_without_a_rest()
    {
        using var arena = new TestArena(4 * Hosts.Mebibyte);
        var log = new ChangeLog(arena.Arena, arena.Heap);
        var state = default(ChangeLogState);
        Assert.False(log.TryPeek(ref state, out _));
        for (uint i = 0; i < 100; i++)
        {
            log.Append(ref state, new PageChange(3, i, new ObjectId(i, 1, 2)));
        }

        for (int reading = 0; reading < 2; reading++)
        {
            for (uint i = 0; i < 100; i++)
            {
                Assert.True(log.TryPeek(ref state, out _));
                Assert.True(log.TryPeek(ref state, out PageChange change));
                Assert.Equal(new PageChange(3, i, new ObjectId(i, 1, 2)), change);
                log.Pass(ref state);
            }

            Assert.False(log.TryPeek(ref state, out _));
            log.Restart(ref state);
        }

        log.Clear(ref state);
        Assert.Equal((0u, 0u), (state.Count, arena.Heap.CellsInUse));
        Assert.False(log.TryPeek(ref state, out _));
    }

    /// <summary>The reader stands at the end until there is more, and does not begin anew.</summary>
    [Fact]
    public void What_is_added_after_the_end_was_reached_is_read_next()
    {
        using var arena = new TestArena(4 * Hosts.Mebibyte);
        var log = new ChangeLog(arena.Arena, arena.Heap);
        var state = default(ChangeLogState);
        for (uint i = 0; i < 40; i++)
        {
            log.Append(ref state, new PageChange(0, i, default));
            Assert.True(log.TryPeek(ref state, out PageChange change));
            Assert.Equal(i, change.Index);
            log.Pass(ref state);
            Assert.False(log.TryPeek(ref state, out _));
        }
    }

    [Fact]
    public void A_log_without_memory_says_that_it_is_not_whole()
    {
        bool isShort = false;
        using var arena = new TestArena(4 * Hosts.Mebibyte, () => isShort);
        var log = new ChangeLog(arena.Arena, arena.Heap);
        var state = default(ChangeLogState);
        for (uint i = 0; i < 30; i++)
        {
            isShort = i is > 10 and < 20;
            log.Append(ref state, new PageChange(0, i, default));
        }

        Assert.NotEqual(0u, state.HasOverflowed);
        isShort = false;
        log.Clear(ref state);
        Assert.Equal(0u, state.HasOverflowed);
        Assert.Equal(0u, arena.Heap.CellsInUse);
    }
}
