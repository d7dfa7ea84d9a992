using System.Runtime.InteropServices;
using TmemCore.Codecs;

namespace TmemCore.Store;

/// <summary>Where an entry lies that is not known by a frame's number: 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PackedRecord
{
    /// <summary>
    /// The slot; the frame of an entry kept whole; of one word over and over the word; of a free record the next free one plus 1.
    /// </summary>
    public ulong Place;

    /// <summary>Bytes in the slot.</summary>
    public ushort Bytes;

    /// <summary>Bytes of the entry, 1 to 4,096; 0 for a free record.</summary>
    public ushort Length;

    /// <summary>The shard that the number belongs to, for good.</summary>
    public ushort Shard;

    /// <summary>How the bytes become the entry again.</summary>
    public PageCodecId Codec;

    public PackedPlace Kind;
}

/// <summary>What <see cref="PackedRecord.Place"/> is.</summary>
internal enum PackedPlace : byte
{
    Nowhere,
    Word,
    Slot,
    Frame,
}
