using System.Numerics;
using System.Runtime.InteropServices;

namespace TmemCore.Store;

/// <summary>
/// The pages of an object at 64 neighbouring indexes: a header of 32 bytes, then the descriptor numbers of the pages that are
/// there, in the order of their indexes. It takes 1, 2, 3 or 5 cells: with 5 each index has a place of its own, with fewer there are no gaps.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeafRecord
{
    /// <summary>Indexes covered.</summary>
    public const int Span = 64;

    /// <summary>Cells of a leaf that is full.</summary>
    public const int MostCells = 5;

    /// <summary>Where the entries begin.</summary>
    public const int HeaderBytes = 32;

    /// <summary>The cell of the object.</summary>
    public uint Object;

    /// <summary>The low half of the hash, at byte 4 as <see cref="BucketTable"/> wants it.</summary>
    public uint Hash;

    /// <summary>The index of its first page divided by 64.</summary>
    public uint LeafIndex;

    /// <summary>The other leaves of the object.</summary>
    public uint Previous;

    public uint Next;

    /// <summary>Cells taken.</summary>
    public uint Cells;

    /// <summary>Which indexes hold pages.</summary>
    public ulong Present;

    /// <summary>Pages held.</summary>
    public readonly int Count => BitOperations.PopCount(Present);

    /// <summary>Whether each index has a place of its own.</summary>
    public readonly bool IsWide => Cells == MostCells;

    /// <summary>Where among the entries that of an index (0 to 63) is or, in a leaf without gaps, would come.</summary>
    public readonly int PlaceOf(int index) => IsWide ? index : BitOperations.PopCount(Present & ((1UL << index) - 1));

    /// <summary>Entries that fit into a number of cells.</summary>
    public static int CapacityOf(uint cells) => (int)((cells * 64) - HeaderBytes) / sizeof(uint);

    /// <summary>The next larger size.</summary>
    public static uint Larger(uint cells) => cells == 3 ? 5 : cells + 1;

    /// <summary>The next smaller size, or the same for the smallest.</summary>
    public static uint Smaller(uint cells) => cells == 5 ? 3 : Math.Max(cells - 1, 1);
}
