using TmemCore.Store;
using TmemCore.Tests.Memory;
using Xunit;

namespace TmemCore.Tests.Store;

/// <summary>What is remembered of pages that have gone.</summary>
public sealed class GhostTableTests
{
    private readonly KeyHash _hash = new(5);

    [Fact]
    public void The_last_notes_are_remembered_and_older_ones_are_not()
    {
        using var arena = new TestArena(256 * Hosts.Mebibyte);
        var ghosts = new GhostTable(arena.Arena);
        ghosts.Reach();
        const uint Notes = 20_000;
        for (uint i = 1; i <= Notes; i++)
        {
            ghosts.Note(HashOf(i), i % 64, i);
        }

        int recent = Count(ghosts, Notes - 5000, Notes, last: 5000);
        int older = Count(ghosts, 1, Notes - 6000, last: 5000);

        // Of 65,536 slots some are noted twice, and now and then another page has the same tag.
        Assert.InRange(recent, 4300, 5000);
        Assert.InRange(older, 0, 3);
    }

    [Fact]
    public void Pages_that_were_never_here_are_hardly_ever_taken_for_ghosts()
    {
        using var arena = new TestArena(256 * Hosts.Mebibyte);
        var ghosts = new GhostTable(arena.Arena);
        ghosts.Reach();
        for (uint i = 1; i <= 200_000; i++)
        {
            ghosts.Note(HashOf(i), 0, i);
        }

        int strangers = 0;
        for (uint i = 1; i <= 200_000; i++)
        {
            strangers += ghosts.Contains(HashOf(1_000_000 + i), 0, 200_000, 60_000) ? 1 : 0;
        }

        Assert.InRange(strangers, 0, 20);
    }

    [Fact]
    public void Nothing_is_remembered_at_first_whatever_an_allocator_left_in_the_memory()
    {
        using var arena = new TestArena(64 * Hosts.Mebibyte, backing: BackingMemory.Portable);
        var ghosts = new GhostTable(arena.Arena);
        for (uint slot = 0; slot < arena.Layout.GhostSlots; slot++)
        {
            arena.Arena.At<uint>(arena.Layout.Ghosts + (slot * sizeof(uint))) = 0xFFFF_FFFF;
        }

        ghosts.Reach();

        for (uint slot = 0; slot < arena.Layout.GhostSlots; slot++)
        {
            Assert.Equal(0u, arena.Arena.At<uint>(arena.Layout.Ghosts + (slot * sizeof(uint))));
        }
    }

    [Fact]
    public void Without_memory_nothing_is_remembered()
    {
        using var arena = new TestArena(2 * Hosts.Mebibyte);
        var ghosts = new GhostTable(arena.Arena);
        ghosts.Note(HashOf(1), 0, 1);

        Assert.False(ghosts.Contains(HashOf(1), 0, 1, 10));
        Assert.Equal(0, ghosts.CommittedBytes);
    }

    private ulong HashOf(uint number) => _hash.OfObject(0, number);

    private int Count(GhostTable ghosts, uint from, uint now, uint last)
    {
        int found = 0;
        for (uint i = from; i < from + Math.Min(last, now - from + 1); i++)
        {
            found += ghosts.Contains(HashOf(i), i % 64, 20_000, last) ? 1 : 0;
        }

        return found;
    }
}
