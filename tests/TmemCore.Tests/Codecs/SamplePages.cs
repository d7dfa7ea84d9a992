using System.Runtime.InteropServices;
using System.Text;

namespace TmemCore.Tests.Codecs;

/// <summary>Pages as memory has them, each made from a number: empty, text, tables of pointers, records, random, and mixtures.</summary>
internal static class SamplePages
{
    private const int PageBytes = 4096;
    private const int Kinds = 7;

    private static readonly string[] s_words = ["page", "pool", "of", "the", "client", "frame", "0x7f", "error:", "put", "\n", "\t", "index="];

    /// <summary>The page of a number, exactly 4,096 bytes.</summary>
    public static byte[] Make(int seed)
    {
        var page = new byte[PageBytes];
        var random = new Random(seed);
        Span<byte> rest = page;
        while (rest.Length > 0)
        {
            // Even numbers give pages of one kind, odd ones mixtures.
            int bytes = seed % 2 == 0 ? rest.Length : Math.Min(rest.Length, 1 + random.Next(1500));
            Fill(rest[..bytes], seed % 2 == 0 ? seed / 2 % Kinds : random.Next(Kinds), random);
            rest = rest[bytes..];
        }

        return page;
    }

    private static void Fill(Span<byte> part, int kind, Random random)
    {
        switch (kind)
        {
            case 0:
                break;
            case 1:
                Text(part, random);
                break;
            case 2:
                Pointers(part, random);
                break;
            case 3:
                Records(part, random);
                break;
            case 4:
                random.NextBytes(part);
                break;
            case 5:
                part.Fill((byte)random.Next(256));
                break;
            default:
                Sparse(part, random);
                break;
        }
    }

    private static void Text(Span<byte> part, Random random)
    {
        var text = new StringBuilder();
        while (text.Length < part.Length)
        {
            text.Append(s_words[random.Next(s_words.Length)]).Append(' ');
        }

        Encoding.ASCII.GetBytes(text.ToString(0, part.Length)).CopyTo(part);
    }

    private static void Pointers(Span<byte> part, Random random)
    {
        foreach (ref ulong word in MemoryMarshal.Cast<byte, ulong>(part))
        {
            word = 0x7f00_0000_0000UL + ((ulong)random.Next(1 << 20) * 16);
        }
    }

    private static void Records(Span<byte> part, Random random)
    {
        int length = 8 + random.Next(60);
        for (int i = 0; i < part.Length; i++)
        {
            part[i] = i % length < length / 2 ? (byte)(i % length) : (byte)random.Next(16);
        }
    }

    private static void Sparse(Span<byte> part, Random random)
    {
        for (int i = 0; i < part.Length; i += 1 + random.Next(100))
        {
            part[i] = (byte)random.Next(256);
        }
    }
}
