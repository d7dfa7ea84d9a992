using System.Numerics;

namespace TmemCore.Memory;

/// <summary>
/// Emptying sparse spans into fuller ones of their class. The heap chooses and moves; whether a slot may be moved just now is
/// its holder's to say, who keeps it from being used or given back meanwhile.
/// </summary>
internal sealed partial class SpanHeap
{
    /// <summary>Where the last choice was made: a class is compacted to its end before the next one.</summary>
    private int _compactedClass;

    /// <summary>A slot whose move would help to free a span; false when no class could do with a span less.</summary>
    /// <param name="slot">The slot. It may have been given back by the time that its holder looks.</param>
    /// <param name="holder">Whom to ask.</param>
    public bool TryChoose(out ulong slot, out uint holder)
    {
        int first = Volatile.Read(ref _compactedClass);
        for (int i = 0; i < SizeClasses.Count && _table.CommittedBytes > 0; i++)
        {
            int sizeClass = (first + i) % SizeClasses.Count;
            if (IsSparse(sizeClass) && TryChoose(sizeClass, out slot, out holder))
            {
                Volatile.Write(ref _compactedClass, sizeClass);
                return true;
            }
        }

        slot = None;
        holder = 0;
        return false;
    }

    /// <summary>Moves a slot into a fuller span; false when there is none with room, nothing being changed then.</summary>
    /// <param name="slot">A slot that nobody uses or gives back meanwhile.</param>
    /// <param name="moved">Where its holder and data are now.</param>
    public bool TryMove(ulong slot, out ulong moved)
    {
        uint cell = CellOf(slot);
        int sizeClass = SpanAt(cell).SizeClass;
        int slotBytes = SizeClasses.SlotBytes(sizeClass);
        lock (_locks[sizeClass])
        {
            moved = TakeFrom(sizeClass, except: cell);
            if (moved == None)
            {
                return false;
            }

            Span<byte> first = FirstPart(slot, 0, slotBytes, out Span<byte> second);
            CopyIn(moved, 0, first);
            if (!second.IsEmpty)
            {
                CopyIn(moved, first.Length, second);
            }

            ReleaseTo(sizeClass, cell, IndexOf(slot));
            return true;
        }
    }

    /// <summary>Whether a span might be spared, by a look without the lock.</summary>
    private bool IsSparse(int sizeClass)
    {
        ref SpanClassRecord record = ref Class(sizeClass);
        return Volatile.Read(ref record.Slots) - Volatile.Read(ref record.Used) >= SizeClasses.Slots(sizeClass, 1);
    }

    private bool TryChoose(int sizeClass, out ulong slot, out uint holder)
    {
        lock (_locks[sizeClass])
        {
            uint cell = SparsestOf(sizeClass);
            slot = cell == 0 ? None : SlotAt(cell, FirstUsed(cell));
            holder = cell == 0 ? 0 : HolderOf(slot);
            return cell != 0;
        }
    }

    /// <summary>A span of the emptiest list, if the free slots of the others would hold what it has; else 0.</summary>
    private uint SparsestOf(int sizeClass)
    {
        ref SpanClassRecord record = ref Class(sizeClass);
        for (int group = 0; group < SpanClassRecord.Groups; group++)
        {
            uint cell = First(ref record, group);
            if (cell != 0)
            {
                SpanRecord span = SpanAt(cell);
                uint elsewhere = record.Slots - record.Used - (uint)(span.Slots - span.Used);
                return elsewhere >= span.Used ? cell : 0;
            }
        }

        return 0;
    }

    private int FirstUsed(uint cell)
    {
        Span<ulong> map = Map(cell);
        int word = 0;
        while (~map[word] == 0)
        {
            word++;
        }

        return (word * 64) + BitOperations.TrailingZeroCount(~map[word]);
    }
}
