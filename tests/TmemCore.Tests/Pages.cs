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
