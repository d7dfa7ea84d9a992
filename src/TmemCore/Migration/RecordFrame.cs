using System.Buffers;
using System.Buffers.Binary;

namespace TmemCore.Migration;

/// <summary>What stands around each record, as read from a stream that may be anything.</summary>
internal static class RecordFrame
{
    /// <summary>The length of the record that bytes begin with, frame included; 0 when too few are there to tell.</summary>
    /// <exception cref="SaveStreamException">It is of no type, or longer or shorter than its type.</exception>
    public static int LengthOf(in ReadOnlySequence<byte> bytes, long position)
    {
        if (bytes.Length < SaveStreamFormat.RecordHeaderBytes)
        {
            return 0;
        }

        Span<byte> header = stackalloc byte[SaveStreamFormat.RecordHeaderBytes];
        bytes.Slice(0, SaveStreamFormat.RecordHeaderBytes).CopyTo(header);
        var type = (SaveRecordType)BinaryPrimitives.ReadUInt16LittleEndian(header);
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(header[2..]);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        (int least, int most) = SaveStreamFormat.PayloadBytes(type);
        if (most < least)
        {
            throw new SaveStreamException(SaveStreamFault.Unsupported, position, $"a record of type {(ushort)type}, which there is not.");
        }

        if (flags != 0)
        {
            throw new SaveStreamException(SaveStreamFault.Unsupported, position, $"a record {type} with the flags 0x{flags:x4}; there are none.");
        }

        if (length < least || length > most)
        {
            throw new SaveStreamException(SaveStreamFault.Length, position, $"a record {type} of {length} bytes; it may have {least} to {most}.");
        }

        return SaveStreamFormat.RecordFrameBytes + (int)length;
    }

    /// <summary>Throws unless a record's checksum is that of its bytes.</summary>
    /// <returns>The checksum.</returns>
    /// <exception cref="SaveStreamException">It is not.</exception>
    public static uint RequireChecksum(ReadOnlySpan<byte> record, long position)
    {
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(record[^sizeof(uint)..]);
        return checksum == Crc32C.Of(record[..^sizeof(uint)])
            ? checksum
            : throw new SaveStreamException(SaveStreamFault.Checksum, position, "the record's checksum is not that of its bytes.");
    }

    /// <summary>Checks a stream's header.</summary>
    /// <returns>Its flags.</returns>
    /// <exception cref="SaveStreamException">It is not one.</exception>
    public static ushort ReadHeader(ReadOnlySpan<byte> header)
    {
        if (!header.StartsWith(SaveStreamFormat.Magic))
        {
            throw new SaveStreamException(SaveStreamFault.NotASaveStream, 0, "it does not begin with the eight characters TMEMSAVE.");
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        if (version != SaveStreamFormat.Version)
        {
            throw new SaveStreamException(SaveStreamFault.Unsupported, 0, $"its version is {version}; this library reads version {SaveStreamFormat.Version}.");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(header[12..]) != Crc32C.Of(header[..12]))
        {
            throw new SaveStreamException(SaveStreamFault.Checksum, 0, "the header's checksum is not that of its bytes.");
        }

        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(header[10..]);
        return (flags & ~SaveStreamFormat.MovingFlag) == 0
            ? flags
            : throw new SaveStreamException(SaveStreamFault.Unsupported, 0, $"its flags are 0x{flags:x4}; there is 0x{SaveStreamFormat.MovingFlag:x4} alone.");
    }
}
