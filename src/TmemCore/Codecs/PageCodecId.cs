namespace TmemCore.Codecs;

/// <summary>How a page is stored. The numbers stand in the arena and in saved clients: they are never given another meaning.</summary>
internal enum PageCodecId : byte
{
    /// <summary>As it came, in a frame of its own.</summary>
    None = 0,

    /// <summary>One word of eight bytes that fills it; see <see cref="SameFilled"/>.</summary>
    SameFilled = 1,

    /// <summary>The LZ4 block format.</summary>
    Lz4 = 2,

    /// <summary>A Zstandard frame without magic number, content size and checksum.</summary>
    Zstandard = 3,
}
