using System.Numerics;

namespace TmemCore.Store;

/// <summary>Growing and shrinking by a line at a time.</summary>
internal sealed partial class BucketTable
{
    /// <summary>Adds one line and moves to it what belongs there. Growth that finds no memory is put off to the next entry.</summary>
    private void Grow()
    {
        uint lines = Lines;
        if (!_lines.TryReach(lines + 1))
        {
            return;
        }

        At(lines, false) = default;
        Lines = lines + 1;
        uint source = lines & (uint.MaxValue >> BitOperations.LeadingZeroCount(lines) >> 1);
        if (!TryMove(source, lines, lines + 1))
        {
            TryMove(lines, source, lines);
            DropEmptyOverflow(lines);
            Lines = lines;
        }

        Tighten(source);
    }

    /// <summary>Gives up the last line, if its entries fit where they came from.</summary>
    private void Shrink()
    {
        uint last = Lines - 1;
        uint target = last & (uint.MaxValue >> BitOperations.LeadingZeroCount(last) >> 1);
        if (!TryMove(last, target, last))
        {
            TryMove(target, last, last + 1);
            DropEmptyOverflow(target);
            return;
        }

        DropEmptyOverflow(last);
        Lines = last;
        if ((last & 63) == 0)
        {
            _lines.Shorten(last);
        }
    }

    /// <summary>Moves the entries that belong to <paramref name="target"/> among <paramref name="lines"/> out of <paramref name="source"/>.</summary>
    private bool TryMove(uint source, uint target, uint lines)
    {
        uint at = source;
        bool isOverflow = false;
        while (true)
        {
            ref Line here = ref At(at, isOverflow);
            for (int slot = 0; slot < Slots; slot++)
            {
                uint cell = here.Cells[slot];
                if (here.Tags[slot] == 0 || Address(RecordHash(cell), lines) != target)
                {
                    continue;
                }

                if (!TryPlace(target, here.Tags[slot], cell))
                {
                    return false;
                }

                here.Tags[slot] = 0;
                here.Cells[slot] = 0;
            }

            if (here.Overflow == 0)
            {
                return true;
            }

            at = here.Overflow;
            isOverflow = true;
        }
    }
}
