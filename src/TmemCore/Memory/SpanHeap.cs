using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TmemCore.Memory;

/// <summary>
/// Memory for data shorter than a page. Each size class cuts slots from spans of frames that need not be neighbours, so that
/// no size is ever refused while a frame is free; a slot may begin in one frame and end in the next. Thread-safe: a lock for each
/// class guards who has which slot. What is in a slot is its holder's to guard.
/// </summary>
/// <remarks>A slot begins with four bytes that name its holder, so that compaction finds whom to ask.</remarks>
internal sealed partial class SpanHeap
{
    /// <summary>The longest data that a slot holds.</summary>
    public const int MaximumBytes = SizeClasses.MaximumSlotBytes - HolderBytes;

    /// <summary>No slot.</summary>
    public const ulong None = 0;

    private const int HolderBytes = sizeof(uint);

    /// <summary>A class's first span has so many frames at most: a single one leaves more over than the second costs.</summary>
    private const uint FirstFrames = 2;

    /// <summary>Each further span may have half of what its class has already, so that a class of few slots does not hold a large span half filled.</summary>
    private const uint GrowthShare = 2;

    private readonly Arena _arena;
    private readonly FrameAllocator _frames;
    private readonly PagedTable _table;
    private readonly Lock[] _locks;
    private readonly Lock _cellsLock = new();
    private readonly CellHeap _cells;

    /// <param name="arena">Where all of it lies.</param>
    /// <param name="frames">Where spans get their frames.</param>
    /// <param name="cells">Where span records are made; used under a lock of this heap's.</param>
    public SpanHeap(Arena arena, FrameAllocator frames, CellHeap cells)
    {
        _arena = arena;
        _frames = frames;
        _cells = cells;
        _table = new PagedTable(arena, arena.Layout.SpanClasses, ArenaLayout.LineBytes);
        _locks = new Lock[SizeClasses.Count];
        for (int i = 0; i < _locks.Length; i++)
        {
            _locks[i] = new Lock();
        }
    }

    /// <summary>Bytes committed for the table of classes; cells of spans are counted where cells are.</summary>
    public long TableBytes => _table.CommittedBytes;

    /// <summary>Frames that spans hold.</summary>
    public long FramesHeld => Sum(static record => record.Frames);

    /// <summary>Slots in use.</summary>
    public long SlotsInUse => Sum(static record => record.Used);

    /// <summary>The length of the slot that data of <paramref name="bytes"/> (1 to <see cref="MaximumBytes"/>) takes.</summary>
    public static int SlotBytesFor(int bytes) => SizeClasses.SlotBytes(SizeClasses.Of(bytes + HolderBytes));

    /// <summary>The longest data that takes a smaller slot than data of <paramref name="bytes"/>; 0 when no slot is smaller.</summary>
    public static int LongestOfSmallerSlot(int bytes)
    {
        int smaller = SizeClasses.Of(Math.Min(bytes + HolderBytes, SizeClasses.MaximumSlotBytes)) - 1;
        return smaller < 0 ? 0 : SizeClasses.SlotBytes(smaller) - HolderBytes;
    }

    /// <summary>Whether there may be a free slot for data of <paramref name="bytes"/>, by a look without the lock.</summary>
    public bool HasRoomFor(int bytes)
    {
        ref SpanClassRecord record = ref Class(SizeClasses.Of(bytes + HolderBytes));
        return _table.CommittedBytes > 0 && Volatile.Read(ref record.Slots) > Volatile.Read(ref record.Used);
    }

    /// <summary>Takes a slot for <paramref name="bytes"/> (1 to <see cref="MaximumBytes"/>) of data.</summary>
    /// <param name="bytes">The data's length.</param>
    /// <param name="holder">Whom compaction asks before it moves the slot.</param>
    /// <param name="cursor">Where the caller's last search for a frame ended.</param>
    /// <param name="slot">The slot, its data undefined.</param>
    /// <param name="isThrifty">Whether a span that would leave an eighth of its frames unused is not to be made, since more frames may be had yet.</param>
    /// <returns>False when memory is short; nothing is changed then.</returns>
    public bool TryTake(int bytes, uint holder, ref uint cursor, out ulong slot, bool isThrifty = false)
    {
        int sizeClass = SizeClasses.Of(bytes + HolderBytes);
        lock (_locks[sizeClass])
        {
            bool hasTable = _table.CommittedBytes > 0 || TryMakeTable();
            slot = hasTable ? TakeFrom(sizeClass, except: 0) : None;
            if (slot == None && hasTable && TryAddSpan(sizeClass, ref cursor, isThrifty))
            {
                slot = TakeFrom(sizeClass, except: 0);
            }

            if (slot != None)
            {
                CopyIn(slot, 0, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in holder)));
            }

            return slot != None;
        }
    }

    /// <summary>Passes what lies outside of the arena on to a successor.</summary>
    public void PassOn(StateTransfer state)
    {
        _table.PassOn(state);
        state.Pass(ref _compactedClass);
    }

    /// <summary>Gives a slot back, and the frames of its span with the last one.</summary>
    public void Release(ulong slot)
    {
        uint cell = CellOf(slot);
        int sizeClass = SpanAt(cell).SizeClass;
        lock (_locks[sizeClass])
        {
            ReleaseTo(sizeClass, cell, IndexOf(slot));
        }
    }

    /// <summary>Whom compaction asks.</summary>
    public uint HolderOf(ulong slot)
    {
        Span<byte> bytes = stackalloc byte[HolderBytes];
        CopyOut(slot, 0, bytes);
        return MemoryMarshal.Read<uint>(bytes);
    }

    /// <summary>Fills a slot.</summary>
    public void Write(ulong slot, ReadOnlySpan<byte> data) => CopyIn(slot, HolderBytes, data);

    /// <summary>What a slot was filled with.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="bytes">The data's length.</param>
    /// <param name="scratch">Used when the data lies in two frames; as long as the data at least.</param>
    /// <returns>The data: where it lies, or in <paramref name="scratch"/>.</returns>
    public ReadOnlySpan<byte> Read(ulong slot, int bytes, Span<byte> scratch)
    {
        uint cell = CellOf(slot);
        int offset = (IndexOf(slot) * SizeClasses.SlotBytes(SpanAt(cell).SizeClass)) + HolderBytes;
        int inFrame = offset % ArenaLayout.PageBytes;
        if (inFrame + bytes <= ArenaLayout.PageBytes)
        {
            return _arena.Frame(FrameNumbers(cell)[offset / ArenaLayout.PageBytes]).Slice(inFrame, bytes);
        }

        CopyOut(slot, HolderBytes, scratch[..bytes]);
        return scratch[..bytes];
    }

    /// <summary>Frames that the next span of a class had best have.</summary>
    private int FramesWanted(int sizeClass) =>
        SizeClasses.Frames(sizeClass, (int)Math.Min(FirstFrames + (Class(sizeClass).Frames / GrowthShare), SizeClasses.MaximumFrames));

    private long Sum(Func<SpanClassRecord, uint> part)
    {
        long sum = 0;
        for (int sizeClass = 0; sizeClass < SizeClasses.Count && _table.CommittedBytes > 0; sizeClass++)
        {
            lock (_locks[sizeClass])
            {
                sum += part(Class(sizeClass));
            }
        }

        return sum;
    }

    private static uint CellOf(ulong slot) => (uint)(slot >> 16);

    private static int IndexOf(ulong slot) => (int)(slot & 0xffff);

    private static ulong SlotAt(uint cell, int index) => ((ulong)cell << 16) | (uint)index;

    /// <summary>A free slot of the fullest span that has one; <see cref="None"/> when all are in use.</summary>
    private ulong TakeFrom(int sizeClass, uint except)
    {
        ref SpanClassRecord record = ref Class(sizeClass);
        for (int group = SpanClassRecord.Groups - 1; group >= 0; group--)
        {
            uint cell = First(ref record, group);
            cell = cell != 0 && cell == except ? SpanAt(cell).Next : cell;
            if (cell != 0)
            {
                return TakeSlot(ref record, cell);
            }
        }

        return None;
    }

    private ulong TakeSlot(ref SpanClassRecord record, uint cell)
    {
        Span<ulong> map = Map(cell);
        int word = map.IndexOfAnyExcept(0UL);
        int index = (word * 64) + BitOperations.TrailingZeroCount(map[word]);
        map[word] &= map[word] - 1;
        record.Used++;
        SpanAt(cell).Used++;
        Regroup(ref record, cell);
        return SlotAt(cell, index);
    }

    private void ReleaseTo(int sizeClass, uint cell, int index)
    {
        ref SpanClassRecord record = ref Class(sizeClass);
        Map(cell)[index / 64] |= 1UL << (index % 64);
        record.Used--;
        SpanAt(cell).Used--;
        if (SpanAt(cell).Used == 0)
        {
            DropSpan(ref record, cell);
        }
        else
        {
            Regroup(ref record, cell);
        }
    }

    private void Regroup(ref SpanClassRecord record, uint cell)
    {
        ref SpanRecord span = ref SpanAt(cell);
        byte group = SpanClassRecord.GroupOf(span.Used, span.Slots);
        if (group != span.Group)
        {
            Unlink(ref record, cell);
            Link(ref record, cell, group);
        }
    }

    private void Link(ref SpanClassRecord record, uint cell, byte group)
    {
        ref SpanRecord span = ref SpanAt(cell);
        span.Group = group;
        span.Previous = 0;
        span.Next = 0;
        if (group == SpanClassRecord.Full)
        {
            return;
        }

        ref uint first = ref First(ref record, group);
        span.Next = first;
        if (first != 0)
        {
            SpanAt(first).Previous = cell;
        }

        first = cell;
    }

    private void Unlink(ref SpanClassRecord record, uint cell)
    {
        SpanRecord span = SpanAt(cell);
        if (span.Group == SpanClassRecord.Full)
        {
            return;
        }

        if (span.Previous != 0)
        {
            SpanAt(span.Previous).Next = span.Next;
        }
        else
        {
            First(ref record, span.Group) = span.Next;
        }

        if (span.Next != 0)
        {
            SpanAt(span.Next).Previous = span.Previous;
        }
    }

    /// <summary>Copies into a slot from some byte on, over the border between its frames if need be.</summary>
    private void CopyIn(ulong slot, int from, ReadOnlySpan<byte> data)
    {
        Span<byte> first = FirstPart(slot, from, data.Length, out Span<byte> second);
        data[..first.Length].CopyTo(first);
        data[first.Length..].CopyTo(second);
    }

    private void CopyOut(ulong slot, int from, Span<byte> data)
    {
        Span<byte> first = FirstPart(slot, from, data.Length, out Span<byte> second);
        first.CopyTo(data);
        second.CopyTo(data[first.Length..]);
    }

    /// <summary>Bytes of a slot: those in the frame where they begin, and those in the next.</summary>
    private Span<byte> FirstPart(ulong slot, int from, int bytes, out Span<byte> second)
    {
        uint cell = CellOf(slot);
        int slotBytes = SizeClasses.SlotBytes(SpanAt(cell).SizeClass);
        if (from + bytes > slotBytes)
        {
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, $"The slot holds {slotBytes - HolderBytes:N0} bytes.");
        }

        int offset = (IndexOf(slot) * slotBytes) + from;
        int frame = offset / ArenaLayout.PageBytes;
        int inFrame = offset % ArenaLayout.PageBytes;
        int here = Math.Min(bytes, ArenaLayout.PageBytes - inFrame);
        second = here == bytes ? default : _arena.Frame(FrameNumbers(cell)[frame + 1])[..(bytes - here)];
        return _arena.Frame(FrameNumbers(cell)[frame]).Slice(inFrame, here);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref SpanRecord SpanAt(uint cell) => ref _arena.Cell<SpanRecord>(cell);

    private ref SpanClassRecord Class(int sizeClass) =>
        ref _arena.At<SpanClassRecord>(_arena.Layout.SpanClasses + ((long)sizeClass * ArenaLayout.LineBytes));

    private static ref uint First(ref SpanClassRecord record, int group)
    {
        switch (group)
        {
            case 0:
                return ref record.First0;
            case 1:
                return ref record.First1;
            case 2:
                return ref record.First2;
            default:
                return ref record.First3;
        }
    }

    private Span<ulong> Map(uint cell) => MemoryMarshal.Cast<uint, ulong>(
        _arena.CellWords(cell, SpanRecord.HeaderBytes, SpanAt(cell).MapWords * 2));

    private Span<uint> FrameNumbers(uint cell) => _arena.CellWords(
        cell, SpanRecord.HeaderBytes + (SpanAt(cell).MapWords * sizeof(ulong)), SpanAt(cell).Frames);
}
