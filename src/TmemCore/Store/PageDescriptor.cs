using System.Runtime.InteropServices;

namespace TmemCore.Store;

/// <summary>
/// What the store knows of one page: 32 bytes. The descriptor of a page kept whole has the number of its frame, so that a
/// lookup leads to the data without another memory access.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PageDescriptor
{
    /// <summary>The end of a list.</summary>
    public const uint None = uint.MaxValue;

    /// <summary>The cell of the object that the page belongs to.</summary>
    public uint Object;

    /// <summary>The page's index within the object.</summary>
    public uint Index;

    /// <summary>The next older page of the same pool in the same shard.</summary>
    public uint Older;

    /// <summary>The next younger one.</summary>
    public uint Younger;

    /// <summary>When it was last put in or moved to the young end: unique in the host, growing.</summary>
    public ulong Sequence;

    /// <summary>Where the data lies: the frame for a whole page.</summary>
    public uint Location;

    /// <summary>Bytes stored: 4,096 for a whole page.</summary>
    public ushort Length;

    /// <summary>How the data is stored: 0 for a whole page as it came.</summary>
    public ushort Encoding;
}
