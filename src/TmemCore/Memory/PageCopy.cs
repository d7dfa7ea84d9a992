using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TmemCore.Memory;

/// <summary>Copies pages of exactly 4,096 bytes: through the caches, or past them when the page will not be read soon.</summary>
internal static unsafe class PageCopy
{
    /// <summary>
    /// A last level of hundreds of MiB belongs to many cores and other machines, and keeps little of what one store was
    /// given. By turns of puts, gets and evictions beside such a one (bench/NOTES.md, "Streaming, by the size of the store").
    /// </summary>
    private const long MostCachedBytes = 64L << 20;

    private static readonly long s_lastLevelCacheBytes = MachineMemory.LastLevelCacheBytes();

    /// <summary>
    /// Whether pages put into a store of this size are better written past the caches. A store that the last level keeps
    /// is read from there, and streaming would throw it out.
    /// </summary>
    public static bool PrefersStreaming(long capacityBytes) => PrefersStreaming(capacityBytes, s_lastLevelCacheBytes);

    /// <summary>As above, beside a last level of this size.</summary>
    internal static bool PrefersStreaming(long capacityBytes, long lastLevelCacheBytes) =>
        capacityBytes > long.Min(2 * lastLevelCacheBytes, MostCachedBytes);

    /// <summary>Copies through the caches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        Debug.Assert(from.Length == ArenaLayout.PageBytes && to.Length == ArenaLayout.PageBytes, "A copy moves a page.");
        from.CopyTo(to);
    }

    /// <summary>
    /// Copies past the caches; what was written is visible to others once the method returns.
    /// <paramref name="to"/> lies on a border of 64 bytes.
    /// </summary>
    public static void Stream(ReadOnlySpan<byte> from, Span<byte> to)
    {
        Debug.Assert(from.Length == ArenaLayout.PageBytes && to.Length == ArenaLayout.PageBytes, "A copy moves a page.");
        fixed (byte* source = &MemoryMarshal.GetReference(from))
        fixed (byte* target = &MemoryMarshal.GetReference(to))
        {
            if (Vector512.IsHardwareAccelerated)
            {
                Stream512(source, target);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                Stream256(source, target);
            }
            else
            {
                Stream128(source, target);
            }
        }

        // Streamed stores are not ordered with the store that publishes the page.
        if (Sse.IsSupported)
        {
            Sse.StoreFence();
        }
        else
        {
            Interlocked.MemoryBarrier();
        }
    }

    internal static void Stream512(byte* from, byte* to)
    {
        for (int i = 0; i < ArenaLayout.PageBytes; i += 256)
        {
            Vector512<byte> a = Vector512.Load(from + i);
            Vector512<byte> b = Vector512.Load(from + i + 64);
            Vector512<byte> c = Vector512.Load(from + i + 128);
            Vector512<byte> d = Vector512.Load(from + i + 192);
            a.StoreAlignedNonTemporal(to + i);
            b.StoreAlignedNonTemporal(to + i + 64);
            c.StoreAlignedNonTemporal(to + i + 128);
            d.StoreAlignedNonTemporal(to + i + 192);
        }
    }

    internal static void Stream256(byte* from, byte* to)
    {
        for (int i = 0; i < ArenaLayout.PageBytes; i += 128)
        {
            Vector256<byte> a = Vector256.Load(from + i);
            Vector256<byte> b = Vector256.Load(from + i + 32);
            Vector256<byte> c = Vector256.Load(from + i + 64);
            Vector256<byte> d = Vector256.Load(from + i + 96);
            a.StoreAlignedNonTemporal(to + i);
            b.StoreAlignedNonTemporal(to + i + 32);
            c.StoreAlignedNonTemporal(to + i + 64);
            d.StoreAlignedNonTemporal(to + i + 96);
        }
    }

    internal static void Stream128(byte* from, byte* to)
    {
        for (int i = 0; i < ArenaLayout.PageBytes; i += 64)
        {
            Vector128<byte> a = Vector128.Load(from + i);
            Vector128<byte> b = Vector128.Load(from + i + 16);
            Vector128<byte> c = Vector128.Load(from + i + 32);
            Vector128<byte> d = Vector128.Load(from + i + 48);
            a.StoreAlignedNonTemporal(to + i);
            b.StoreAlignedNonTemporal(to + i + 16);
            c.StoreAlignedNonTemporal(to + i + 32);
            d.StoreAlignedNonTemporal(to + i + 48);
        }
    }
}
