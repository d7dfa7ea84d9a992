using System.Numerics;
using System.Runtime.InteropServices;

namespace TmemCore.Memory;

/// <summary>What a <see cref="CellHeap"/> remembers, inside the arena: page numbers, 0 for none.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CellHeapState
{
    public uint Partial1;
    public uint Partial2;
    public uint Partial3;
    public uint Partial5;
    public uint Spare;
    public uint Pages;
    public uint Cells;
}

/// <summary>
/// Cuts runs of 1, 2, 3 or 5 neighbouring cells of 64 bytes out of pages. Each shard has a heap of its own, guarded by the
/// shard's lock. A page serves one length of run; one empty page is kept, so that a heap at the edge does not thrash.
/// </summary>
internal sealed class CellHeap(Arena arena, CellPages pages, long stateOffset)
{
    /// <summary>The first cell of a page.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PageHeader
    {
        public ulong FreeSlots;
        public uint Length;
        public uint Previous;
        public uint Next;
    }

    private ref CellHeapState State => ref arena.At<CellHeapState>(stateOffset);

    /// <summary>Cells in use, page headers not counted.</summary>
    public uint CellsInUse => State.Cells;

    /// <summary>Pages held.</summary>
    public uint PagesHeld => State.Pages;

    /// <summary>Takes a run of <paramref name="length"/> cells with undefined content; 0 when memory is short.</summary>
    public uint Take(int length)
    {
        if (arena.Budget.IsFaulted)
        {
            return 0;
        }

        ref uint partial = ref Partial(length);
        if (partial == 0 && !TryAddPage(length))
        {
            return 0;
        }

        uint page = partial;
        ref PageHeader header = ref Header(page);
        int slot = BitOperations.TrailingZeroCount(header.FreeSlots);
        header.FreeSlots &= header.FreeSlots - 1;
        if (header.FreeSlots == 0)
        {
            Unlink(page, length);
        }

        State.Cells += (uint)length;
        return (page * ArenaLayout.CellsPerPage) + 1 + (uint)(slot * length);
    }

    /// <summary>Gives a run back.</summary>
    public void Release(uint cell, int length)
    {
        uint page = cell / ArenaLayout.CellsPerPage;
        int slot = (int)((cell % ArenaLayout.CellsPerPage) - 1) / length;
        ref PageHeader header = ref Header(page);
        if (header.FreeSlots == 0)
        {
            Link(page, length);
        }

        header.FreeSlots |= 1UL << slot;
        State.Cells -= (uint)length;
        if (header.FreeSlots == AllFree(length))
        {
            Unlink(page, length);
            Retire(page);
        }
    }

    /// <summary>Gives the spare page back, when memory is wanted elsewhere.</summary>
    public void Trim()
    {
        if (State.Spare != 0)
        {
            pages.Release(State.Spare);
            State.Spare = 0;
            State.Pages--;
        }
    }

    private static ulong AllFree(int length) => (1UL << ((ArenaLayout.CellsPerPage - 1) / length)) - 1;

    private void Retire(uint page)
    {
        if (State.Spare == 0)
        {
            State.Spare = page;
            return;
        }

        pages.Release(page);
        State.Pages--;
    }

    private bool TryAddPage(int length)
    {
        uint page = State.Spare;
        State.Spare = 0;
        if (page == 0)
        {
            page = pages.Take();
            if (page == 0)
            {
                return false;
            }

            State.Pages++;
        }

        Header(page) = new PageHeader { FreeSlots = AllFree(length), Length = (uint)length };
        Link(page, length);
        return true;
    }

    private void Link(uint page, int length)
    {
        ref uint first = ref Partial(length);
        ref PageHeader header = ref Header(page);
        header.Previous = 0;
        header.Next = first;
        if (first != 0)
        {
            Header(first).Previous = page;
        }

        first = page;
    }

    private void Unlink(uint page, int length)
    {
        PageHeader header = Header(page);
        if (header.Previous != 0)
        {
            Header(header.Previous).Next = header.Next;
        }
        else
        {
            Partial(length) = header.Next;
        }

        if (header.Next != 0)
        {
            Header(header.Next).Previous = header.Previous;
        }
    }

    private ref PageHeader Header(uint page) => ref arena.Cell<PageHeader>(page * ArenaLayout.CellsPerPage);

    private ref uint Partial(int length)
    {
        switch (length)
        {
            case 1:
                return ref State.Partial1;
            case 2:
                return ref State.Partial2;
            case 3:
                return ref State.Partial3;
            default:
                return ref State.Partial5;
        }
    }
}
