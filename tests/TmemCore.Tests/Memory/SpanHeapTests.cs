using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Memory;

public sealed class SpanHeapTests
{
    private const long CapacityBytes = 96 * Hosts.Mebibyte;

    [Theory]
    [InlineData(8 * Hosts.Mebibyte)]
    [InlineData(CapacityBytes)]
    public void Every_length_comes_back_as_it_was_written(long capacityBytes)
    {
        using var arena = new TestArena(capacityBytes);
        SpanHeap heap = HeapOf(arena);
        var held = new List<Held>();
        for (int bytes = 1; bytes <= SpanHeap.MaximumBytes; bytes += 3)
        {
            held.Add(Take(heap, bytes, (uint)bytes));
        }

        Assert.All(held, one => AssertHolds(heap, one));
        held.ForEach(one => heap.Release(one.Slot));
        Assert.Equal(0, heap.FramesHeld);
        Assert.Equal(0, heap.SlotsInUse);
        Assert.Equal(0u, arena.Heap.CellsInUse);
        Assert.Equal(arena.Frames.ResidentCount, arena.Frames.FreeCount);
    }

    [Fact]
    public void Taking_and_giving_back_at_random_disturbs_nobody()
    {
        var random = new Random(11);
        using var arena = new TestArena(CapacityBytes);
        SpanHeap heap = HeapOf(arena);
        var held = new List<Held>();
        for (int step = 0; step < 60_000; step++)
        {
            if (held.Count > 0 && random.Next(held.Count < 4000 ? 3 : 2) == 0)
            {
                int at = random.Next(held.Count);
                AssertHolds(heap, held[at]);
                heap.Release(held[at].Slot);
                held[at] = held[^1];
                held.RemoveAt(held.Count - 1);
            }
            else
            {
                held.Add(Take(heap, 1 + random.Next(SpanHeap.MaximumBytes), (uint)step));
            }
        }

        Assert.Equal(held.Count, heap.SlotsInUse);
        Assert.Equal(held.Count, held.Select(one => one.Slot).Distinct().Count());
        Assert.All(held, one => AssertHolds(heap, one));
    }

    [Fact]
    public void No_length_is_refused_while_a_frame_is_free()
    {
        using var arena = new TestArena(4 * Hosts.Mebibyte);
        SpanHeap heap = HeapOf(arena);
        var held = new List<Held> { Take(heap, 100, 1) };
        uint cursor = 0;
        var frames = new List<uint>();
        for (uint frame = arena.Frames.Take(FrameAllocator.None, ref cursor); frame != FrameAllocator.None;)
        {
            frames.Add(frame);
            frame = arena.Frames.Take(FrameAllocator.None, ref cursor);
        }

        Assert.False(heap.TryTake(3000, 2, ref cursor, out _));

        // Single frames, no two of them neighbours.
        for (int i = 0; i < 40; i += 2)
        {
            arena.Frames.Release(frames[i * 7]);
            held.Add(Take(heap, 1500 + (i * 60), (uint)i));
        }

        Assert.All(held, one => AssertHolds(heap, one));
    }

    [Fact]
    public void A_refusal_for_want_of_records_gives_the_frames_back()
    {
        bool fails = false;
        int calls = 0;
        int frames = SizeClasses.Frames(SizeClasses.Of(2004), 2);
        using var arena = new TestArena(CapacityBytes, () => fails && ++calls > frames);
        SpanHeap heap = HeapOf(arena);
        Take(heap, 700, 1);
        long free = arena.Frames.FreeCount;
        fails = true;
        uint cursor = 0;

        Assert.False(heap.TryTake(2000, 2, ref cursor, out _));
        Assert.Equal(free, arena.Frames.FreeCount);
        Assert.Equal(1, heap.SlotsInUse);
        fails = false;
        AssertHolds(heap, Take(heap, 2000, 2));
    }

    [Fact]
    public void Compaction_empties_sparse_spans_and_leaves_every_byte()
    {
        using var arena = new TestArena(CapacityBytes);
        SpanHeap heap = HeapOf(arena);
        var held = new Dictionary<uint, Held>();
        for (uint holder = 1; holder <= 12_000; holder++)
        {
            held[holder] = Take(heap, 200 + (int)(holder * 37 % 3000), holder);
        }

        foreach (uint holder in held.Keys.Where(holder => holder % 4 != 0).ToArray())
        {
            heap.Release(held[holder].Slot);
            held.Remove(holder);
        }

        long sparse = heap.FramesHeld;
        int moves = 0;
        while (heap.TryChoose(out ulong slot, out uint holder))
        {
            Assert.Equal(slot, held[holder].Slot);
            Assert.True(heap.TryMove(slot, out ulong moved));
            held[holder] = held[holder] with { Slot = moved };
            Assert.True(++moves <= held.Count);
        }

        Assert.InRange(heap.FramesHeld, 1, sparse / 2);
        Assert.All(held.Values, one => AssertHolds(heap, one));
        Assert.Equal(held.Count, heap.SlotsInUse);
    }

    [Fact]
    public void Spans_take_little_more_than_the_data()
    {
        var random = new Random(7);
        using var arena = new TestArena(256 * Hosts.Mebibyte);
        SpanHeap heap = HeapOf(arena);
        long bytes = 0;
        for (uint holder = 0; holder < 80_000; holder++)
        {
            int length = random.Next(400, 3600);
            bytes += length;
            uint cursor = 0;
            Assert.True(heap.TryTake(length, holder, ref cursor, out _));
        }

        // 4 % are asked for after compaction; fresh spans stay below it, half-filled ones included.
        Assert.InRange((heap.FramesHeld * 4096.0 / bytes) - 1, 0, 0.04);
    }

    [Fact]
    public void Few_data_of_many_lengths_do_not_hold_much_more_than_they_are()
    {
        var random = new Random(9);
        using var arena = new TestArena(CapacityBytes);
        SpanHeap heap = HeapOf(arena);
        long bytes = 0;
        for (uint holder = 0; holder < 10_000; holder++)
        {
            int length = random.Next(400, 3600);
            bytes += length;
            uint cursor = 0;
            Assert.True(heap.TryTake(length, holder, ref cursor, out _));
        }

        // Some hundred pages to each class, so that half-filled spans weigh the most.
        Assert.InRange((heap.FramesHeld * 4096.0 / bytes) - 1, 0, 0.11);
    }

    [Fact]
    public void Threads_take_fill_and_give_back_side_by_side()
    {
        using var arena = new TestArena(CapacityBytes);
        SpanHeap heap = HeapOf(arena);
        const int seed = 13;
        Parallel.For(0, 4, thread =>
        {
            var random = new Random(seed + thread);
            var held = new Queue<Held>();
            for (uint step = 0; step < 8000; step++)
            {
                held.Enqueue(Take(heap, 100 + (random.Next(6) * 500), (uint)(thread << 20) + step));
                if (held.Count > 300)
                {
                    Held oldest = held.Dequeue();
                    AssertHolds(heap, oldest);
                    heap.Release(oldest.Slot);
                }
            }

            foreach (Held one in held)
            {
                AssertHolds(heap, one);
                heap.Release(one.Slot);
            }
        });

        Assert.Equal(0, heap.FramesHeld);
    }

    [Fact]
    public void Data_longer_than_the_slot_is_turned_away()
    {
        using var arena = new TestArena(CapacityBytes);
        SpanHeap heap = HeapOf(arena);
        Held held = Take(heap, 60, 1);

        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => heap.Write(held.Slot, new byte[61]));
        Assert.Contains("60", e.Message, StringComparison.Ordinal);
        AssertHolds(heap, held);
    }

    private static SpanHeap HeapOf(TestArena arena) => new(arena.Arena, arena.Frames, arena.Heap);

    private static Held Take(SpanHeap heap, int bytes, uint holder)
    {
        uint cursor = 0;
        Assert.True(heap.TryTake(bytes, holder, ref cursor, out ulong slot), $"{bytes} bytes were refused.");
        var held = new Held(slot, bytes, holder);
        heap.Write(slot, held.Data());
        return held;
    }

    private static void AssertHolds(SpanHeap heap, Held held)
    {
        Assert.Equal(held.Holder, heap.HolderOf(held.Slot));
        Assert.True(heap.Read(held.Slot, held.Bytes, new byte[held.Bytes]).SequenceEqual(held.Data()), $"{held} was disturbed.");
    }

    private sealed record Held(ulong Slot, int Bytes, uint Holder)
    {
        public byte[] Data()
        {
            var data = new byte[Bytes];
            new Random((int)Holder).NextBytes(data);
            return data;
        }
    }
}
