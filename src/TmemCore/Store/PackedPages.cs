using TmemCore.Codecs;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>
/// Entries known by a number of their own and not by a frame's: what takes fewer bytes than a frame, and what took fewer before it was
/// replaced. Numbers belong to shards for good, and all that is done with a number is done under its shard's lock; what shards
/// share has locks of its own.
/// </summary>
internal sealed partial class PackedPages
{
    /// <summary>Longer results are not kept: each get would pay for a page's decompression, for less than an eighth of its memory.</summary>
    public const int MaximumBytes = ArenaLayout.PageBytes - (ArenaLayout.PageBytes / 8);

    /// <summary>No page.</summary>
    public const uint None = PageDescriptor.None;

    /// <summary>Numbers that a shard takes at once: from a multiple of it on, all belong to one shard.</summary>
    public const int NumbersPerStep = 64;

    private readonly Arena _arena;
    private readonly FrameAllocator _frames;
    private readonly SpanHeap _spans;
    private readonly PagedTable _records;
    private readonly PagedTable _descriptors;
    private readonly Lock _growing = new();
    private uint _fresh;

    public PackedPages(Arena arena, FrameAllocator frames, SpanHeap spans)
    {
        _arena = arena;
        _frames = frames;
        _spans = spans;
        ArenaLayout layout = arena.Layout;
        First = layout.FirstPacked;
        _records = new PagedTable(
            arena, layout.Packed, ArenaLayout.PackedRecordBytes, arena.UsesHugeMetadata ? layout.Ghosts : 0, clears: false);
        _descriptors = new PagedTable(
            arena, layout.PackedDescriptors, ArenaLayout.DescriptorBytes, arena.UsesHugeMetadata ? layout.Packed : 0);
    }

    /// <summary>The lowest number; lower ones are frames.</summary>
    public uint First { get; }

    /// <summary>Bytes committed for records and descriptors.</summary>
    public long TableBytes => _records.CommittedBytes + _descriptors.CommittedBytes;

    /// <summary>Passes what lies outside of the arena on to a successor.</summary>
    public void PassOn(StateTransfer state)
    {
        _records.PassOn(state);
        _descriptors.PassOn(state);
        state.Pass(ref _fresh);
    }

    /// <summary>Keeps an entry.</summary>
    /// <param name="form">What it has become.</param>
    /// <param name="data">The bytes to keep.</param>
    /// <param name="shelf">The shard's.</param>
    /// <param name="page">The entry's number, or <see cref="None"/>.</param>
    /// <param name="isThrifty">Whether memory is rather to be called short than wasted.</param>
    /// <returns>False when memory is short; nothing is changed then.</returns>
    public bool TryPut(in PackedForm form, ReadOnlySpan<byte> data, ref PackedShelf shelf, out uint page, bool isThrifty = false)
    {
        page = None;
        if (!TryTakeNumber(ref shelf, out uint number))
        {
            return false;
        }

        if (!TryFill(number, form, data, ref shelf, isThrifty))
        {
            ReleaseNumber(number, ref shelf);
            return false;
        }

        page = First + number;
        return true;
    }

    /// <summary>Keeps another entry under a number; false when memory is short: the old one is still there then.</summary>
    public bool TryReplace(uint page, in PackedForm form, ReadOnlySpan<byte> data, ref PackedShelf shelf, bool isThrifty = false)
    {
        PackedRecord old = At(page - First);
        if (old.Kind == PackedPlace.Slot && IsSameSize(old.Bytes, form.Bytes))
        {
            _spans.Write(old.Place, data);
            Note(page - First, form, PackedPlace.Slot, old.Place, ref shelf);
            return true;
        }

        if (!TryFill(page - First, form, data, ref shelf, isThrifty))
        {
            return false;
        }

        Free(old);
        return true;
    }

    /// <summary>Keeps another entry under a number, in a frame that the caller has taken and filled.</summary>
    public void ReplaceByFrame(uint page, uint frame, int length, ref PackedShelf shelf)
    {
        PackedRecord old = At(page - First);
        Note(page - First, new PackedForm(PageCodecId.None, length, 0, 0), PackedPlace.Frame, frame, ref shelf);
        Free(old);
    }

    /// <summary>The frame of an entry that is kept whole, or <see cref="FrameAllocator.None"/>.</summary>
    public uint FrameOf(uint page)
    {
        PackedRecord record = At(page - First);
        return record.Kind == PackedPlace.Frame ? (uint)record.Place : FrameAllocator.None;
    }

    /// <summary>How an entry is kept.</summary>
    public PackedForm FormOf(uint page)
    {
        PackedRecord record = At(page - First);
        return new PackedForm(
            record.Codec, record.Length, record.Bytes, record.Kind == PackedPlace.Word ? record.Place : 0)
        {
            Tag = record.Tag,
        };
    }

    /// <summary>The tag of an entry.</summary>
    public byte TagOf(uint page) => At(page - First).Tag;

    /// <summary>The bytes that are kept of an entry: where they lie, or in <paramref name="joined"/> when they lie in two frames.</summary>
    public ReadOnlySpan<byte> DataOf(uint page, Span<byte> joined)
    {
        PackedRecord record = At(page - First);
        return record.Kind switch
        {
            PackedPlace.Slot => _spans.Read(record.Place, record.Bytes, joined),
            PackedPlace.Frame => _arena.Frame((uint)record.Place)[..record.Length],
            _ => default,
        };
    }

    /// <summary>What an entry takes, its record included, in bytes.</summary>
    public int SizeOf(uint page)
    {
        PackedRecord record = At(page - First);
        return SizeOf(record.Kind, record.Bytes);
    }

    /// <summary>What an entry will take, its record included, in bytes.</summary>
    public static int SizeOf(in PackedForm form) => SizeOf(KindOf(form), form.Bytes);

    /// <summary>Whether there may be a slot for an entry, by a look without a lock of the spans; wants the lock of any shard.</summary>
    public bool HasRoomFor(in PackedForm form) => form.Bytes == 0 || (form.Bytes <= SpanHeap.MaximumBytes && _spans.HasRoomFor(form.Bytes));

    /// <summary>Gives an entry up.</summary>
    public void Release(uint page, ref PackedShelf shelf)
    {
        Free(At(page - First));
        ReleaseNumber(page - First, ref shelf);
    }

    /// <summary>A page whose move out of a sparse span would help; wants the lock of any shard.</summary>
    /// <param name="slot">Where it is.</param>
    /// <param name="page">Its number; it may have gone by the time that its shard's lock is taken.</param>
    /// <param name="shard">The shard whose lock is wanted.</param>
    public bool TryChoose(out ulong slot, out uint page, out int shard)
    {
        bool isFound = _spans.TryChoose(out slot, out uint number) && number < Volatile.Read(ref _fresh);
        page = isFound ? First + number : None;
        shard = isFound ? At(number).Shard : 0;
        return isFound;
    }

    /// <summary>Moves a page out of its slot, if it is still there; wants its shard's lock.</summary>
    /// <returns>The bytes that were moved, 0 when there was nothing to move or nowhere to.</returns>
    public int TryMove(uint page, ulong slot)
    {
        ref PackedRecord record = ref At(page - First);
        if (record.Kind != PackedPlace.Slot || record.Place != slot || !_spans.TryMove(slot, out ulong moved))
        {
            return 0;
        }

        record.Place = moved;
        return record.Bytes;
    }

    /// <summary>Whether a number is in use, for <see cref="PageStore.Verify"/>.</summary>
    public bool IsInUse(uint page) => page >= First && page - First < _fresh && At(page - First).Kind != PackedPlace.Nowhere;

    /// <summary>Whether a page's slot, if it has one, names the page as its holder.</summary>
    public bool HoldsSlot(uint page)
    {
        PackedRecord record = At(page - First);
        return record.Kind != PackedPlace.Slot || _spans.HolderOf(record.Place) == page - First;
    }

    /// <summary>The shard that a number belongs to.</summary>
    public int ShardOf(uint page) => At(page - First).Shard;

    private static bool IsSameSize(int bytes, int others) =>
        bytes is > 0 and <= SpanHeap.MaximumBytes && others is > 0 and <= SpanHeap.MaximumBytes && SpanHeap.SlotBytesFor(bytes) == SpanHeap.SlotBytesFor(others);

    private static PackedPlace KindOf(in PackedForm form) => form.Bytes switch
    {
        0 => PackedPlace.Word,
        > SpanHeap.MaximumBytes => PackedPlace.Frame,
        _ => PackedPlace.Slot,
    };

    private static int SizeOf(PackedPlace kind, int bytes) => ArenaLayout.PackedRecordBytes + kind switch
    {
        PackedPlace.Slot => SpanHeap.SlotBytesFor(bytes),
        PackedPlace.Frame => ArenaLayout.PageBytes,
        _ => 0,
    };

    private bool TryFill(uint number, in PackedForm form, ReadOnlySpan<byte> data, ref PackedShelf shelf, bool isThrifty)
    {
        if (form.Bytes == 0)
        {
            Note(number, form, PackedPlace.Word, form.Word, ref shelf);
            return true;
        }

        if (form.Bytes > SpanHeap.MaximumBytes)
        {
            return TryFillFrame(number, form, data, ref shelf);
        }

        if (!_spans.TryTake(form.Bytes, number, ref shelf.FrameCursor, out ulong slot, isThrifty))
        {
            return false;
        }

        _spans.Write(slot, data);
        Note(number, form, PackedPlace.Slot, slot, ref shelf);
        return true;
    }

    private bool TryFillFrame(uint number, in PackedForm form, ReadOnlySpan<byte> data, ref PackedShelf shelf)
    {
        uint frame = _frames.Take(FrameAllocator.None, ref shelf.FrameCursor);
        if (frame == FrameAllocator.None)
        {
            return false;
        }

        data.CopyTo(_arena.Frame(frame));
        Note(number, form with { Bytes = 0 }, PackedPlace.Frame, frame, ref shelf);
        return true;
    }

    private void Note(uint number, in PackedForm form, PackedPlace kind, ulong place, ref PackedShelf shelf)
    {
        ref PackedRecord record = ref At(number);
        UncountCold(record, ref shelf);
        record.Place = place;
        record.Bytes = (ushort)form.Bytes;
        record.Length = (ushort)form.Length;
        record.Tag = form.Tag;
        record.Codec = form.Codec;
        record.Kind = kind;
    }

    private void Free(in PackedRecord record)
    {
        if (record.Kind == PackedPlace.Slot)
        {
            _spans.Release(record.Place);
        }
        else if (record.Kind == PackedPlace.Frame)
        {
            _frames.Release((uint)record.Place);
        }
    }

    private bool TryTakeNumber(ref PackedShelf shelf, out uint number)
    {
        if (shelf.FreePlusOne == 0 && !TryRefill(ref shelf))
        {
            number = None;
            return false;
        }

        number = shelf.FreePlusOne - 1;
        shelf.FreePlusOne = (uint)At(number).Place;
        return true;
    }

    private void ReleaseNumber(uint number, ref PackedShelf shelf)
    {
        UncountCold(At(number), ref shelf);
        At(number) = new PackedRecord { Place = shelf.FreePlusOne, Shard = shelf.Shard };
        shelf.FreePlusOne = number + 1;
    }

    private bool TryRefill(ref PackedShelf shelf)
    {
        uint first;
        uint count;
        lock (_growing)
        {
            first = _fresh;
            count = Math.Min(NumbersPerStep, _arena.Layout.PackedPages - first);
            if (count == 0 || !_records.TryReach(first + count) || !_descriptors.TryReach(first + count))
            {
                return false;
            }

            for (uint number = first; number < first + count; number++)
            {
                At(number) = new PackedRecord { Shard = shelf.Shard };
            }

            Volatile.Write(ref _fresh, first + count);
        }

        for (uint number = first + count; number-- > first;)
        {
            ReleaseNumber(number, ref shelf);
        }

        return true;
    }

    private ref PackedRecord At(uint number) =>
        ref _arena.At<PackedRecord>(_arena.Layout.Packed + ((long)number * ArenaLayout.PackedRecordBytes));
}

/// <summary>What a shard keeps for <see cref="PackedPages"/>.</summary>
internal struct PackedShelf
{
    /// <summary>The first of the shard's free numbers plus 1; 0 for none.</summary>
    public uint FreePlusOne;

    /// <summary>Where the last search for a frame ended.</summary>
    public uint FrameCursor;

    /// <summary>The shard's number.</summary>
    public ushort Shard;

    /// <summary>Entries marked as <see cref="PackedMarks.Cold"/>.</summary>
    public uint ColdPages;

    /// <summary>Reads of such.</summary>
    public ulong ColdReads;
}
