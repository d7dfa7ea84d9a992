using System.Numerics;

namespace TmemCore.Memory;

/// <summary>Neighbouring set bits in a row of words, the lowest bit of the first word first.</summary>
internal static class BitRuns
{
    /// <summary>How many bits are set.</summary>
    public static int Count(ReadOnlySpan<ulong> words)
    {
        int count = 0;
        foreach (ulong word in words)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    /// <summary>Finds the next run of set bits.</summary>
    /// <param name="words">The bits.</param>
    /// <param name="at">Where to begin; where the run begins.</param>
    /// <param name="length">Its bits.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryFind(ReadOnlySpan<ulong> words, ref int at, out int length)
    {
        at = Next(words, at, flip: 0);
        length = Next(words, at, flip: ulong.MaxValue) - at;
        return length > 0;
    }

    /// <summary>Whether any bit of a stretch is set.</summary>
    public static bool HasAny(ReadOnlySpan<ulong> words, int at, int length) => Next(words, at, flip: 0) < at + length;

    /// <summary>The next bit that is set, or with <paramref name="flip"/> is not; the number of all bits when there is none.</summary>
    private static int Next(ReadOnlySpan<ulong> words, int at, ulong flip)
    {
        while (at < words.Length * 64)
        {
            ulong rest = (words[at >> 6] ^ flip) >> (at & 63);
            if (rest != 0)
            {
                return at + BitOperations.TrailingZeroCount(rest);
            }

            at = (at | 63) + 1;
        }

        return words.Length * 64;
    }
}
