using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace TmemCore.Memory;

/// <summary>Asks the processor for memory that will be wanted soon. No address is ever wrong here: a prefetch cannot fault.</summary>
internal sealed unsafe partial class Arena
{
    /// <summary>The line of a metadata cell that a byte offset falls into.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchCell(uint cell, int offset = 0) => Prefetch(_cells + ((nuint)cell * ArenaLayout.CellBytes) + offset);

    /// <summary>The line at a byte offset of the arena.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchAt(long offset) => Prefetch(_base + offset);

    /// <summary>A descriptor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchDescriptor(uint number) => Prefetch(_descriptors + ((nuint)number * ArenaLayout.DescriptorBytes));

    /// <summary>
    /// The last line of a frame, and with it the translation of its addresses. Not the first: a page that is streamed into the frame would begin with a line
    /// that is still on its way, and wait for it (see the log of experiments in <c>bench/NOTES.md</c>).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchFrameEnd(uint frame) =>
        Prefetch(_frames + ((nuint)frame * ArenaLayout.PageBytes) + (ArenaLayout.PageBytes - ArenaLayout.LineBytes));

    /// <summary>All lines of a frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchFrame(uint frame)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        byte* page = _frames + ((nuint)frame * ArenaLayout.PageBytes);
        for (int i = 0; i < ArenaLayout.PageBytes; i += ArenaLayout.LineBytes)
        {
            Prefetch(page + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }
}
