using TmemCore.Memory;

namespace TmemCore.Codecs;

/// <summary>
/// The LZ4 block format, at its fastest level: some 7 µs in and 1.8 µs out, to little more than half the size on mixed pages. An entry
/// shorter than a page is packed as a page that ends with zeros, which take a byte for 255 of them.
/// </summary>
internal sealed class Lz4Codec : PageCodec
{
    /// <inheritdoc/>
    public override PageCodecId Id => PageCodecId.Lz4;

    /// <inheritdoc/>
    public override string Name => "lz4";

    /// <inheritdoc/>
    public override int Compress(ReadOnlySpan<byte> page, Span<byte> output, CodecScratch scratch)
    {
        RequireLength(page.Length);
        if (page.Length == ArenaLayout.PageBytes)
        {
            return Lz4Encoder.Encode(page, output, scratch.Lz4Positions);
        }

        page.CopyTo(scratch.Padded);
        scratch.Padded[page.Length..].Clear();
        return Lz4Encoder.Encode(scratch.Padded, output, scratch.Lz4Positions);
    }

    /// <inheritdoc/>
    public override bool TryDecompress(ReadOnlySpan<byte> data, Span<byte> page, CodecScratch scratch)
    {
        RequireLength(page.Length);
        if (page.Length == ArenaLayout.PageBytes)
        {
            return Lz4Decoder.TryDecode(data, page);
        }

        if (!Lz4Decoder.TryDecode(data, scratch.Padded) || scratch.Padded[page.Length..].ContainsAnyExcept((byte)0))
        {
            return false;
        }

        scratch.Padded[..page.Length].CopyTo(page);
        return true;
    }
}
