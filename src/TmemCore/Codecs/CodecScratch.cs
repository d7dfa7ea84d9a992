using TmemCore.Memory;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace TmemCore.Codecs;

/// <summary>
/// What codecs need while they work: tables that are made on first use and kept, Zstandard's outside of the garbage
/// collector's heap. One thread at a time may use it.
/// </summary>
internal sealed class CodecScratch : IDisposable
{
    /// <summary>
    /// Zstandard's level. On mixed pages level 1 takes 0.357 of their size and level 3 0.352, at four fifths of the time.
    /// </summary>
    private const int ZstandardLevel = 1;

    // Pinned, so that they lie apart from what the collector moves; as many as threads work at the same time.
    private readonly byte[] _page = GC.AllocateUninitializedArray<byte>(ArenaLayout.PageBytes, pinned: true);
    private readonly byte[] _data = GC.AllocateUninitializedArray<byte>(ArenaLayout.PageBytes, pinned: true);

    private byte[]? _padded;
    private ushort[]? _lz4Positions;
    private Compressor? _compressor;
    private Decompressor? _decompressor;

    /// <summary>Room for a page, so that what is worked on cannot change meanwhile.</summary>
    public Span<byte> Page => _page;

    /// <summary>Room for what a page becomes.</summary>
    public Span<byte> Data => _data;

    /// <summary>Room for a page that an entry is the beginning of.</summary>
    public Span<byte> Padded => _padded ??= GC.AllocateUninitializedArray<byte>(ArenaLayout.PageBytes);

    /// <summary>LZ4's table for compression: 16 KiB.</summary>
    public Span<ushort> Lz4Positions => _lz4Positions ??= GC.AllocateUninitializedArray<ushort>(Lz4Encoder.TableEntries);

    /// <summary>Zstandard's tables for compression.</summary>
    public Compressor ZstandardCompressor => _compressor ??= MakeCompressor();

    /// <summary>Zstandard's tables for decompression.</summary>
    public Decompressor ZstandardDecompressor => _decompressor ??= MakeDecompressor();

    /// <summary>Frees the tables.</summary>
    public void Dispose()
    {
        _compressor?.Dispose();
        _decompressor?.Dispose();
        _compressor = null;
        _decompressor = null;
    }

    /// <summary>A page is always 4,096 bytes and its store knows what it is: the frame's magic number and size say nothing new.</summary>
    private static Compressor MakeCompressor()
    {
        var compressor = new Compressor(ZstandardLevel);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_contentSizeFlag, 0);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 0);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_dictIDFlag, 0);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_experimentalParam2, (int)ZSTD_format_e.ZSTD_f_zstd1_magicless);
        return compressor;
    }

    private static Decompressor MakeDecompressor()
    {
        var decompressor = new Decompressor();
        decompressor.SetParameter(ZSTD_dParameter.ZSTD_d_experimentalParam1, (int)ZSTD_format_e.ZSTD_f_zstd1_magicless);
        return decompressor;
    }
}
