using System.Runtime.InteropServices;

namespace TmemCore.Store;

/// <summary>
/// What the store knows of one page: 16 bytes, four to a cache line. The descriptor of a page kept whole has the number of its
/// frame, so that a lookup leads to the data without another memory access. A get or flush of a persistent page never
/// looks here; numbers from the count of frames on are kept for pages that are not kept whole.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PageDescriptor
{
    /// <summary>No page.</summary>
    public const uint None = uint.MaxValue;

    /// <summary>The cell of the object that the page belongs to.</summary>
    public uint Object;

    /// <summary>The page's index within the object.</summary>
    public uint Index;

    /// <summary>
    /// When an ephemeral page was last put in or moved to the young end: unique in the host, growing. 0 for persistent
    /// pages and for pages that have gone: whoever comes upon an entry of a list of ages knows by it whether it still holds.
    /// </summary>
    public ulong Sequence;
}
