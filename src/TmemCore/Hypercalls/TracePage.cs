using System.Buffers.Binary;
using System.Globalization;

namespace TmemCore.Hypercalls;

/// <summary>
/// The pages that a trace names by a seed, and the way back: which seed makes a given page. Random words come from
/// splitmix64, whose step can be undone, so the first word of a page gives its seed away.
/// </summary>
public static class TracePage
{
    private const ulong Increment = 0x9E3779B97F4A7C15;
    private const ulong Factor1 = 0xBF58476D1CE4E5B9;
    private const ulong Factor2 = 0x94D049BB133111EB;
    private const ulong LetterMask = 0x0303030303030303;
    private const ulong LetterBase = 0x6161616161616161;
    private const int WordCount = Native.PageBytes / sizeof(ulong);

    /// <summary>Letters keep 16 bits of each word only: their seeds are looked for among the small ones.</summary>
    private const ulong LetterSeedEnd = 1 << 16;

    /// <summary>Makes the page of a seed: zeros, random words, some of them and zeros or their repetition, letters, or one byte.</summary>
    /// <param name="seed">The seed; its remainder by 8 chooses the kind.</param>
    /// <param name="page">Where the page goes: exactly 4,096 bytes.</param>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public static void Fill(ulong seed, Span<byte> page)
    {
        ThrowIfNotPage(page.Length);
        Span<ulong> words = stackalloc ulong[WordCount];
        FillWords(seed, words);
        for (int i = 0; i < WordCount; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(page[(i * sizeof(ulong))..], words[i]);
        }
    }

    /// <summary>Looks for a seed that makes a page.</summary>
    /// <param name="page">The page: exactly 4,096 bytes.</param>
    /// <param name="seed">The seed; several may make the same page. Of letters only the seeds below 65,536 are found.</param>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public static bool TryFindSeed(ReadOnlySpan<byte> page, out ulong seed)
    {
        ThrowIfNotPage(page.Length);
        ulong first = BinaryPrimitives.ReadUInt64LittleEndian(page);
        seed = page[0] == 0 ? 0 : ((ulong)page[0] * 8) + 7;
        return IsPageOf(seed, page) || IsPageOf(seed = Undo(first), page) || TryFindLetters(page, first, out seed);
    }

    /// <summary>FNV-1a over the bytes, 64 bits: how a trace names what a get has found.</summary>
    /// <param name="page">The page; any bytes at all.</param>
    /// <returns>The hash.</returns>
    public static ulong Hash(ReadOnlySpan<byte> page)
    {
        ulong hash = 0xcbf29ce484222325;
        foreach (byte value in page)
        {
            hash = (hash ^ value) * 0x100000001b3;
        }

        return hash;
    }

    private static void ThrowIfNotPage(int lengthBytes)
    {
        if (lengthBytes != Native.PageBytes)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"There are {lengthBytes} bytes; a page has {Native.PageBytes}."),
                "page");
        }
    }

    private static void FillWords(ulong seed, Span<ulong> words)
    {
        ulong state = seed;
        ulong variant = seed / 8;
        int randomCount = (seed % 8) switch
        {
            0 or 7 => 0,
            3 => 1 + (int)(variant % 511),
            6 => 1 + (int)(variant % 64),
            _ => WordCount,
        };
        for (int i = 0; i < randomCount; i++)
        {
            words[i] = Next(ref state);
        }

        for (int i = randomCount; i < WordCount; i++)
        {
            words[i] = (seed % 8) switch
            {
                6 => words[i - randomCount],
                7 => (variant % 256) * 0x0101010101010101,
                _ => 0,
            };
        }

        if (seed % 8 is 4 or 5)
        {
            foreach (ref ulong word in words)
            {
                word = (word & LetterMask) + LetterBase;
            }
        }
    }

    private static bool TryFindLetters(ReadOnlySpan<byte> page, ulong first, out ulong seed)
    {
        seed = 0;
        if (((first - LetterBase) & ~LetterMask) != 0)
        {
            return false;
        }

        for (seed = 4; seed < LetterSeedEnd; seed += seed % 8 == 4 ? 1UL : 7UL)
        {
            ulong state = seed;
            if ((Next(ref state) & LetterMask) + LetterBase == first && IsPageOf(seed, page))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPageOf(ulong seed, ReadOnlySpan<byte> page)
    {
        Span<byte> made = stackalloc byte[Native.PageBytes];
        Fill(seed, made);
        return made.SequenceEqual(page);
    }

    private static ulong Next(ref ulong state)
    {
        state += Increment;
        ulong z = state;
        z = (z ^ (z >> 30)) * Factor1;
        z = (z ^ (z >> 27)) * Factor2;
        return z ^ (z >> 31);
    }

    /// <summary>The seed whose first word this is. A shift and exclusive-or is undone by repeating it, a product by the inverse.</summary>
    private static ulong Undo(ulong word)
    {
        ulong z = UndoShift(word, 31);
        z = UndoShift(z * Inverse(Factor2), 27);
        z = UndoShift(z * Inverse(Factor1), 30);
        return z - Increment;
    }

    private static ulong UndoShift(ulong value, int bits)
    {
        ulong result = value;
        for (int shift = bits; shift < 64; shift += bits)
        {
            result = value ^ (result >> bits);
        }

        return result;
    }

    private static ulong Inverse(ulong odd)
    {
        ulong inverse = odd;
        for (int i = 0; i < 5; i++)
        {
            inverse *= 2 - (odd * inverse);
        }

        return inverse;
    }
}
