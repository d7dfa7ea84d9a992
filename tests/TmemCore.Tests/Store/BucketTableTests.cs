using TmemCore.Memory;
using TmemCore.Store;
using TmemCore.Tests.Memory;
using Xunit;

namespace TmemCore.Tests.Store;

/// <summary>The hash table alone, against a dictionary.</summary>
public sealed class BucketTableTests
{
    private const int Steps = 20_000;

    public static TheoryData<string, int> Cases { get; } = new()
    {
        { "fair", 0 }, { "fair", 5 }, { "one bucket", 0 }, { "one bucket", 5 }, { "one hash", 0 }, { "one tag", 0 }, { "one tag", 5 },
    };

    /// <summary>It grows by thousands and shrinks to nothing, also while one request for memory in so many fails.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void The_table_finds_what_is_in_it_and_nothing_else(string hashes, int failsOneIn)
    {
        var random = new Random(11);
        bool mayFail = false;
        using var arena = new TestArena(
            16 * Hosts.Mebibyte, () => mayFail && failsOneIn != 0 && random.Next(failsOneIn) == 0, shards: 4);
        BucketTable table = CreateTable(arena);
        var model = new Dictionary<uint, ulong>();
        var marked = new HashSet<uint>();
        var cells = new List<uint>();
        int most = hashes == "fair" ? 8000 : 400;
        for (int step = 0; step < Steps; step++)
        {
            bool grows = step < Steps / 2 && cells.Count < most;
            mayFail = true;
            if (grows ? random.Next(10) < 9 : cells.Count == 0)
            {
                Add(arena, table, HashOf(hashes, random), model, cells);
            }
            else if (cells.Count > 0)
            {
                marked.Remove(Remove(arena, table, random, model, cells));
            }

            mayFail = false;
            if (random.Next(4) == 0 && cells.Count > 0 && cells[random.Next(cells.Count)] is var chosen && marked.Add(chosen))
            {
                table.SetMark(model[chosen], chosen);
            }

            if (step % 1000 == 0)
            {
                RequireAll(table, model, marked);
            }
        }

        while (cells.Count > 0)
        {
            Remove(arena, table, random, model, cells);
        }

        table.Trim();
        Assert.Equal((0u, 0L), (table.Count, table.CommittedBytes));
        Assert.Equal(0u, arena.Heap.CellsInUse);
    }

    [Fact]
    public void A_record_that_moves_is_found_in_its_new_place()
    {
        using var arena = new TestArena(16 * Hosts.Mebibyte, shards: 4);
        BucketTable table = CreateTable(arena);
        uint[] cells = [.. Enumerable.Range(0, 30).Select(_ => NewRecord(arena, 77))];
        Array.ForEach(cells, cell => Assert.True(table.TryAdd(77, cell)));
        uint moved = NewRecord(arena, 77);

        table.Replace(77, cells[25], moved);

        Assert.Equal(cells.Where(cell => cell != cells[25]).Append(moved).Order(), Find(table, 77).Order());
    }

    [Fact]
    public void The_table_knows_when_no_record_is_without_the_mark()
    {
        using var arena = new TestArena(16 * Hosts.Mebibyte, shards: 4);
        BucketTable table = CreateTable(arena);
        uint first = NewRecord(arena, 77);
        uint second = NewRecord(arena, 78);
        Assert.True(table.AreAllMarked);

        Assert.True(table.TryAdd(77, first));
        Assert.False(table.AreAllMarked);

        table.SetMark(77, first);
        table.SetMark(77, first);
        Assert.True(table.AreAllMarked);

        Assert.True(table.TryAdd(78, second));
        Assert.False(table.AreAllMarked);
        table.Remove(77, first);
        Assert.False(table.AreAllMarked);

        table.Remove(78, second);
        Assert.True(table.AreAllMarked);
    }

    [Fact]
    public void Growth_moves_a_line_at_a_time()
    {
        using var arena = new TestArena(16 * Hosts.Mebibyte, shards: 4);
        BucketTable table = CreateTable(arena);
        ref BucketTableState state = ref arena.Arena.At<BucketTableState>(arena.SpareState);
        var random = new Random(1);
        for (int i = 0; i < 5000; i++)
        {
            ulong hash = (ulong)random.NextInt64();
            uint before = state.Lines;
            Assert.True(table.TryAdd(hash, NewRecord(arena, hash)));
            Assert.InRange(state.Lines - before, 0u, before == 0 ? 64u : 1u);
        }

        Assert.InRange(state.Lines, 5000u / 8, 5000u / 6);
    }

    private static BucketTable CreateTable(TestArena arena) =>
        new(
            arena.Arena,
            arena.Heap,
            arena.SpareState,
            arena.Layout.LeafBuckets + ((arena.Layout.Shards - 1) * ArenaLayout.PageBytes),
            arena.Layout.BucketStride,
            arena.Layout.LeafLines);

    private static ulong HashOf(string hashes, Random random) => hashes switch
    {
        "one bucket" => (ulong)random.NextInt64() << 32,
        "one hash" => 0x1234_5678_9ABC_DEF0,
        "one tag" => (ulong)random.NextInt64() & 0x0000_FFFF_FFFF_FFFF,
        _ => (ulong)random.NextInt64(),
    };

    private static uint NewRecord(TestArena arena, ulong hash)
    {
        uint cell = arena.Heap.Take(1);
        if (cell != 0)
        {
            arena.Arena.CellWords(cell, 4, 1)[0] = (uint)hash;
        }

        return cell;
    }

    private static void Add(TestArena arena, BucketTable table, ulong hash, Dictionary<uint, ulong> model, List<uint> cells)
    {
        uint cell = NewRecord(arena, hash);
        if (cell == 0)
        {
            return;
        }

        if (table.TryAdd(hash, cell))
        {
            model.Add(cell, hash);
            cells.Add(cell);
        }
        else
        {
            arena.Heap.Release(cell, 1);
        }

        Assert.Equal((uint)model.Count, table.Count);
    }

    private static uint Remove(TestArena arena, BucketTable table, Random random, Dictionary<uint, ulong> model, List<uint> cells)
    {
        int at = random.Next(cells.Count);
        uint cell = cells[at];
        table.Remove(model[cell], cell);
        arena.Heap.Release(cell, 1);
        model.Remove(cell);
        cells[at] = cells[^1];
        cells.RemoveAt(cells.Count - 1);
        return cell;
    }

    private static void RequireAll(BucketTable table, Dictionary<uint, ulong> model, HashSet<uint> marked)
    {
        foreach ((uint cell, ulong hash) in model)
        {
            Assert.Contains(cell, Find(table, hash));
            Assert.Equal(!marked.Contains(cell), All(table, table.FindUnmarked(hash)).Contains(cell));
        }

        var visited = new HashSet<uint>();
        table.Visit((cell, isMarked) =>
        {
            Assert.True(visited.Add(cell));
            Assert.Equal(marked.Contains(cell), isMarked);
        });
        Assert.Equal(model.Keys.Order(), visited.Order());
        Assert.Equal(marked.Count == model.Count, table.AreAllMarked);
    }

    private static List<uint> Find(BucketTable table, ulong hash) => All(table, table.Find(hash));

    private static List<uint> All(BucketTable table, BucketCursor cursor)
    {
        var found = new List<uint>();
        while (table.TryNext(ref cursor, out uint cell))
        {
            found.Add(cell);
        }

        return found;
    }
}
