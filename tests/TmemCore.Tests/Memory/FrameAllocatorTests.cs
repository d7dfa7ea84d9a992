using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Memory;

public sealed class FrameAllocatorTests
{
    [Fact]
    public void Frames_are_given_once_until_they_come_back()
    {
        using var arena = new TestArena(4 * Hosts.Mebibyte);
        uint cursor = 0;
        List<uint> taken = TakeAll(arena, ref cursor);

        Assert.Equal(taken.Count, taken.Distinct().Count());
        Assert.InRange(taken.Count, 980, 1024);
        Assert.Equal(0, arena.Frames.FreeCount);
        arena.Frames.Release(taken[17]);
        Assert.Equal(taken[17], Take(arena, ref cursor));
        Assert.Equal(FrameAllocator.None, Take(arena, ref cursor));
    }

    [Fact]
    public void The_frame_that_is_hinted_at_is_given_if_it_is_free()
    {
        using var arena = new TestArena(4 * Hosts.Mebibyte);
        uint cursor = 0;
        uint first = Take(arena, ref cursor);
        Assert.Equal(first + 1, arena.Frames.Take(first + 1, ref cursor));
        Assert.Equal(first + 9, arena.Frames.Take(first + 9, ref cursor));
        Assert.NotEqual(first + 9, arena.Frames.Take(first + 9, ref cursor));
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(128, true)]
    public void New_are_the_frames_of_the_stretch_that_came_last(int mebibytes, bool hugePages)
    {
        using var arena = new TestArena(mebibytes * Hosts.Mebibyte, hugePages: hugePages);
        uint cursor = 0;
        uint first = Take(arena, ref cursor);
        Assert.True(arena.Frames.IsNew(first));
        uint frame = first;
        while (frame < first + FrameAllocator.HugeFrames)
        {
            frame = Take(arena, ref cursor);
            Assert.True(arena.Frames.IsNew(frame));
        }

        Assert.False(arena.Frames.IsNew(first));
        arena.Frames.Shed(first);
        while (frame != first)
        {
            frame = Take(arena, ref cursor);
        }

        Assert.True(arena.Frames.IsNew(first));
    }

    [Fact]
    public void Many_come_back_at_once()
    {
        using var arena = new TestArena(4 * Hosts.Mebibyte);
        uint cursor = 0;
        uint[] taken = [.. Enumerable.Range(0, 500).Select(_ => Take(arena, ref cursor))];
        long free = arena.Frames.FreeCount;
        new Random(1).Shuffle(taken);

        arena.Frames.Release(taken.AsSpan(0, 300));
        arena.Frames.Release([]);

        Assert.Equal(free + 300, arena.Frames.FreeCount);
        Assert.All(taken[..300], frame => Assert.True(arena.Frames.IsFree(frame) && arena.Frames.IsInSummary(frame)));
        Assert.All(taken[300..], frame => Assert.False(arena.Frames.IsFree(frame)));
    }

    [Fact]
    public void Frames_that_are_shed_return_to_the_budget_and_are_revived()
    {
        using var arena = new TestArena(4 * Hosts.Mebibyte);
        uint cursor = 0;
        uint[] taken = [.. Enumerable.Range(0, 600).Select(_ => Take(arena, ref cursor))];
        arena.Frames.Release(taken.AsSpan(100, 400));
        long free = arena.Frames.FreeCount;
        long committed = arena.Budget.CommittedBytes;
        long resident = arena.Frames.ResidentCount;

        Assert.Equal(150, arena.Frames.Shed(150));
        arena.Frames.Shed(taken[0]);

        Assert.Equal(committed - (151 * ArenaLayout.PageBytes), arena.Budget.CommittedBytes);
        Assert.Equal((free - 150, resident - 151), (arena.Frames.FreeCount, arena.Frames.ResidentCount));
        Assert.True(arena.Frames.IsAbsent(taken[0]));
        Assert.Equal(free - 150, arena.Frames.Shed(int.MaxValue));
        Assert.Equal(0, arena.Frames.Shed(1));

        List<uint> again = TakeAll(arena, ref cursor);
        Assert.Equal(again.Count, again.Distinct().Count());
        Assert.All(again, frame => Assert.False(arena.Frames.IsAbsent(frame)));
        Assert.Superset(new HashSet<uint>([taken[0], .. taken[100..500]]), again.ToHashSet());
        Assert.DoesNotContain(taken[50], again);
    }

    [Theory]
    [InlineData(16, false)]
    [InlineData(66, true)]
    public void Many_frames_that_depart_together_return_whatever_their_order_and_what_is_left_keeps_its_bytes(int mebibytes, bool hugePages)
    {
        using var arena = new TestArena(mebibytes * Hosts.Mebibyte, hugePages: hugePages);
        uint cursor = 0;
        uint[] taken = [.. Enumerable.Range(0, 3000).Select(_ => Take(arena, ref cursor))];
        foreach (uint frame in taken)
        {
            Pages.Fill(arena.Arena.Frame(frame), frame);
        }

        long resident = ResidentBytes(arena);
        long committed = arena.Budget.CommittedBytes;
        var departing = new DepartingFrames(arena.Frames);
        uint[] shuffled = [.. taken];
        new Random(1).Shuffle(shuffled);
        uint[] whole = [.. taken.Where(static frame => frame / FrameAllocator.HugeFrames == 2)];
        uint[] some = [.. shuffled.Except(whole).Take(1200)];
        uint[] more = [.. shuffled.Except(whole).Except(some).Take(300)];
        foreach (uint[] frames in (uint[][])[some, whole, more, []])
        {
            departing.Add(frames);
            Assert.Equal(frames.Length, departing.Count);

            // Those of a huge page go for themselves; the others wait until nobody wants to wait for more.
            Assert.Equal(frames == whole ? whole.Length : 0, departing.ReturnWhole(int.MaxValue));
            int left = departing.Count;
            for (int returned = departing.ReturnAny(1); returned != 0; returned = departing.ReturnAny(1))
            {
                Assert.InRange(returned, 1, FrameAllocator.HugeFrames);
                left -= returned;
            }

            Assert.Equal((0, 0), (left, departing.Count));
        }

        int shed = some.Length + whole.Length + more.Length;
        Assert.Equal(committed - (shed * (long)ArenaLayout.PageBytes), arena.Budget.CommittedBytes);
        Assert.All(some.Concat(whole).Concat(more), frame => Assert.True(arena.Frames.IsAbsent(frame)));
        foreach (uint frame in taken.Except(some).Except(whole).Except(more))
        {
            Assert.False(arena.Frames.IsAbsent(frame));
            Assert.Equal(Pages.Of(frame), arena.Arena.Frame(frame));
        }

        if (OperatingSystem.IsLinux())
        {
            // Of a huge page that is taken apart the system keeps nothing that was never written.
            Assert.InRange(resident - ResidentBytes(arena), shed * (long)ArenaLayout.PageBytes, (shed + 100) * (long)ArenaLayout.PageBytes);
        }

        List<uint> again = TakeAll(arena, ref cursor);
        Assert.Superset(new HashSet<uint>(some.Concat(whole).Concat(more)), again.ToHashSet());
    }

    [Theory]
    [InlineData(32)]
    [InlineData(66)]
    public void The_last_stretch_before_the_limit_is_used_whatever_the_steps(int mebibytes)
    {
        // Extents of 512 frames do not come out even.
        using var arena = new TestArena((mebibytes * Hosts.Mebibyte) - 20_480, hugePages: true);
        Assert.Equal(mebibytes > 64, arena.Arena.UsesHugePages);
        uint cursor = 0;
        List<uint> taken = TakeAll(arena, ref cursor);

        Assert.InRange(taken.Count * (long)ArenaLayout.PageBytes, arena.Budget.LimitBytes - Hosts.Mebibyte, arena.Budget.LimitBytes);
        Assert.InRange(arena.Budget.AvailableBytes, 0, 3 * ArenaLayout.PageBytes);
    }

    [Fact]
    public void A_failed_request_gives_no_frame_and_loses_none()
    {
        bool isShort = false;
        using var arena = new TestArena(Hosts.Mebibyte, () => isShort);
        uint cursor = 0;
        arena.Frames.Release(Take(arena, ref cursor));
        long free = arena.Frames.FreeCount;
        isShort = true;
        Assert.Equal(FrameAllocator.None, Take(arena, ref cursor));
        isShort = false;
        Assert.Equal(free, arena.Frames.FreeCount);
        Assert.NotEqual(FrameAllocator.None, Take(arena, ref cursor));
    }

    [Fact]
    public void Threads_that_take_release_and_shed_never_have_the_same_frame()
    {
        using var arena = new TestArena(2 * Hosts.Mebibyte);
        int[] owners = new int[arena.Layout.Frames];
        int clashes = 0;
        Thread[] threads = [.. Enumerable.Range(1, 3).Select(number => new Thread(() => Churn(arena, owners, number, ref clashes)))];
        Array.ForEach(threads, thread => thread.Start());
        for (int i = 0; i < 300; i++)
        {
            arena.Frames.Shed(i % 7);
            Thread.Yield();
        }

        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, clashes);
        IEnumerable<uint> all = Enumerable.Range(0, (int)arena.Frames.Fresh).Select(frame => (uint)frame);
        Assert.Equal(arena.Frames.FreeCount, all.Count(arena.Frames.IsFree));
        Assert.Equal(arena.Frames.ResidentCount, all.Count(arena.Frames.IsFree));
        Assert.Equal((int)arena.Frames.Fresh, all.Count(frame => arena.Frames.IsFree(frame) != arena.Frames.IsAbsent(frame)));
        Assert.True(arena.Budget.CommittedBytes <= arena.Budget.LimitBytes);
    }

    private static void Churn(TestArena arena, int[] owners, int number, ref int clashes)
    {
        var random = new Random(number);
        var held = new Stack<uint>();
        uint cursor = 0;
        for (int i = 0; i < 20_000 * Hosts.Stress; i++)
        {
            if (held.Count > 0 && random.Next(2) == 0)
            {
                Volatile.Write(ref owners[held.Peek()], 0);
                arena.Frames.Release(held.Pop());
                continue;
            }

            uint taken = arena.Frames.Take(held.Count == 0 ? FrameAllocator.None : held.Peek() + 1, ref cursor);
            if (taken != FrameAllocator.None)
            {
                Interlocked.Add(ref clashes, Interlocked.Exchange(ref owners[taken], number) == 0 ? 0 : 1);
                held.Push(taken);
            }
        }

        foreach (uint frame in held)
        {
            Volatile.Write(ref owners[frame], 0);
        }

        arena.Frames.Release(held.ToArray());
    }

    private static List<uint> TakeAll(TestArena arena, ref uint cursor)
    {
        var taken = new List<uint>();
        for (uint frame = Take(arena, ref cursor); frame != FrameAllocator.None; frame = Take(arena, ref cursor))
        {
            taken.Add(frame);
            Assert.True(arena.Budget.CommittedBytes <= arena.Budget.LimitBytes);
        }

        return taken;
    }

    private static uint Take(TestArena arena, ref uint cursor) => arena.Frames.Take(FrameAllocator.None, ref cursor);

    private static unsafe long ResidentBytes(TestArena arena) =>
        Smaps.Of((ulong)Inside.Region(arena.Arena).Base, arena.Layout.TotalBytes).Sum(static mapping => mapping.ResidentBytes);
}
