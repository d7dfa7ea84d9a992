using TmemCore.Memory;

namespace TmemCore.Codecs;

/// <summary>
/// A page in, fewer bytes out. A codec has no state: whatever it needs while it works lies in the caller's
/// <see cref="CodecScratch"/>, one for each thread, so that codecs can be shared by all.
/// </summary>
internal abstract class PageCodec
{
    private static readonly PageCodec[] s_all = [new Lz4Codec(), new ZstandardCodec()];

    private static readonly SameFilledOnly s_sameFilledOnly = new();

    /// <summary>All codecs that make pages smaller, the fastest first.</summary>
    public static IReadOnlyList<PageCodec> All => s_all;

    /// <summary>What a stored page is marked with.</summary>
    public abstract PageCodecId Id { get; }

    /// <summary>What people call it.</summary>
    public abstract string Name { get; }

    /// <summary>The codec that a stored page is marked with.</summary>
    public static PageCodec Of(PageCodecId id)
    {
        foreach (PageCodec codec in s_all)
        {
            if (codec.Id == id)
            {
                return codec;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(id), id, $"No codec has that mark; there are {string.Join(", ", s_all.Select(static codec => $"{codec.Id}"))}.");
    }

    /// <summary>The codec of a setting; null when pages are kept whole.</summary>
    public static PageCodec? For(PageCompression compression) => compression switch
    {
        PageCompression.None => null,
        PageCompression.SameFilled => s_sameFilledOnly,
        PageCompression.Lz4 => Of(PageCodecId.Lz4),
        PageCompression.Zstandard => Of(PageCodecId.Zstandard),
        _ => throw new ArgumentOutOfRangeException(nameof(compression), compression, "It may be a value of its enumeration."),
    };

    /// <summary>Makes a page smaller. Allocates nothing once the scratch has been used.</summary>
    /// <param name="page">4,096 bytes, or an entry of fewer.</param>
    /// <param name="output">Takes the compressed page; as long as it may become.</param>
    /// <param name="scratch">The calling thread's.</param>
    /// <returns>The bytes written, or 0 when the page does not fit into <paramref name="output"/>.</returns>
    public abstract int Compress(ReadOnlySpan<byte> page, Span<byte> output, CodecScratch scratch);

    /// <summary>Makes the page again. Never reads or writes beyond what it is given, whatever <paramref name="data"/> holds.</summary>
    /// <param name="data">What <see cref="Compress"/> wrote.</param>
    /// <param name="page">Takes the page, or the entry; as long as it was.</param>
    /// <param name="scratch">The calling thread's.</param>
    /// <returns>False when the data is not that of a page; <paramref name="page"/> is undefined then.</returns>
    public abstract bool TryDecompress(ReadOnlySpan<byte> data, Span<byte> page, CodecScratch scratch);

    /// <summary>Throws unless a span is a page or an entry.</summary>
    protected static void RequireLength(int bytes)
    {
        if (bytes is < 1 or > ArenaLayout.PageBytes)
        {
            throw new ArgumentOutOfRangeException("page", bytes, $"A page is exactly {ArenaLayout.PageBytes:N0} bytes, an entry fewer.");
        }
    }
}
