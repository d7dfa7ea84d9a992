namespace TmemCore.Codecs;

/// <summary>Makes no page smaller: for pools in which only pages of one word are to be packed, which is looked for before any codec.</summary>
internal sealed class SameFilledOnly : PageCodec
{
    /// <inheritdoc/>
    public override PageCodecId Id => PageCodecId.SameFilled;

    /// <inheritdoc/>
    public override string Name => "same-filled";

    /// <inheritdoc/>
    public override int Compress(ReadOnlySpan<byte> page, Span<byte> output, CodecScratch scratch) => 0;

    /// <inheritdoc/>
    public override bool TryDecompress(ReadOnlySpan<byte> data, Span<byte> page, CodecScratch scratch) => false;
}
