using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TmemCore.Memory;

namespace TmemCore.Codecs;

/// <summary>
/// Makes LZ4 blocks of pages. It looks for matches as the reference does at its default level, with one candidate for each
/// hash of four bytes, and so comes to the same size. What a page allows beyond: positions are 16 bits without a window, and
/// lengths are written without branches, since whether one is long is a thing that no processor can foresee.
/// </summary>
/// <remarks>
/// References into the page and the output are not checked by the runtime. Each access stands on one of these: a search
/// looks at positions up to <see cref="LastStart"/> and reads four bytes there; a match ends at <see cref="MatchEnd"/> at the
/// latest; and <see cref="EmitShort"/> is called only with <see cref="ShortRoom"/> bytes of room.
/// </remarks>
internal static class Lz4Encoder
{
    /// <summary>The entries of the table that <see cref="Encode"/> needs; fewer cost size, more cost the time to clear them.</summary>
    public const int TableEntries = 1 << HashBits;

    private const int HashBits = 13;
    private const nuint PageBytes = ArenaLayout.PageBytes;
    private const nuint LastStart = PageBytes - Lz4Format.LastMatchMargin;
    private const nuint MatchEnd = PageBytes - Lz4Format.LastLiterals;
    private const nuint MinimumMatch = Lz4Format.MinimumMatch;
    private const nuint LongLength = Lz4Format.LongLength;

    /// <summary>What the last sequence takes at least: a token and its literals.</summary>
    private const nuint LeastEnd = 1 + Lz4Format.LastLiterals;

    /// <summary>Positions that are looked at one by one; a stretch without a match is then taken in growing steps.</summary>
    private const nuint NearPositions = 96;

    /// <summary>Literals before a match that it may turn out to begin with.</summary>
    private const nuint MostBefore = sizeof(ulong);

    /// <summary>Literals that are copied as one vector, needed or not.</summary>
    private const nuint ShortLiterals = 32;

    /// <summary>What a short sequence may touch: token and a byte of length, the vector of literals, distance and two bytes.</summary>
    private const nint ShortRoom = 2 + 32 + 4;

    /// <summary>Makes a block. Allocates nothing.</summary>
    /// <param name="input">The page; exactly 4,096 bytes.</param>
    /// <param name="output">Takes the block; as long as it may become.</param>
    /// <param name="positions">Room for <see cref="TableEntries"/> positions; what it holds does not matter.</param>
    /// <returns>The bytes written, or 0 when the block does not fit into <paramref name="output"/>.</returns>
    public static int Encode(ReadOnlySpan<byte> input, Span<byte> output, Span<ushort> positions)
    {
        // An entry of zero says position 0, which is before all that are looked up, and is compared like any other.
        positions.Clear();
        ref ushort table = ref MemoryMarshal.GetReference(positions);
        ref byte page = ref MemoryMarshal.GetReference(input);
        ref byte to = ref MemoryMarshal.GetReference(output);
        ref byte limit = ref Unsafe.Add(ref to, output.Length);
        nuint at = 1;
        nuint anchor = 0;
        while (true)
        {
            if (!SearchNear(ref page, ref table, anchor, ref at, out nuint match))
            {
                ulong far = SearchFar(ref page, ref table, anchor, at, RoomFrom(ref to, ref limit));
                at = (nuint)(far >> 32);
                match = (uint)far;
                if (at > LastStart)
                {
                    return Finish(ref page, anchor, output, ref to);
                }
            }

            // The next search waits for where this match ends, and for nothing else.
            nuint length = Match(ref page, at, match);
            nuint before = MatchBefore(ref page, at, match, at - anchor);
            nuint literals = at - anchor - before;
            nuint distance = at - match;
            nuint extra = length + before - MinimumMatch;
            at += length;
            Unsafe.Add(ref table, HashOf(ref page, at - 2)) = (ushort)(at - 2);
            ref byte from = ref Unsafe.Add(ref page, anchor);
            if (literals <= ShortLiterals && anchor <= PageBytes - ShortLiterals && extra < Lz4Format.LongerLength
                && Unsafe.ByteOffset(ref to, ref limit) >= ShortRoom)
            {
                to = ref EmitShort(ref from, literals, distance, extra, ref to);
            }
            else
            {
                nuint written = Emit(ref from, literals, distance, extra, ref to, RoomFrom(ref to, ref limit));
                if (written == 0)
                {
                    return 0;
                }

                to = ref Unsafe.Add(ref to, written);
            }

            anchor = at;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint RoomFrom(ref byte to, ref byte limit) => (nuint)Unsafe.ByteOffset(ref to, ref limit);

    /// <summary>Looks at position after position; four at a time, so that the end of the stretch is tested once for them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool SearchNear(ref byte page, ref ushort table, nuint anchor, ref nuint at, out nuint match)
    {
        nuint stop = nuint.Min(anchor + NearPositions, LastStart - 3);
        for (; at < stop; at += 4)
        {
            if (IsMatch(ref page, ref table, at, out match))
            {
                return true;
            }

            if (IsMatch(ref page, ref table, at + 1, out match))
            {
                at += 1;
                return true;
            }

            if (IsMatch(ref page, ref table, at + 2, out match))
            {
                at += 2;
                return true;
            }

            if (IsMatch(ref page, ref table, at + 3, out match))
            {
                at += 3;
                return true;
            }
        }

        match = 0;
        return false;
    }

    /// <summary>
    /// Looks on in steps that grow by one with every 64 positions in vain. What was found, above 32 bits, and its match below
    /// them; a position behind the last one when there is none, or when the literals before would not fit any more.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong SearchFar(ref byte page, ref ushort table, nuint anchor, nuint at, nuint room)
    {
        // A match may reach back over some literals; beside the others a token, a distance and the end have to fit.
        nuint last = nuint.Min(LastStart, anchor + room + MostBefore - (3 + LeastEnd));

        // Near the end of the page the stretch may be short still, and goes on one by one.
        for (nuint looked = nuint.Max(at - anchor + 128 - NearPositions, 64); at <= last; at += looked++ >> 6)
        {
            if (IsMatch(ref page, ref table, at, out nuint match))
            {
                return ((ulong)at << 32) | match;
            }
        }

        return (ulong)PageBytes << 32;
    }

    /// <summary>Whether the last position of the same hash has the same four bytes. Puts this one in its place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsMatch(ref byte page, ref ushort table, nuint at, out nuint match)
    {
        ref ushort entry = ref Unsafe.Add(ref table, HashOf(ref page, at));
        match = entry;
        entry = (ushort)at;
        return Read<uint>(ref page, at) == Read<uint>(ref page, match);
    }

    /// <summary>The multiplier is the golden ratio's, so that the upper bits depend on all four bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint HashOf(ref byte page, nuint at) => (Read<uint>(ref page, at) * 2_654_435_761u) >> (32 - HashBits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Read<T>(ref byte page, nuint at)
        where T : unmanaged => Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref page, at));

    /// <summary>How many bytes are the same from here on, four of which are known to be; most often fewer than twelve.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint Match(ref byte page, nuint at, nuint match)
    {
        if (at <= MatchEnd - MinimumMatch - sizeof(ulong))
        {
            ulong difference = Read<ulong>(ref page, at + MinimumMatch) ^ Read<ulong>(ref page, match + MinimumMatch);
            if (difference != 0)
            {
                return MinimumMatch + ((uint)BitOperations.TrailingZeroCount(difference) >> 3);
            }
        }

        return MatchLong(ref page, at, match);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nuint MatchLong(ref byte page, nuint at, nuint match)
    {
        // Not from the beginning: should another thread change the page meanwhile, the length is still one of a match.
        nuint begin = at;
        at += MinimumMatch;
        match += MinimumMatch;
        for (; at <= MatchEnd - 32; at += 32, match += 32)
        {
            uint difference = ~Vector256.Equals(Vector256.LoadUnsafe(ref page, at), Vector256.LoadUnsafe(ref page, match)).ExtractMostSignificantBits();
            if (difference != 0)
            {
                return at - begin + (uint)BitOperations.TrailingZeroCount(difference);
            }
        }

        while (at < MatchEnd && Unsafe.Add(ref page, at) == Unsafe.Add(ref page, match))
        {
            at++;
            match++;
        }

        return at - begin;
    }

    /// <summary>How many of the literals before are the same, too. Up to eight are counted without a branch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint MatchBefore(ref byte page, nuint at, nuint match, nuint literals)
    {
        if (match < sizeof(ulong))
        {
            return MatchBeforeOneByOne(ref page, at, match, literals);
        }

        ulong difference = Read<ulong>(ref page, at - sizeof(ulong)) ^ Read<ulong>(ref page, match - sizeof(ulong));
        nint above = (nint)((uint)BitOperations.LeadingZeroCount(difference) >> 3) - (nint)literals;

        // The smaller of the two; the runtime would make a branch of a comparison here.
        return literals + (nuint)(above & (above >> ((8 * nint.Size) - 1)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nuint MatchBeforeOneByOne(ref byte page, nuint at, nuint match, nuint literals)
    {
        nuint most = nuint.Min(match, literals);
        nuint same = 0;
        while (same < most && Unsafe.Add(ref page, at - same - 1) == Unsafe.Add(ref page, match - same - 1))
        {
            same++;
        }

        return same;
    }

    /// <summary>
    /// Writes a sequence whose lengths have one byte beside the token at most. That byte is always written; where it is not
    /// needed, what follows is written over it.
    /// </summary>
    /// <returns>Where the next sequence goes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref byte EmitShort(ref byte from, nuint literals, nuint distance, nuint extra, ref byte to)
    {
        nuint isLong = literals >= LongLength ? 1u : 0u;
        nuint isLongMatch = extra >= LongLength ? 1u : 0u;
        nuint token = (((literals | (0 - isLong)) & 15) << 4) | ((extra | (0 - isLongMatch)) & 15);
        Unsafe.WriteUnaligned(ref to, (ushort)(token | ((literals - LongLength) << 8)));
        to = ref Unsafe.Add(ref to, 1 + isLong);
        Vector256.LoadUnsafe(ref from).StoreUnsafe(ref to);
        to = ref Unsafe.Add(ref to, literals);
        Unsafe.WriteUnaligned(ref to, (uint)distance | ((uint)(extra - LongLength) << 16));
        return ref Unsafe.Add(ref to, 2 + isLongMatch);
    }

    /// <summary>Writes any sequence, and not a byte beyond it.</summary>
    /// <returns>The bytes written; 0 when it does not fit and leave room for the last sequence.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nuint Emit(ref byte from, nuint literals, nuint distance, nuint extra, ref byte to, nuint room)
    {
        if (1 + LengthBytes(literals) + literals + 2 + LengthBytes(extra) + LeastEnd > room)
        {
            return 0;
        }

        nuint written = EmitLiterals(ref from, literals, ref to);
        to |= (byte)nuint.Min(extra, LongLength);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, written), (ushort)distance);
        return EmitLength(extra, ref to, written + 2);
    }

    private static int Finish(ref byte page, nuint anchor, Span<byte> output, ref byte to)
    {
        nuint written = (nuint)Unsafe.ByteOffset(ref MemoryMarshal.GetReference(output), ref to);
        nuint literals = PageBytes - anchor;
        return written + 1 + LengthBytes(literals) + literals <= (nuint)output.Length
            ? (int)(written + EmitLiterals(ref Unsafe.Add(ref page, anchor), literals, ref to))
            : 0;
    }

    /// <summary>A token without the match's half, and the literals.</summary>
    private static nuint EmitLiterals(ref byte from, nuint literals, ref byte to)
    {
        to = (byte)(nuint.Min(literals, LongLength) << 4);
        nuint written = EmitLength(literals, ref to, 1);
        Unsafe.CopyBlockUnaligned(ref Unsafe.Add(ref to, written), ref from, (uint)literals);
        return written + literals;
    }

    private static nuint EmitLength(nuint length, ref byte to, nuint written)
    {
        if (length < LongLength)
        {
            return written;
        }

        for (length -= LongLength; length >= byte.MaxValue; length -= byte.MaxValue)
        {
            Unsafe.Add(ref to, written++) = byte.MaxValue;
        }

        Unsafe.Add(ref to, written++) = (byte)length;
        return written;
    }

    /// <summary>The bytes of a length beside the token.</summary>
    private static nuint LengthBytes(nuint length) => length < LongLength ? 0 : ((length - LongLength) / byte.MaxValue) + 1;
}
