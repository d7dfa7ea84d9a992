using System.Runtime.InteropServices;
using TmemCore.Codecs;

namespace TmemCore.Store;

/// <summary>Where a page lies that takes less than a frame: 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PackedRecord
{
    /// <summary>The slot; of a page that is one word over and over the word; of a free record the next free one.</summary>
    public ulong Place;

    /// <summary>Bytes in the slot.</summary>
    public ushort Bytes;

    /// <summary>How they become a page again; <see cref="PageCodecId.None"/> for a free record.</summary>
    public PageCodecId Codec;
}
