using System.Runtime.InteropServices;

namespace TmemCore.PageBench;

/// <summary>The calls that some rows need of liblz4, which is the system's and belongs to no package.</summary>
internal static unsafe partial class Native
{
    public const string Lz4 = "liblz4.so.1";

    /// <summary>Its default level; 0 when the block does not fit.</summary>
    [LibraryImport(Lz4, EntryPoint = "LZ4_compress_default")]
    [SuppressGCTransition]
    public static partial int Compress(byte* from, byte* to, int bytes, int capacityBytes);

    /// <summary>The bytes of what was compressed, or less than 0 when the block is none.</summary>
    [LibraryImport(Lz4, EntryPoint = "LZ4_decompress_safe")]
    [SuppressGCTransition]
    public static partial int Decompress(byte* from, byte* to, int bytes, int capacityBytes);

    [LibraryImport(Lz4, EntryPoint = "LZ4_versionString")]
    public static partial nint Version();
}
