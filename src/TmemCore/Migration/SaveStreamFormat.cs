using TmemCore.Codecs;
using TmemCore.Memory;

namespace TmemCore.Migration;

/// <summary>
/// The save stream: a header, then records, each with a checksum of its own, the last one an end mark that counts and sums up all before.
/// Little-endian. Described in docs/save-stream.md.
/// </summary>
internal static class SaveStreamFormat
{
    /// <summary>Eight characters, version, flags, and a checksum of them.</summary>
    public const int HeaderBytes = 16;

    public const ushort Version = 1;

    /// <summary>A flag of the header: two sides are at work, and after the end mark they agree on who runs the client.</summary>
    public const ushort MovingFlag = 1;

    /// <summary>Type, flags and length.</summary>
    public const int RecordHeaderBytes = 8;

    /// <summary>What stands around a payload.</summary>
    public const int RecordFrameBytes = RecordHeaderBytes + sizeof(uint);

    /// <summary>The settings of a client, without its name.</summary>
    public const int ClientBytes = 40;

    public const int MostNameBytes = 1024;
    public const int PoolBytes = 24;
    public const int PoolGoneBytes = 4;

    /// <summary>Pool, form, length, index and object.</summary>
    public const int HandleBytes = 32;

    public const int EndBytes = 40;

    /// <summary>What two sides tell each other after the end mark: the sum of the stream that they speak of.</summary>
    public const int AgreementBytes = 8;

    public const int MostReasonBytes = 1024;

    /// <summary>The longest record: a page kept whole.</summary>
    public const int LargestRecordBytes = RecordFrameBytes + HandleBytes + ArenaLayout.PageBytes;

    public static ReadOnlySpan<byte> Magic => "TMEMSAVE"u8;

    /// <summary>How long a payload may be; from 1 to 0 for a type that there is not.</summary>
    public static (int Least, int Most) PayloadBytes(SaveRecordType type) => type switch
    {
        SaveRecordType.Client => (ClientBytes, ClientBytes + MostNameBytes),
        SaveRecordType.Pool => (PoolBytes, PoolBytes),
        SaveRecordType.PoolGone => (PoolGoneBytes, PoolGoneBytes),
        SaveRecordType.Page => (HandleBytes + 1, HandleBytes + ArenaLayout.PageBytes),
        SaveRecordType.PageGone => (HandleBytes, HandleBytes),
        SaveRecordType.End => (EndBytes, EndBytes),
        SaveRecordType.Ready or SaveRecordType.Switch or SaveRecordType.Switched => (AgreementBytes, AgreementBytes),
        SaveRecordType.Refused => (0, MostReasonBytes),
        _ => (1, 0),
    };

    /// <summary>The bytes that a page of a form is followed by: what is kept of it, or the word that it repeats.</summary>
    public static int DataBytes(PageCodecId codec, int bytes) => codec == PageCodecId.SameFilled ? sizeof(ulong) : bytes;
}
