using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TmemCore.Memory;

namespace TmemCore.Codecs;

/// <summary>
/// Makes pages of LZ4 blocks, whoever wrote them. Far from both ends it copies whole vectors, needed or not; near an end, and
/// where lengths are long, a sequence goes through a second way that moves what it says and nothing else.
/// </summary>
/// <remarks>
/// References are not checked by the runtime, and blocks may be hostile. The invariants: positions in the block are at most its
/// length, positions in the page at most 4,096, and both are proved anew wherever a length or a distance was read.
/// </remarks>
internal static class Lz4Decoder
{
    private const nuint PageBytes = ArenaLayout.PageBytes;
    private const nuint MinimumMatch = Lz4Format.MinimumMatch;
    private const nuint LongLength = Lz4Format.LongLength;

    /// <summary>Literals that are copied as one vector, needed or not.</summary>
    private const nuint ShortLiterals = 32;

    /// <summary>What a short sequence may read: token, a byte of length, a vector of literals, distance, a byte of length.</summary>
    private const nuint BlockMargin = 1 + 1 + ShortLiterals + 2 + 1;

    /// <summary>What a short sequence may write: a vector of literals, and 32 bytes of a match.</summary>
    private const nuint PageMargin = ShortLiterals + 32;

    /// <summary>A match of so many bytes is whole after two vectors, also where it repeats fewer than sixteen.</summary>
    private const nuint ShortRepeat = 9 + 16;

    private const ulong Wrong = ulong.MaxValue;
    private const ulong Done = ulong.MaxValue - 1;

    /// <summary>For each distance below sixteen the vector that repeats as many first bytes. There is no distance of zero.</summary>
    private static ReadOnlySpan<byte> Repeats =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1,
        0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0,
        0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
        0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0,
        0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3,
        0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1,
        0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 1, 2, 3, 4,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 1, 2,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 1,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0,
    ];

    /// <summary>How many bytes of that vector are whole repetitions.</summary>
    private static ReadOnlySpan<byte> WholeRepeats => [0, 16, 16, 15, 16, 15, 12, 14, 16, 9, 10, 11, 12, 13, 14, 15];

    /// <summary>Makes the page again. Allocates nothing.</summary>
    /// <param name="block">A block, or anything else.</param>
    /// <param name="output">Takes the page; exactly 4,096 bytes.</param>
    /// <returns>False when it is not the block of a page; <paramref name="output"/> is undefined then.</returns>
    /// <remarks>
    /// A method of its own: the compiler puts only so much into one, and inlined into a get it left the copies of matches out as calls,
    /// for 1.29 instead of 1.15 of liblz4's time by PageBench's `get packed`.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool TryDecode(ReadOnlySpan<byte> block, Span<byte> output)
    {
        ref byte from = ref MemoryMarshal.GetReference(block);
        ref byte page = ref MemoryMarshal.GetReference(output);
        nuint end = (nuint)block.Length;
        CachePrefetch.All(block);
        ulong moved = 0;
        while (moved < Done)
        {
            moved = DecodeShort(ref from, end, ref page, moved);
            if (moved != Wrong)
            {
                moved = DecodeAny(ref from, end, ref page, moved);
            }
        }

        return moved == Done;
    }

    /// <summary>Both positions in one value, so that they stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Moved(nuint at, nuint to) => ((ulong)at << 32) | to;

    /// <summary>Decodes as far as sequences are short and both ends far away.</summary>
    /// <returns>Where the first other sequence begins, or <see cref="Wrong"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong DecodeShort(ref byte from, nuint end, ref byte page, ulong moved)
    {
        nuint safeEnd = end < BlockMargin ? 0 : end - BlockMargin;
        nuint at = (nuint)(moved >> 32);
        nuint to = (uint)moved;
        while (at < safeEnd && to <= PageBytes - PageMargin)
        {
            nuint token = Unsafe.Add(ref from, at);
            nuint next = at + 1;
            nuint literals = token >> 4;
            if (literals != LongLength)
            {
                Vector128.LoadUnsafe(ref from, next).StoreUnsafe(ref page, to);
            }
            else
            {
                literals += Unsafe.Add(ref from, next++);
                if (!TryCopyLiterals(ref from, next, safeEnd, ref page, to, literals))
                {
                    break;
                }
            }

            // Here the margins hold but for the 32 literals, or hold anew: seven bytes to read, 32 to write.
            next += literals;
            nuint target = to + literals;
            nuint distance = Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref from, next));
            nuint length = (token & 15) + MinimumMatch;
            next += 2;
            if (distance - 1 >= target)
            {
                return Wrong;
            }

            if (length != LongLength + MinimumMatch && distance >= sizeof(ulong))
            {
                CopyShort(ref page, target, distance);
            }
            else
            {
                if (length == LongLength + MinimumMatch)
                {
                    nuint more = Unsafe.Add(ref from, next++);
                    if (more == byte.MaxValue)
                    {
                        break;
                    }

                    length += more;
                    if (length > PageBytes - target)
                    {
                        return Wrong;
                    }
                }

                Copy(ref page, target, distance, length);
            }

            to = target + length;
            at = next;
        }

        return Moved(at, to);
    }

    /// <summary>Copies fifteen literals or more, if one byte told their length and the margins hold behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryCopyLiterals(ref byte from, nuint at, nuint safeEnd, ref byte page, nuint to, nuint literals)
    {
        if (literals <= ShortLiterals)
        {
            Vector256.LoadUnsafe(ref from, at).StoreUnsafe(ref page, to);
            return true;
        }

        if (literals >= Lz4Format.LongerLength || at + literals >= safeEnd || to + literals > PageBytes - PageMargin)
        {
            return false;
        }

        Unsafe.CopyBlockUnaligned(ref Unsafe.Add(ref page, to), ref Unsafe.Add(ref from, at), (uint)literals);
        return true;
    }

    /// <summary>Copies the eighteen bytes that a match without a long length has at most, from eight bytes before or more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyShort(ref byte page, nuint to, nuint distance)
    {
        ref byte target = ref Unsafe.Add(ref page, to);
        ref byte source = ref Unsafe.Add(ref page, to - distance);
        Unsafe.WriteUnaligned(ref target, Unsafe.ReadUnaligned<ulong>(ref source));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 8), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, 8)));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 16), Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref source, 16)));
    }

    /// <summary>Copies a match that fits the page, with 32 bytes of the page behind <paramref name="to"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(ref byte page, nuint to, nuint distance, nuint length)
    {
        ref byte target = ref Unsafe.Add(ref page, to);
        ref byte source = ref Unsafe.Add(ref page, to - distance);
        if (distance < 16)
        {
            // The bytes from the target on are not there yet; no index of the shuffle points at them.
            Vector128<byte> indices = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(Repeats), distance * 16);
            Vector128<byte> repeated = Vector128.ShuffleNative(Vector128.LoadUnsafe(ref source), indices);
            nuint whole = Unsafe.Add(ref MemoryMarshal.GetReference(WholeRepeats), distance);
            repeated.StoreUnsafe(ref target);
            repeated.StoreUnsafe(ref target, whole);
            if (length > ShortRepeat)
            {
                CopyExactly(ref page, to, distance, length);
            }
        }
        else
        {
            Copy32(ref source, ref target);
            if (length > 32 && to + length > PageBytes - 32)
            {
                CopyExactly(ref page, to, distance, length);
            }
            else if (length > 32)
            {
                for (nuint copied = 32; copied < length; copied += 32)
                {
                    Copy32(ref Unsafe.Add(ref source, copied), ref Unsafe.Add(ref target, copied));
                }
            }
        }
    }

    /// <summary>Sixteen and sixteen, since the second half may begin in what the first one wrote.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy32(ref byte source, ref byte target)
    {
        Vector128.LoadUnsafe(ref source).StoreUnsafe(ref target);
        Vector128.LoadUnsafe(ref source, 16).StoreUnsafe(ref target, 16);
    }

    /// <summary>Copies a match that fits the page, and not a byte more.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CopyExactly(ref byte page, nuint to, nuint distance, nuint length)
    {
        ref byte source = ref Unsafe.Add(ref page, to - distance);
        if (distance == 1)
        {
            Unsafe.InitBlockUnaligned(ref Unsafe.Add(ref page, to), source, (uint)length);
            return;
        }

        // What is there doubles with each copy.
        nuint there = distance;
        for (; length > there; length -= there, there += there)
        {
            Unsafe.CopyBlockUnaligned(ref Unsafe.Add(ref source, there), ref source, (uint)there);
        }

        Unsafe.CopyBlockUnaligned(ref Unsafe.Add(ref source, there), ref source, (uint)length);
    }

    /// <summary>Decodes one sequence of any kind.</summary>
    /// <returns>Where the next one begins; <see cref="Done"/> after the last; <see cref="Wrong"/>.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong DecodeAny(ref byte from, nuint end, ref byte page, ulong moved)
    {
        nuint at = (nuint)(moved >> 32);
        nuint to = (uint)moved;
        if (at >= end)
        {
            return Wrong;
        }

        nuint token = Unsafe.Add(ref from, at++);
        if (!TryReadLength(ref from, end, ref at, token >> 4, out nuint literals) || literals > end - at || literals > PageBytes - to)
        {
            return Wrong;
        }

        Unsafe.CopyBlockUnaligned(ref Unsafe.Add(ref page, to), ref Unsafe.Add(ref from, at), (uint)literals);
        at += literals;
        to += literals;
        if (end - at < 2)
        {
            return at == end && to == PageBytes ? Done : Wrong;
        }

        nuint distance = Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref from, at));
        at += 2;
        if (!TryReadLength(ref from, end, ref at, token & 15, out nuint length) || distance - 1 >= to || length + MinimumMatch > PageBytes - to)
        {
            return Wrong;
        }

        CopyExactly(ref page, to, distance, length + MinimumMatch);
        return Moved(at, to + length + MinimumMatch);
    }

    /// <summary>Reads the rest of a length. One that no page could have is refused before it can grow.</summary>
    private static bool TryReadLength(ref byte from, nuint end, ref nuint at, nuint half, out nuint length)
    {
        length = half;
        if (half != LongLength)
        {
            return true;
        }

        while (at < end && length <= PageBytes)
        {
            nuint more = Unsafe.Add(ref from, at++);
            length += more;
            if (more != byte.MaxValue)
            {
                return true;
            }
        }

        return false;
    }
}
