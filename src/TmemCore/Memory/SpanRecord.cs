using System.Runtime.InteropServices;

namespace TmemCore.Memory;

/// <summary>
/// A span of <see cref="SpanHeap"/>: this header, then a map of its free slots (words of 64 bits), then the numbers of its frames.
/// The frames need not be neighbours. It takes 1, 2, 3 or 5 cells.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SpanRecord
{
    /// <summary>Where the map begins.</summary>
    public const int HeaderBytes = 16;

    public ushort SizeClass;
    public ushort Used;
    public ushort Slots;

    /// <summary>Frames held.</summary>
    public byte Frames;

    /// <summary>The list that it is in, see <see cref="SpanClassRecord"/>; all slots in use: none.</summary>
    public byte Group;

    /// <summary>The other spans of the list, as cells; 0 for none.</summary>
    public uint Previous;
    public uint Next;

    /// <summary>Words of the map.</summary>
    public readonly int MapWords => (Slots + 63) / 64;

    /// <summary>Cells that a record of some slots and frames takes.</summary>
    public static int CellsFor(int slots, int frames)
    {
        int bytes = HeaderBytes + ((slots + 63) / 64 * sizeof(ulong)) + (frames * sizeof(uint));
        int cells = (bytes + ArenaLayout.CellBytes - 1) / ArenaLayout.CellBytes;
        return cells == 4 ? 5 : cells;
    }
}

/// <summary>What <see cref="SpanHeap"/> remembers of one size class, inside the arena: a line of its own.</summary>
[StructLayout(LayoutKind.Sequential, Size = ArenaLayout.LineBytes)]
internal struct SpanClassRecord
{
    /// <summary>Lists of spans with free slots: up to a quarter in use, up to a half, up to three quarters, more.</summary>
    public const int Groups = 4;

    /// <summary>The list of a full span.</summary>
    public const byte Full = Groups;

    public uint First0;
    public uint First1;
    public uint First2;
    public uint First3;

    public uint Spans;
    public uint Frames;
    public uint Slots;
    public uint Used;

    /// <summary>The list that a span with that many slots in use belongs to.</summary>
    public static byte GroupOf(int used, int slots) =>
        used == slots ? Full : (byte)Math.Min(used * Groups / slots, Groups - 1);
}
