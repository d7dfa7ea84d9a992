using K4os.Compression.LZ4;

namespace TmemCore.Codecs;

/// <summary>The LZ4 block format, at its fastest level: some 7 µs in and 1.5 µs out, to half the size on mixed pages.</summary>
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
        return Math.Max(LZ4Codec.Encode(page, output, LZ4Level.L00_FAST), 0);
    }

    /// <inheritdoc/>
    public override bool TryDecompress(ReadOnlySpan<byte> data, Span<byte> page, CodecScratch scratch)
    {
        RequireLength(page.Length);
        return LZ4Codec.Decode(data, page) == page.Length;
    }
}
