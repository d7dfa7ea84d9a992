using System.Buffers.Binary;
using TmemCore.Codecs;
using TmemCore.Store;

namespace TmemCore.Migration;

/// <summary>
/// Writes records, without their checksums, into memory: what happens under a lock is a copy and no more. <see cref="RecordSeal"/> does the rest.
/// </summary>
internal ref struct RecordWriter(Span<byte> buffer) : IImageTarget
{
    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Pages that are there, and pages that are not any more.</summary>
    public int Pages { get; private set; }
    public int PagesGone { get; private set; }

    /// <summary>Whether a record of any kind fits in.</summary>
    public readonly bool HasRoom => _buffer.Length - Length >= SaveStreamFormat.LargestRecordBytes;

    public void TakePage(int slot, in ObjectId objectId, uint index, in PackedForm form, ReadOnlySpan<byte> data)
    {
        int bytes = SaveStreamFormat.DataBytes(form.Codec, form.Bytes);
        Span<byte> payload = Begin(SaveRecordType.Page, SaveStreamFormat.HandleBytes + bytes);
        WriteHandle(payload, slot, objectId, index);
        payload[1] = (byte)form.Codec;
        BinaryPrimitives.WriteUInt16LittleEndian(payload[2..], (ushort)form.Length);
        if (form.Codec == PageCodecId.SameFilled)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(payload[SaveStreamFormat.HandleBytes..], form.Word);
        }
        else
        {
            data.CopyTo(payload[SaveStreamFormat.HandleBytes..]);
        }

        Pages++;
    }

    public void TakeGone(int slot, in ObjectId objectId, uint index)
    {
        WriteHandle(Begin(SaveRecordType.PageGone, SaveStreamFormat.HandleBytes), slot, objectId, index);
        PagesGone++;
    }

    public void Client(ClientImage client)
    {
        Span<byte> payload = _buffer[(Length + SaveStreamFormat.RecordHeaderBytes)..];
        Begin(SaveRecordType.Client, client.Write(payload));
    }

    public void Pool(in PoolImage pool) => pool.Write(Begin(SaveRecordType.Pool, SaveStreamFormat.PoolBytes));

    public void PoolGone(int slot)
    {
        Span<byte> payload = Begin(SaveRecordType.PoolGone, SaveStreamFormat.PoolGoneBytes);
        payload.Clear();
        payload[0] = (byte)slot;
    }

    /// <summary>What the reader is to have counted by now: records before this one, pages, pages gone, and pages that are there.</summary>
    public void End(in StreamCounts counts, long present)
    {
        Span<byte> payload = Begin(SaveRecordType.End, SaveStreamFormat.EndBytes);
        BinaryPrimitives.WriteInt64LittleEndian(payload, counts.Records);
        BinaryPrimitives.WriteInt64LittleEndian(payload[8..], counts.Pages);
        BinaryPrimitives.WriteInt64LittleEndian(payload[16..], counts.PagesGone);
        BinaryPrimitives.WriteInt64LittleEndian(payload[24..], present);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[32..], counts.Sum);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[36..], 0);
    }

    /// <summary>A word of the agreement about a stream of that sum.</summary>
    public void Agreement(SaveRecordType type, uint sum)
    {
        Span<byte> payload = Begin(type, SaveStreamFormat.AgreementBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(payload, sum);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[4..], 0);
    }

    public void Refused(scoped ReadOnlySpan<byte> reason) => reason.CopyTo(Begin(SaveRecordType.Refused, reason.Length));

    private static void WriteHandle(Span<byte> payload, int slot, in ObjectId objectId, uint index)
    {
        payload[0] = (byte)slot;
        payload[1] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(payload[2..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[4..], index);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[8..], objectId.Word0);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[16..], objectId.Word1);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[24..], objectId.Word2);
    }

    private Span<byte> Begin(SaveRecordType type, int bytes)
    {
        Span<byte> record = _buffer[Length..];
        BinaryPrimitives.WriteUInt16LittleEndian(record, (ushort)type);
        BinaryPrimitives.WriteUInt16LittleEndian(record[2..], 0);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], bytes);
        Length += SaveStreamFormat.RecordFrameBytes + bytes;
        return record.Slice(SaveStreamFormat.RecordHeaderBytes, bytes);
    }
}
