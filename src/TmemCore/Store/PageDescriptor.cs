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

    /// <summary>The age in the low bits, then what <see cref="Hits"/> and <see cref="IsInMain"/> tell.</summary>
    private ulong _age;

    private const int HitsShift = 61;
    private const ulong MainBit = 1UL << 63;
    private const ulong HitsMask = (ulong)MostHits << HitsShift;
    private const ulong SequenceMask = (1UL << HitsShift) - 1;

    /// <summary>Hits that are told apart.</summary>
    public const int MostHits = 3;

    /// <summary>
    /// When an ephemeral page was last put in or moved to the young end: unique in the host, growing. 0 for persistent
    /// pages, unless they are marked, and for pages that have gone: whoever comes upon an entry of a list of ages knows by it whether it still holds.
    /// To set it forgets hits and queue.
    /// </summary>
    public ulong Sequence
    {
        readonly get => _age & SequenceMask;
        set => _age = value;
    }

    /// <summary>
    /// The mark of a persistent page that is noted in a log of changes, or 0: the epoch of a <see cref="ClientTracking"/>. It goes with the page,
    /// and to others than that tracking it means nothing.
    /// </summary>
    public ulong NotedIn
    {
        readonly get => IsInMain ? Sequence : 0;
        set => _age = value == 0 ? 0 : value | MainBit;
    }

    /// <summary>Gets that have found the page since it was last looked at, up to <see cref="MostHits"/>, where a policy counts them.</summary>
    public int Hits
    {
        readonly get => (int)((_age & HitsMask) >> HitsShift);
        set => _age = (_age & ~HitsMask) | ((ulong)value << HitsShift);
    }

    /// <summary>Whether the page is in the main one of its pool's two queues.</summary>
    public bool IsInMain
    {
        readonly get => (_age & MainBit) != 0;
        set => _age = value ? _age | MainBit : _age & ~MainBit;
    }
}
