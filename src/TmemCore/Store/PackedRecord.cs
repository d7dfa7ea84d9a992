using System.Runtime.InteropServices;
using TmemCore.Codecs;

namespace TmemCore.Store;

/// <summary>Where an entry lies that is not known by a frame's number: 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PackedRecord
{
    private const int KindBits = 3;
    private const int MarkBits = 7 << 2;
    private const int CodecShift = 5;

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

    /// <summary>See <see cref="PackedForm.Tag"/>.</summary>
    public byte Tag;

    private byte _kindMarksAndCodec;

    /// <summary>How the bytes become the entry again.</summary>
    public PageCodecId Codec
    {
        readonly get => (PageCodecId)(_kindMarksAndCodec >> CodecShift);
        set => _kindMarksAndCodec = (byte)((_kindMarksAndCodec & (KindBits | MarkBits)) | ((int)value << CodecShift));
    }

    /// <summary>What <see cref="Place"/> is. Whoever sets it keeps something else here: the marks go.</summary>
    public PackedPlace Kind
    {
        readonly get => (PackedPlace)(_kindMarksAndCodec & KindBits);
        set => _kindMarksAndCodec = (byte)((_kindMarksAndCodec & ~(KindBits | MarkBits)) | (int)value);
    }

    /// <summary>What the search for cold pages notes.</summary>
    public PackedMarks Marks
    {
        readonly get => (PackedMarks)(_kindMarksAndCodec & MarkBits);
        set => _kindMarksAndCodec = (byte)((_kindMarksAndCodec & ~MarkBits) | (int)value);
    }
}

/// <summary>What <see cref="PackedRecord.Place"/> is.</summary>
internal enum PackedPlace : byte
{
    Nowhere,
    Word,
    Slot,
    Frame,
}

/// <summary>What the search for cold pages notes of an entry, beside its <see cref="PackedPlace"/>.</summary>
[Flags]
internal enum PackedMarks : byte
{
    None = 0,

    /// <summary>Neither read nor put since the search came by.</summary>
    Unseen = 4,

    /// <summary>The denser codec has been tried and does not help.</summary>
    Dense = 8,

    /// <summary>Made smaller by the denser codec while it was cold.</summary>
    Cold = 16,
}
