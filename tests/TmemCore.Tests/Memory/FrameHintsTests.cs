using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Memory;

public sealed class FrameHintsTests
{
    private const long CapacityBytes = 100 * Hosts.Mebibyte;

    [Fact]
    public void What_was_noted_last_is_found_and_nothing_else()
    {
        using var arena = new TestArena(CapacityBytes);
        FrameHints hints = Reached(arena);
        hints.Note(hash: 77, index: 5, frame: 1234);

        Assert.True(hints.TryGet(77, 5, out uint frame));
        Assert.Equal(1234u, frame);

        // The slot is the same, the rest of the hash is not.
        Assert.False(hints.TryGet(77 + 32_768, 5, out _));

        hints.Note(77, 5, 4321);
        Assert.True(hints.TryGet(77, 5, out frame));
        Assert.Equal(4321u, frame);

        hints.Note(77 + 32_768, 5, 99);
        Assert.False(hints.TryGet(77, 5, out _));
    }

    [Fact]
    public void Neighbouring_indexes_have_neighbouring_slots()
    {
        using var arena = new TestArena(CapacityBytes);
        FrameHints hints = Reached(arena);
        for (uint index = 0; index < 32_768; index++)
        {
            hints.Note(0xFFFF_FFF0, index, index / 2);
        }

        Assert.All(Enumerable.Range(0, 32_768), i => Assert.True(hints.TryGet(0xFFFF_FFF0, (uint)i, out uint frame) && frame == i / 2));
    }

    [Theory]
    [InlineData(65, 16_640, 32_768)]
    [InlineData(64, 16_384, 16_384)]
    [InlineData(63, 16_128, 0)]
    public void The_table_is_paid_for_and_takes_at_most_eight_bytes_a_frame(long mebibytes, long frames, long slots)
    {
        using var arena = new TestArena(mebibytes * Hosts.Mebibyte);
        Assert.Equal(frames, arena.Layout.Frames);
        long before = arena.Budget.CommittedBytes;
        FrameHints hints = Reached(arena);

        Assert.Equal(slots * sizeof(uint), hints.CommittedBytes);
        Assert.Equal(before + (slots * sizeof(uint)), arena.Budget.CommittedBytes);
    }

    [Fact]
    public void A_host_without_memory_for_it_has_no_hints()
    {
        using var arena = new TestArena(CapacityBytes);
        arena.Budget.LimitBytes = arena.Budget.CommittedBytes;
        FrameHints hints = Reached(arena);
        hints.Note(1, 2, 3);

        Assert.Equal(0, hints.CommittedBytes);
        Assert.False(hints.TryGet(1, 2, out _));
        hints.PrefetchSlot(1, 2);
        hints.Prefetch(1, 2);
    }

    [Fact]
    public void A_frame_too_high_for_the_table_is_not_noted()
    {
        using var arena = new TestArena(CapacityBytes);
        FrameHints hints = Reached(arena);
        hints.Note(1, 2, 3);
        hints.Note(1, 2, 32_768);

        Assert.True(hints.TryGet(1, 2, out uint frame));
        Assert.Equal(3u, frame);
    }

    [Fact]
    public void More_frames_than_the_capacity_had_at_first_make_it_grow()
    {
        using var arena = new TestArena(CapacityBytes);
        long limit = arena.Budget.LimitBytes;
        arena.Budget.LimitBytes = 10 * Hosts.Mebibyte;
        FrameHints hints = Reached(arena);
        Assert.Equal(4096 * sizeof(uint), hints.CommittedBytes);
        hints.Note(5, 6, 7);

        arena.Budget.LimitBytes = limit;
        hints.Reach(4097);

        Assert.Equal(32_768 * sizeof(uint), hints.CommittedBytes);
        hints.Note(5, 6, 8);
        Assert.True(hints.TryGet(5, 6, out uint frame));
        Assert.Equal(8u, frame);
    }

    private static FrameHints Reached(TestArena arena)
    {
        var hints = new FrameHints(arena.Arena);
        hints.Reach(1);
        return hints;
    }
}
