using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TmemCore.Store;

/// <summary>A stretch of a pool's list of ages, oldest entry first; five cells.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AgeChunk
{
    public const int Cells = 5;
    public const int Capacity = 38;

    /// <summary>The next younger chunk.</summary>
    public uint Next;

    /// <summary>The place of the first entry, and of the first free one.</summary>
    public ushort First;
    public ushort End;

    /// <summary>What the entries' ages are counted from.</summary>
    public ulong Base;

    public EntryArray Entries;

    public readonly int Count => End - First;

    [InlineArray(Capacity)]
    public struct EntryArray
    {
        private AgeEntry _first;
    }
}

/// <summary>A page and its age when the entry was made. It holds as long as the page's descriptor says the same.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AgeEntry
{
    public uint Page;

    /// <summary>The sequence number less the chunk's base.</summary>
    public uint Delta;
}
