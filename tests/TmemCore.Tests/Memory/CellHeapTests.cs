using System.Runtime.InteropServices;
using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Memory;

public sealed class CellHeapTests
{
    private static readonly int[] s_lengths = [1, 2, 3, 5];

    [Fact]
    public void Runs_never_overlap_and_keep_their_content()
    {
        using var arena = new TestArena(16 * Hosts.Mebibyte);
        var random = new Random(3);
        var runs = new List<(uint Cell, int Length, byte Mark)>();
        for (int step = 0; step < 20_000; step++)
        {
            // Some thousand steps of growth, then some of decline.
            if (runs.Count > 0 && random.Next(100) < (step / 4000 % 2 == 0 ? 35 : 65))
            {
                int at = random.Next(runs.Count);
                (uint cell, int length, byte mark) = runs[at];
                Assert.Equal(-1, Content(arena, cell, length).IndexOfAnyExcept(mark));
                arena.Heap.Release(cell, length);
                runs[at] = runs[^1];
                runs.RemoveAt(runs.Count - 1);
            }
            else
            {
                int length = s_lengths[random.Next(s_lengths.Length)];
                uint cell = arena.Heap.Take(length);
                Assert.NotEqual(0u, cell);
                Content(arena, cell, length).Fill((byte)step);
                runs.Add((cell, length, (byte)step));
            }
        }

        Assert.Equal((uint)runs.Sum(run => run.Length), arena.Heap.CellsInUse);
        Assert.All(runs, run => Assert.Equal(-1, Content(arena, run.Cell, run.Length).IndexOfAnyExcept(run.Mark)));
        Assert.All(runs, run => Assert.Equal(run.Cell / 64, (run.Cell + (uint)run.Length - 1) / 64));
    }

    [Fact]
    public void What_is_given_back_returns_to_the_budget()
    {
        using var arena = new TestArena(16 * Hosts.Mebibyte);
        long before = arena.Budget.CommittedBytes;
        var runs = new List<(uint Cell, int Length)>();
        for (int i = 0; i < 5000; i++)
        {
            runs.Add((arena.Heap.Take(s_lengths[i % 4]), s_lengths[i % 4]));
        }

        Assert.True(arena.Budget.CommittedBytes - before > 5000 * 64 * 2);
        runs.ForEach(run => arena.Heap.Release(run.Cell, run.Length));
        arena.Heap.Trim();
        arena.Pages.Trim();

        Assert.Equal((0u, 0u), (arena.Heap.CellsInUse, arena.Heap.PagesHeld));
        Assert.Equal(0, arena.Pages.CommittedCount);
        Assert.Equal(before + arena.Pages.TableBytes, arena.Budget.CommittedBytes);
    }

    [Fact]
    public void Two_heaps_share_pages_and_nothing_else()
    {
        using var arena = new TestArena(16 * Hosts.Mebibyte);
        var other = new CellHeap(arena.Arena, arena.Pages, arena.SpareState);
        var cells = new HashSet<uint>();
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(cells.Add(arena.Heap.Take(1)));
            Assert.True(cells.Add(other.Take(1)));
        }

        Assert.DoesNotContain(0u, cells);
        Assert.Equal((1000u, 1000u), (arena.Heap.CellsInUse, other.CellsInUse));
    }

    [Fact]
    public void A_heap_without_memory_says_so_and_goes_on_later()
    {
        bool isShort = false;
        using var arena = new TestArena(Hosts.Mebibyte, () => isShort);
        uint cell = arena.Heap.Take(3);
        isShort = true;
        Assert.Equal(0u, arena.Heap.Take(3));
        Assert.Equal(3u, arena.Heap.CellsInUse);
        isShort = false;
        Assert.NotEqual(0u, arena.Heap.Take(3));
        arena.Heap.Release(cell, 3);

        uint count = 0;
        while (arena.Heap.Take(5) != 0)
        {
            count++;
        }

        Assert.InRange(count * 5 * 64, 700_000u, (uint)Hosts.Mebibyte);
        Assert.True(arena.Budget.CommittedBytes <= Hosts.Mebibyte);
    }

    private static Span<byte> Content(TestArena arena, uint cell, int length) =>
        MemoryMarshal.AsBytes(arena.Arena.CellWords(cell, 0, length * ArenaLayout.CellBytes / sizeof(uint)));
}
