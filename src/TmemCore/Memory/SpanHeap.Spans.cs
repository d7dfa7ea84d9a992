namespace TmemCore.Memory;

/// <summary>Making and dropping spans.</summary>
internal sealed partial class SpanHeap
{
    private bool TryMakeTable()
    {
        lock (_cellsLock)
        {
            return _table.TryReach(SizeClasses.Count);
        }
    }

    /// <summary>Makes a span of the frames that there are, as many of them as leave the least over; false when there is none.</summary>
    private bool TryAddSpan(int sizeClass, ref uint cursor, bool isThrifty)
    {
        Span<uint> frames = stackalloc uint[SizeClasses.MaximumFrames];
        int count = 0;
        int wanted = FramesWanted(sizeClass);
        for (; count < wanted; count++)
        {
            uint hint = count == 0 ? FrameAllocator.None : frames[count - 1] + 1;
            frames[count] = _frames.Take(hint, ref cursor);
            if (frames[count] == FrameAllocator.None)
            {
                break;
            }
        }

        bool isShort = count < wanted;
        int best = count == 0 ? 0 : SizeClasses.Frames(sizeClass, count);
        _frames.Release(frames[best..count]);
        frames = frames[..best];
        count = best;
        uint cell = count == 0 || (isShort && isThrifty && SizeClasses.IsWasteful(sizeClass, count)) ? 0 : TakeRecord(sizeClass, count);
        if (cell == 0)
        {
            _frames.Release(frames);
            return false;
        }

        frames.CopyTo(FrameNumbers(cell));
        ref SpanClassRecord record = ref Class(sizeClass);
        record.Spans++;
        record.Frames += (uint)count;
        record.Slots += SpanAt(cell).Slots;
        Link(ref record, cell, group: 0);
        return true;
    }

    private uint TakeRecord(int sizeClass, int frames)
    {
        int slots = SizeClasses.Slots(sizeClass, frames);
        uint cell;
        lock (_cellsLock)
        {
            cell = _cells.Take(SpanRecord.CellsFor(slots, frames));
        }

        if (cell == 0)
        {
            return 0;
        }

        SpanAt(cell) = new SpanRecord { SizeClass = (ushort)sizeClass, Slots = (ushort)slots, Frames = (byte)frames };
        Span<ulong> map = Map(cell);
        map.Fill(ulong.MaxValue);
        if (slots % 64 != 0)
        {
            map[^1] = (1UL << (slots % 64)) - 1;
        }

        return cell;
    }

    private void DropSpan(ref SpanClassRecord record, uint cell)
    {
        Unlink(ref record, cell);
        SpanRecord span = SpanAt(cell);
        record.Spans--;
        record.Frames -= span.Frames;
        record.Slots -= span.Slots;
        _frames.Release(FrameNumbers(cell));
        lock (_cellsLock)
        {
            _cells.Release(cell, SpanRecord.CellsFor(span.Slots, span.Frames));
        }
    }
}
