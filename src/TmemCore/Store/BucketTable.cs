using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>What a <see cref="BucketTable"/> remembers, inside the arena.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BucketTableState
{
    /// <summary>Lines in use, not counting overflow lines; 0 until the first entry.</summary>
    public uint Lines;

    /// <summary>Entries.</summary>
    public uint Count;

    /// <summary>Those of them with the mark.</summary>
    public uint Marked;
}

/// <summary>A cursor over the entries that may be the one sought.</summary>
internal ref struct BucketCursor
{
    public uint Line;
    public uint Matches;
    public ushort Tag;
    public ushort Ignored;
    public bool IsOverflow;
}

/// <summary>
/// A hash table of record cells. Each line of 64 bytes holds ten 16-bit tags and the ten cells that they belong to, so
/// that a lookup usually touches one line before the record. It grows and shrinks a line at a time (linear hashing): no
/// operation ever waits for a whole table to move. Records keep the low 32 bits of their hash at byte 4.
/// </summary>
/// <remarks>
/// Guarded by the lock of the shard it belongs to. The lowest bit of a tag is a mark that the table's user sets: who wants records without it only
/// does not touch the others.
/// </remarks>
internal sealed partial class BucketTable(
    Arena arena, CellHeap heap, long stateOffset, long linesOffset, long strideBytes, uint maximumLines)
{
    private const int Slots = 10;
    private const uint FirstLines = 64;
    private const uint LinesPerPage = ArenaLayout.PageBytes / ArenaLayout.LineBytes;
    private const uint SlotMask = (1 << Slots) - 1;
    private const ushort Mark = 1;

    /// <summary>Entries per line above which the table grows, and below which it shrinks.</summary>
    private const uint GrowLoad = 7;
    private const uint ShrinkLoad = 2;

    private readonly PagedTable _lines = new(arena, linesOffset, ArenaLayout.LineBytes, strideBytes: strideBytes);
    private readonly int _strideShift = BitOperations.IsPow2(strideBytes)
        ? BitOperations.Log2((ulong)strideBytes)
        : throw new ArgumentOutOfRangeException(nameof(strideBytes), strideBytes, "The step from page to page is a power of two.");
    private uint _lineCount;

    /// <summary>Ten tags, the next line of an overflowing bucket, ten cells.</summary>
    [StructLayout(LayoutKind.Sequential, Size = ArenaLayout.LineBytes)]
    private struct Line
    {
        public SlotTags Tags;
        public uint Overflow;
        public SlotCells Cells;
    }

    [InlineArray(Slots)]
    private struct SlotTags
    {
        private ushort _first;
    }

    [InlineArray(Slots)]
    private struct SlotCells
    {
        private uint _first;
    }

    /// <summary>Lines in use; noted outside of the arena as well, where they can be read without a lock.</summary>
    private uint Lines
    {
        get => _lineCount;
        set
        {
            State.Lines = value;
            _lineCount = value;
        }
    }

    private ref BucketTableState State => ref arena.At<BucketTableState>(stateOffset);

    /// <summary>Entries in the table.</summary>
    public uint Count => State.Count;

    /// <summary>Whether a search among the records without the mark finds none, whatever it looks for: it need not wait for a line then.</summary>
    public bool AreAllMarked
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            ref BucketTableState state = ref State;
            return state.Marked == state.Count;
        }
    }

    /// <summary>Bytes committed for lines; overflow lines are cells.</summary>
    public long CommittedBytes => _lines.CommittedBytes;

    /// <summary>Passes what lies outside of the arena on to a successor.</summary>
    public void PassOn(StateTransfer state)
    {
        _lines.PassOn(state);
        state.Pass(ref _lineCount);
    }

    /// <summary>Begins a search among the records without the mark; <see cref="TryNext"/> gives the candidates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BucketCursor FindUnmarked(ulong hash) => Find(hash, TagOf(hash), ignored: 0);

    /// <summary>Begins a search among all records; <see cref="TryNext"/> gives the candidates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BucketCursor Find(ulong hash) => Find(hash, (ushort)(TagOf(hash) | Mark), Mark);

    /// <summary>Asks for the line of a bucket that will be searched. Wants no lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong hash)
    {
        uint lines = Lines;
        if (lines != 0)
        {
            arena.PrefetchAt(OffsetOf(Address((uint)hash, lines)));
        }
    }

    /// <summary>The first record with the tag, or 0: a guess, also without the lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Peek(ulong hash)
    {
        uint lines = Lines;
        if (lines == 0)
        {
            return 0;
        }

        ref Line line = ref At(Address((uint)hash, lines), false);
        uint matches = MatchTags(ref line, (ushort)(TagOf(hash) | Mark), Mark);
        return matches == 0 ? 0 : line.Cells[BitOperations.TrailingZeroCount(matches)];
    }

    /// <summary>The next record whose tag is the one sought; the caller compares keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryNext(ref BucketCursor cursor, out uint cell)
    {
        while (cursor.Matches == 0)
        {
            if (Lines == 0 || !TryOverflow(ref cursor))
            {
                cell = 0;
                return false;
            }
        }

        int slot = BitOperations.TrailingZeroCount(cursor.Matches);
        cursor.Matches &= cursor.Matches - 1;
        cell = At(cursor.Line, cursor.IsOverflow).Cells[slot];
        return true;
    }

    /// <summary>Adds a record; false when memory is short, nothing being changed then.</summary>
    public bool TryAdd(ulong hash, uint cell)
    {
        if (Lines == 0)
        {
            if (!_lines.TryReach(FirstLines))
            {
                return false;
            }

            Lines = FirstLines;
        }

        if (!TryPlace(Address((uint)hash, Lines), TagOf(hash), cell))
        {
            return false;
        }

        State.Count++;
        if (State.Count > Lines * GrowLoad && Lines < maximumLines)
        {
            Grow();
        }

        return true;
    }

    /// <summary>Removes a record that is in the table.</summary>
    public void Remove(ulong hash, uint cell)
    {
        uint line = Address((uint)hash, Lines);
        (uint at, bool isOverflow, int slot) = Locate(line, cell);
        ref Line found = ref At(at, isOverflow);
        State.Marked -= (uint)found.Tags[slot] & Mark;
        found.Tags[slot] = 0;
        found.Cells[slot] = 0;
        Tighten(line);
        State.Count--;
        if (Lines > FirstLines && State.Count < Lines * ShrinkLoad)
        {
            Shrink();
        }
    }

    /// <summary>Marks a record that is in the table, for good.</summary>
    public void SetMark(ulong hash, uint cell)
    {
        (uint at, bool isOverflow, int slot) = Locate(Address((uint)hash, Lines), cell);
        ref ushort tag = ref At(at, isOverflow).Tags[slot];
        State.Marked += (uint)~tag & Mark;
        tag |= Mark;
    }

    /// <summary>Puts another cell in a record's place, when the record has moved.</summary>
    public void Replace(ulong hash, uint cell, uint newCell)
    {
        (uint at, bool isOverflow, int slot) = Locate(Address((uint)hash, Lines), cell);
        At(at, isOverflow).Cells[slot] = newCell;
    }

    /// <summary>Gives back what an empty table does not need.</summary>
    public void Trim()
    {
        if (State.Count == 0)
        {
            Lines = 0;
            _lines.Shorten(0);
        }
    }

    /// <summary>Calls <paramref name="visit"/> for each record, and whether it has the mark.</summary>
    /// <returns>The overflow cells seen.</returns>
    public uint Visit(Action<uint, bool> visit)
    {
        uint overflows = 0;
        for (uint first = 0; first < Lines; first++)
        {
            uint at = first;
            bool isOverflow = false;
            while (true)
            {
                Line line = At(at, isOverflow);
                for (int slot = 0; slot < Slots; slot++)
                {
                    if (line.Tags[slot] != 0)
                    {
                        visit(line.Cells[slot], (line.Tags[slot] & Mark) != 0);
                    }
                }

                if (line.Overflow == 0)
                {
                    break;
                }

                at = line.Overflow;
                isOverflow = true;
                overflows++;
            }
        }

        return overflows;
    }

    /// <summary>The tag without the mark; never 0, which an empty slot has.</summary>
    private static ushort TagOf(ulong hash) => (ushort)Math.Max((hash >> 48) & ~(ulong)Mark, Mark << 1);

    /// <summary>The bucket of a hash among <paramref name="lines"/>: those of the coming doubling exist up to the last line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Address(uint hash, uint lines)
    {
        uint mask = uint.MaxValue >> BitOperations.LeadingZeroCount(lines - 1);
        uint line = hash & mask;
        return line < lines ? line : line & (mask >> 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint MatchTags(ref Line line, ushort tag, ushort ignored = 0)
    {
        Vector256<ushort> tags = Vector256.LoadUnsafe(ref Unsafe.As<Line, ushort>(ref line)) | Vector256.Create(ignored);
        return Vector256.Equals(tags, Vector256.Create(tag)).ExtractMostSignificantBits() & SlotMask;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private BucketCursor Find(ulong hash, ushort tag, ushort ignored)
    {
        uint lines = Lines;
        var cursor = new BucketCursor { Tag = tag, Ignored = ignored };
        if (lines != 0)
        {
            cursor.Line = Address((uint)hash, lines);
            cursor.Matches = MatchTags(ref At(cursor.Line, false), tag, ignored);
        }

        return cursor;
    }

    private bool TryOverflow(ref BucketCursor cursor)
    {
        uint next = At(cursor.Line, cursor.IsOverflow).Overflow;
        if (next == 0)
        {
            return false;
        }

        cursor.Line = next;
        cursor.IsOverflow = true;
        cursor.Matches = MatchTags(ref At(next, true), cursor.Tag, cursor.Ignored);
        return true;
    }

    private bool TryPlace(uint line, ushort tag, uint cell)
    {
        uint at = line;
        bool isOverflow = false;
        while (true)
        {
            ref Line here = ref At(at, isOverflow);
            uint empty = MatchTags(ref here, 0);
            if (empty != 0)
            {
                int slot = BitOperations.TrailingZeroCount(empty);
                here.Tags[slot] = tag;
                here.Cells[slot] = cell;
                return true;
            }

            if (here.Overflow == 0)
            {
                return TryPlaceInNewLine(ref here, tag, cell);
            }

            at = here.Overflow;
            isOverflow = true;
        }
    }

    private bool TryPlaceInNewLine(ref Line last, ushort tag, uint cell)
    {
        uint added = heap.Take(1);
        if (added == 0)
        {
            return false;
        }

        ref Line line = ref At(added, true);
        line = default;
        line.Tags[0] = tag;
        line.Cells[0] = cell;
        last.Overflow = added;
        return true;
    }

    private (uint At, bool IsOverflow, int Slot) Locate(uint line, uint cell)
    {
        uint at = line;
        bool isOverflow = false;
        while (true)
        {
            ref Line here = ref At(at, isOverflow);
            for (int slot = 0; slot < Slots; slot++)
            {
                if (here.Cells[slot] == cell)
                {
                    return (at, isOverflow, slot);
                }
            }

            at = here.Overflow;
            isOverflow = true;
            if (at == 0)
            {
                throw new InvalidOperationException($"Record {cell} is missing from bucket {line} of the index.");
            }
        }
    }

    /// <summary>Moves what the first line of a bucket has room for out of the others, so that few searches go on to a second one.</summary>
    private void Tighten(uint line)
    {
        ref Line first = ref At(line, false);
        for (uint at = first.Overflow; at != 0; at = At(at, true).Overflow)
        {
            ref Line here = ref At(at, true);
            for (uint used = ~MatchTags(ref here, 0) & SlotMask; used != 0; used &= used - 1)
            {
                uint empty = MatchTags(ref first, 0);
                if (empty == 0)
                {
                    DropEmptyOverflow(line);
                    return;
                }

                int from = BitOperations.TrailingZeroCount(used);
                int to = BitOperations.TrailingZeroCount(empty);
                first.Tags[to] = here.Tags[from];
                first.Cells[to] = here.Cells[from];
                here.Tags[from] = 0;
                here.Cells[from] = 0;
            }
        }

        DropEmptyOverflow(line);
    }

    private void DropEmptyOverflow(uint line)
    {
        uint previous = line;
        bool isOverflow = false;
        for (uint at = At(line, false).Overflow; at != 0;)
        {
            ref Line here = ref At(at, true);
            uint next = here.Overflow;
            if (MatchTags(ref here, 0) == SlotMask)
            {
                At(previous, isOverflow).Overflow = next;
                heap.Release(at, 1);
            }
            else
            {
                previous = at;
                isOverflow = true;
            }

            at = next;
        }
    }

    private uint RecordHash(uint cell) => arena.CellWords(cell, 4, 1)[0];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Line At(uint line, bool isOverflow) => ref isOverflow
        ? ref arena.Cell<Line>(line)
        : ref arena.At<Line>(OffsetOf(line));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long OffsetOf(uint line) =>
        linesOffset + ((long)(line / LinesPerPage) << _strideShift) + (line % LinesPerPage * ArenaLayout.LineBytes);
}
