namespace TmemCore.Tests.Codecs;

/// <summary>The LZ4 block format byte by byte, as its description has it, on spans that check every access.</summary>
internal static class PlainLz4
{
    /// <summary>Decodes a block; null when it does not give exactly a page.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> block)
    {
        var page = new byte[TmemPool.PageBytes];
        int at = 0;
        int to = 0;
        while (at < block.Length)
        {
            int token = block[at++];
            if (!TryLength(block, ref at, token >> 4, out int literals) || literals > block.Length - at || literals > page.Length - to)
            {
                return null;
            }

            block.Slice(at, literals).CopyTo(page.AsSpan(to));
            at += literals;
            to += literals;
            if (at == block.Length)
            {
                return to == page.Length ? page : null;
            }

            if (at + 2 > block.Length)
            {
                return null;
            }

            int distance = block[at] | (block[at + 1] << 8);
            at += 2;
            if (!TryLength(block, ref at, token & 15, out int length) || distance == 0 || distance > to || length + 4 > page.Length - to)
            {
                return null;
            }

            for (int end = to + length + 4; to < end; to++)
            {
                page[to] = page[to - distance];
            }
        }

        return null;
    }

    private static bool TryLength(ReadOnlySpan<byte> block, ref int at, int half, out int length)
    {
        length = half;
        if (half < 15)
        {
            return true;
        }

        byte more = byte.MaxValue;
        while (at < block.Length && more == byte.MaxValue && length < 1 << 20)
        {
            length += more = block[at++];
        }

        return more != byte.MaxValue;
    }
}
