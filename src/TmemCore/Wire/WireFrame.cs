using System.Buffers.Binary;

namespace TmemCore.Wire;

/// <summary>
/// The frames of the socket protocol: a header of 16 bytes, little-endian, then bytes of the length that it tells. A request's are an op of
/// the tmem ABI, version 1 with 64-bit words, and what is to be stored; an answer's are what was found.
/// </summary>
internal static class WireFrame
{
    public const int HeaderBytes = 16;

    /// <summary>The most that a request has behind its header.</summary>
    public const int MaximumRequestBytes = Abi.TmemOp.MaxSize + TmemPool.PageBytes;

    /// <summary>The most that an answer has behind its header: the text of a list.</summary>
    public const int MaximumAnswerBytes = 1 << 20;

    /// <summary>Writes a request's header.</summary>
    public static void WriteRequest(Span<byte> header, uint tag, int opBytes, int dataBytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)(opBytes + dataBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], tag);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)opBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], 0);
    }

    /// <summary>Gives a whole request that was written here another tag.</summary>
    /// <returns>The bytes that it takes.</returns>
    public static int TagRequest(Span<byte> request, uint tag)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(request[4..], tag);
        return HeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(request);
    }

    /// <summary>Has a whole request of a pool, written here, mean none: its op names a pool that nobody has.</summary>
    public static void TakePoolAway(Span<byte> request) =>
        BinaryPrimitives.WriteInt32LittleEndian(request[(HeaderBytes + sizeof(uint))..], -1);

    /// <summary>Reads a request's header; false when no request has such a one.</summary>
    public static bool TryReadRequest(ReadOnlySpan<byte> header, out uint tag, out int opBytes, out int dataBytes)
    {
        uint bytes = BinaryPrimitives.ReadUInt32LittleEndian(header);
        tag = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        uint op = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        opBytes = (int)Math.Min(op, int.MaxValue);
        dataBytes = (int)(Math.Min(bytes, int.MaxValue) - (long)opBytes);
        return bytes <= MaximumRequestBytes
            && op is >= sizeof(uint) and <= Abi.TmemOp.MaxSize
            && op <= bytes
            && dataBytes <= TmemPool.PageBytes
            && BinaryPrimitives.ReadUInt32LittleEndian(header[12..]) == 0;
    }

    /// <summary>Writes an answer's header.</summary>
    public static void WriteAnswer(Span<byte> header, uint tag, long result, int dataBytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)dataBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], tag);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], result);
    }

    /// <summary>Reads an answer's header; false when no answer has such a one.</summary>
    public static bool TryReadAnswer(ReadOnlySpan<byte> header, out uint tag, out long result, out int dataBytes)
    {
        uint bytes = BinaryPrimitives.ReadUInt32LittleEndian(header);
        tag = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        result = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        dataBytes = (int)Math.Min(bytes, int.MaxValue);
        return bytes <= MaximumAnswerBytes;
    }
}
