using System.Buffers.Binary;

namespace TmemCore.Server.Nbd;

/// <summary>The heads of answers.</summary>
internal static class NbdReplies
{
    private const ushort Done = 1;

    /// <summary>Behind an error number: the length of what is said of it.</summary>
    private const int ErrorBytes = 6;

    /// <summary>The longest answer that is an error.</summary>
    public const int MostErrorBytes = NbdWire.ChunkHeaderBytes + ErrorBytes + 64;

    /// <summary>Writes a simple reply, 16 bytes.</summary>
    public static void WriteSimple(Span<byte> bytes, ulong cookie, NbdError error)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, NbdWire.SimpleReplyMagic);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], (uint)error);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], cookie);
    }

    /// <summary>Writes the 20 bytes in front of a chunk's payload.</summary>
    public static void WriteChunk(Span<byte> bytes, ulong cookie, NbdChunkType type, int payloadBytes, bool isLast)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, NbdWire.ChunkMagic);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], isLast ? Done : (ushort)0);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)type);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], cookie);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], (uint)payloadBytes);
    }

    /// <summary>Writes what stands in front of a chunk's data, 28 bytes.</summary>
    public static void WriteData(Span<byte> bytes, ulong cookie, ulong offset, int dataBytes, bool isLast)
    {
        WriteChunk(bytes, cookie, NbdChunkType.OffsetData, NbdWire.ChunkOffsetBytes + dataBytes, isLast);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[NbdWire.ChunkHeaderBytes..], offset);
    }

    /// <summary>Writes a chunk that stands for zeros.</summary>
    /// <returns>Its length.</returns>
    public static int WriteHole(Span<byte> bytes, ulong cookie, ulong offset, int holeBytes, bool isLast)
    {
        const int Payload = NbdWire.ChunkOffsetBytes + sizeof(uint);
        WriteChunk(bytes, cookie, NbdChunkType.OffsetHole, Payload, isLast);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[NbdWire.ChunkHeaderBytes..], offset);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[(NbdWire.ChunkHeaderBytes + NbdWire.ChunkOffsetBytes)..], (uint)holeBytes);
        return NbdWire.ChunkHeaderBytes + Payload;
    }

    /// <summary>Writes an error as the last chunk of an answer, with a sentence for people.</summary>
    /// <returns>Its length.</returns>
    public static int WriteError(Span<byte> bytes, ulong cookie, NbdError error)
    {
        ReadOnlySpan<byte> words = Explain(error);
        WriteChunk(bytes, cookie, NbdChunkType.Error, ErrorBytes + words.Length, isLast: true);
        Span<byte> payload = bytes[NbdWire.ChunkHeaderBytes..];
        BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)error);
        BinaryPrimitives.WriteUInt16BigEndian(payload[sizeof(uint)..], (ushort)words.Length);
        words.CopyTo(payload[ErrorBytes..]);
        return NbdWire.ChunkHeaderBytes + ErrorBytes + words.Length;
    }

    private static ReadOnlySpan<byte> Explain(NbdError error) => error switch
    {
        NbdError.NotPermitted => "the export is read-only"u8,
        NbdError.InputOutput => "what was kept there is gone or cannot be reached"u8,
        NbdError.Invalid => "no such command, flag or range, or too large"u8,
        NbdError.NoSpace => "beyond the end of the export, or no room is left"u8,
        NbdError.Overflow => "too large for one piece"u8,
        NbdError.NotSupported => "not faster than writing zeros as data"u8,
        NbdError.Shutdown => "the server stops"u8,
        _ => default,
    };
}
