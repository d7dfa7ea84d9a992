using System.Buffers.Binary;

namespace TmemCore.Tool.Replay;

/// <summary>The pages of traces: content told by a number, and the hash that results give.</summary>
internal static class TracePage
{
    private const int Words = TmemPool.PageBytes / sizeof(ulong);
    private const ulong HashBasis = 0xcbf2_9ce4_8422_2325;
    private const ulong HashPrime = 0x0000_0100_0000_01b3;
    private const ulong FewBits = 0x0303_0303_0303_0303;
    private const ulong LetterA = 0x6161_6161_6161_6161;

    /// <summary>Writes the page of a seed: zeros, noise, noise with a zero tail, text, a period, or one byte throughout.</summary>
    /// <param name="seed">The number; its remainder by 8 chooses the kind.</param>
    /// <param name="page">Exactly 4,096 bytes.</param>
    public static void Fill(ulong seed, Span<byte> page)
    {
        ulong state = seed;
        ulong parameter = seed / 8;
        int random = (seed % 8) switch
        {
            1 or 2 or 4 or 5 => Words,
            3 => 1 + (int)(parameter % 511),
            6 => 1 + (int)(parameter % 64),
            _ => 0,
        };
        bool isText = seed % 8 is 4 or 5;
        page.Fill(seed % 8 == 7 ? (byte)parameter : (byte)0);
        for (int i = 0; i < random; i++)
        {
            ulong word = Next(ref state);
            Write(page, i, isText ? (word & FewBits) + LetterA : word);
        }

        for (int i = random; i < Words && seed % 8 == 6; i++)
        {
            Write(page, i, BinaryPrimitives.ReadUInt64LittleEndian(page[((i - random) * sizeof(ulong))..]));
        }
    }

    /// <summary>The 64-bit FNV-1a hash of a page.</summary>
    /// <param name="page">The page.</param>
    public static ulong Hash(ReadOnlySpan<byte> page)
    {
        ulong hash = HashBasis;
        foreach (byte value in page)
        {
            hash = (hash ^ value) * HashPrime;
        }

        return hash;
    }

    /// <summary>The next number of the splitmix64 sequence.</summary>
    private static ulong Next(ref ulong state)
    {
        state += 0x9e37_79b9_7f4a_7c15;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9;
        z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11eb;
        return z ^ (z >> 31);
    }

    private static void Write(Span<byte> page, int index, ulong word) =>
        BinaryPrimitives.WriteUInt64LittleEndian(page[(index * sizeof(ulong))..], word);
}
