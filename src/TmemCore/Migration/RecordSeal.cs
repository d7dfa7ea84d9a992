using System.Buffers.Binary;

namespace TmemCore.Migration;

/// <summary>Puts the checksums behind records that a <see cref="RecordWriter"/> has written.</summary>
internal static class RecordSeal
{
    /// <summary>Completes records, and counts them.</summary>
    public static void Close(Span<byte> records, ref StreamCounts counts)
    {
        while (records.Length > 0)
        {
            int bytes = SaveStreamFormat.RecordHeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(records[4..]);
            uint checksum = Crc32C.Of(records[..bytes]);
            BinaryPrimitives.WriteUInt32LittleEndian(records[bytes..], checksum);
            counts.Records++;
            counts.Sum = Crc32C.Chain(counts.Sum, checksum);
            records = records[(bytes + sizeof(uint))..];
        }
    }

    /// <summary>Writes the header of a stream.</summary>
    public static void WriteHeader(Span<byte> header, ushort flags)
    {
        SaveStreamFormat.Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], SaveStreamFormat.Version);
        BinaryPrimitives.WriteUInt16LittleEndian(header[10..], flags);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], Crc32C.Of(header[..12]));
    }
}
