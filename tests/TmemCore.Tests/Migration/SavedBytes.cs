using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using TmemCore.Migration;

namespace TmemCore.Tests.Migration;

/// <summary>Save streams as arrays: written, read, taken apart and put together again.</summary>
internal static class SavedBytes
{
    public static async Task<byte[]> SaveAsync(TmemClient client, SaveOptions? options = null)
    {
        var stream = new MemoryStream();
        PipeWriter writer = PipeWriter.Create(stream);
        await SaveStream.SaveAsync(client, writer, options);
        await writer.CompleteAsync();
        return stream.ToArray();
    }

    public static Task<TmemClient> RestoreAsync(TmemHost host, ReadOnlyMemory<byte> bytes, RestoreOptions? options = null) =>
        SaveStream.RestoreAsync(host, Reader(bytes), options);

    public static Task<SaveStreamReport> InspectAsync(ReadOnlyMemory<byte> bytes) => SaveStream.InspectAsync(Reader(bytes));

    public static PipeReader Reader(ReadOnlyMemory<byte> bytes) => PipeReader.Create(new ReadOnlySequence<byte>(bytes));

    /// <summary>The records of a stream.</summary>
    public static List<SavedRecord> Split(ReadOnlySpan<byte> stream)
    {
        var records = new List<SavedRecord>();
        for (int at = SaveStreamFormat.HeaderBytes; at < stream.Length;)
        {
            int bytes = BinaryPrimitives.ReadInt32LittleEndian(stream[(at + 4)..]);
            records.Add(new SavedRecord(
                (SaveRecordType)BinaryPrimitives.ReadUInt16LittleEndian(stream[at..]),
                stream.Slice(at + SaveStreamFormat.RecordHeaderBytes, bytes).ToArray()));
            at += SaveStreamFormat.RecordFrameBytes + bytes;
        }

        return records;
    }

    /// <summary>Records as a stream whose checksums are right.</summary>
    /// <param name="records">The records.</param>
    /// <param name="recounts">Whether what the end mark says of the records before it is made right, too.</param>
    /// <param name="flags">The header's flags.</param>
    public static byte[] Join(IEnumerable<SavedRecord> records, bool recounts, ushort flags = 0)
    {
        var stream = new MemoryStream();
        var header = new byte[SaveStreamFormat.HeaderBytes];
        RecordSeal.WriteHeader(header, flags);
        stream.Write(header);
        var counts = default(StreamCounts);
        foreach (SavedRecord record in records)
        {
            byte[] bytes = Frame(recounts && record.Type == SaveRecordType.End ? Recount(record, counts) : record);
            RecordSeal.Close(bytes, ref counts);
            counts.Pages += record.Type == SaveRecordType.Page ? 1 : 0;
            counts.PagesGone += record.Type == SaveRecordType.PageGone ? 1 : 0;
            stream.Write(bytes);
        }

        return stream.ToArray();
    }

    private static SavedRecord Recount(SavedRecord end, in StreamCounts counts)
    {
        byte[] payload = [.. end.Payload];
        if (payload.Length == SaveStreamFormat.EndBytes)
        {
            BinaryPrimitives.WriteInt64LittleEndian(payload, counts.Records);
            BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(8), counts.Pages);
            BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(16), counts.PagesGone);
            BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(32), counts.Sum);
        }

        return end with { Payload = payload };
    }

    private static byte[] Frame(SavedRecord record)
    {
        var bytes = new byte[SaveStreamFormat.RecordFrameBytes + record.Payload.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)record.Type);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), record.Flags);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), record.Payload.Length);
        record.Payload.CopyTo(bytes, SaveStreamFormat.RecordHeaderBytes);
        return bytes;
    }
}

/// <summary>A record without its checksum.</summary>
internal sealed record SavedRecord(SaveRecordType Type, byte[] Payload, ushort Flags = 0)
{
    /// <summary>The same with another byte in the payload.</summary>
    public SavedRecord With(int place, byte value)
    {
        byte[] payload = [.. Payload];
        payload[place] = value;
        return this with { Payload = payload };
    }
}
