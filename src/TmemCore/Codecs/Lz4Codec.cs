namespace TmemCore.Codecs;

/// <summary>The LZ4 block format, at its fastest level: some 7 µs in and 1.8 µs out, to little more than half the size on mixed pages.</summary>
internal sealed class Lz4Codec : PageCodec
{
    /// <inheritdoc/>
    public override PageCodecId Id => PageCodecId.Lz4;

    /// <inheritdoc/>
    public override string Name => "lz4";

    /// <inheritdoc/>
    public override int Compress(ReadOnlySpan<byte> page, Span<byte> output, CodecScratch scratch)
    {
        RequirePage(page.Length);
        return Lz4Encoder.Encode(page, output, scratch.Lz4Positions);
    }

    /// <inheritdoc/>
    public override bool TryDecompress(ReadOnlySpan<byte> data, Span<byte> page, CodecScratch scratch)
    {
        RequirePage(page.Length);
        return Lz4Decoder.TryDecode(data, page);
    }
}
