using System.Buffers.Binary;

namespace TmemCore.Tests;

/// <summary>Pages whose content is told by a number.</summary>
internal static class Pages
{
    public static byte[] Of(ulong seed)
    {
        var page = new byte[TmemPool.PageBytes];
        Fill(page, seed);
        return page;
    }

    /// <summary>Pages of all kinds that compression tells apart: random, half random, of few values, of one word.</summary>
    public static void FillMixed(Span<byte> page, ulong seed)
    {
        Fill(page, seed);
        switch (seed % 5)
        {
            case 0:
                break;
            case 1:
                page[(page.Length / 2)..].Fill((byte)seed);
                break;
            case 2:
                page[(int)(8 + (seed / 5 % 3000))..].Fill((byte)seed);
                break;
            default:
                for (int i = 8; i < page.Length; i += 8)
                {
                    page[..8].CopyTo(page[i..]);
                }

                // Three of four are not of one word.
                page[^1] += (byte)(seed / 5 % 4);
                break;
        }
    }

    public static void Fill(Span<byte> page, ulong seed)
    {
        for (int i = 0; i < page.Length; i += sizeof(ulong))
        {
            seed += 0x9E37_79B9_7F4A_7C15;
            ulong z = seed;
            z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
            z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
            BinaryPrimitives.WriteUInt64LittleEndian(page[i..], z ^ (z >> 31));
        }
    }
}
