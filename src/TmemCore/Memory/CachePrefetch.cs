using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace TmemCore.Memory;

/// <summary>Asks the processor for memory that will be read from its beginning to its end, so that its lines come side by side.</summary>
internal static unsafe class CachePrefetch
{
    /// <summary>All lines of a span. A hint: where there is no such instruction, nothing happens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void All(ReadOnlySpan<byte> bytes)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        // Not pinned: a prefetch of an address that the collector has moved away from is in vain and does no harm.
        byte* address = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
        for (int i = 0; i < bytes.Length; i += ArenaLayout.LineBytes)
        {
            Sse.Prefetch0(address + i);
        }
    }
}
