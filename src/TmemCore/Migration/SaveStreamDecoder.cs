using System.Buffers.Binary;
using System.Globalization;
using TmemCore.Codecs;
using TmemCore.Memory;
using TmemCore.Store;

namespace TmemCore.Migration;

/// <summary>
/// Checks the records of a save stream one after the other, each before anything of it is passed on: checksum, fields, place, and that the bytes of a
/// packed page become a page.
/// </summary>
internal sealed class SaveStreamDecoder(ISaveStreamSink sink) : IDisposable
{
    private readonly CodecScratch _scratch = new();
    private readonly PoolImage?[] _pools = new PoolImage?[ClientRecord.PoolSlots];
    private StreamCounts _counts;
    private ClientImage? _client;
    private ClientImage? _final;

    /// <summary>Whether the end mark has been read.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>What has been read so far.</summary>
    public StreamCounts Counts => _counts;

    /// <summary>What the end mark says: pages that there are.</summary>
    public long PresentPages { get; private set; }

    public void Dispose() => _scratch.Dispose();

    /// <summary>Checks a record, frame included, and passes on what it says.</summary>
    /// <exception cref="SaveStreamException">It is wrong.</exception>
    public void Accept(ReadOnlySpan<byte> record, long position)
    {
        uint checksum = RecordFrame.RequireChecksum(record, position);
        var type = (SaveRecordType)BinaryPrimitives.ReadUInt16LittleEndian(record);
        RequirePlace(type, position);
        ReadOnlySpan<byte> payload = record[SaveStreamFormat.RecordHeaderBytes..^sizeof(uint)];
        switch (type)
        {
            case SaveRecordType.Client:
                AcceptClient(payload, position);
                break;
            case SaveRecordType.Pool:
                AcceptPool(PoolImage.Read(payload, position), position);
                break;
            case SaveRecordType.PoolGone:
                AcceptPoolGone(payload, position);
                break;
            case SaveRecordType.Page:
                AcceptPage(payload, position);
                break;
            case SaveRecordType.PageGone:
                AcceptPageGone(payload, position);
                break;
            default:
                AcceptEnd(payload, position);
                break;
        }

        _counts.Records++;
        _counts.Sum = Crc32C.Chain(_counts.Sum, checksum);
        _counts.Bytes = position + record.Length;
    }

    private void RequirePlace(SaveRecordType type, long position)
    {
        if (type > SaveRecordType.End)
        {
            throw new SaveStreamException(SaveStreamFault.Order, position, $"a record {type} before the end mark.");
        }

        if (_client is null && type != SaveRecordType.Client)
        {
            throw new SaveStreamException(SaveStreamFault.Order, position, $"a record {type} before the client's settings.");
        }

        if (_final is not null && type != SaveRecordType.End)
        {
            throw new SaveStreamException(SaveStreamFault.Order, position, $"a record {type} between the client's last settings and the end mark.");
        }

        if (_final is null && type == SaveRecordType.End)
        {
            throw new SaveStreamException(SaveStreamFault.Order, position, "an end mark without the client's last settings before it.");
        }
    }

    private void AcceptClient(ReadOnlySpan<byte> payload, long position)
    {
        ClientImage image = ClientImage.Read(payload, position);
        if (_client is null)
        {
            _client = image;
            sink.Begin(image);
            return;
        }

        if (!image.IsOfSameClient(_client))
        {
            throw new SaveStreamException(SaveStreamFault.Value, position, "the client's last settings are those of another client than the first.");
        }

        _final = image;
    }

    private void AcceptPool(in PoolImage pool, long position)
    {
        if (_pools[pool.Id] is not PoolImage known)
        {
            sink.AddPool(pool);
        }
        else if (known == pool || known with { Compression = pool.Compression } != pool)
        {
            throw new SaveStreamException(SaveStreamFault.Order, position, $"pool {pool.Id} is there already.");
        }
        else
        {
            sink.ChangePool(pool);
        }

        _pools[pool.Id] = pool;
    }

    private void AcceptPoolGone(ReadOnlySpan<byte> payload, long position)
    {
        int slot = PoolImage.ReadId(payload[0], position);
        if (payload[1..].ContainsAnyExcept((byte)0))
        {
            throw new SaveStreamException(SaveStreamFault.Unsupported, position, $"what must be 0 in the end of pool {slot} is not.");
        }

        if (_pools[slot] is null)
        {
            throw new SaveStreamException(SaveStreamFault.Order, position, $"pool {slot} goes, and it is not there.");
        }

        sink.DropPool(slot);
        _pools[slot] = null;
    }

    private void AcceptPage(ReadOnlySpan<byte> payload, long position)
    {
        int slot = RequirePersistent(payload, position);
        ReadOnlySpan<byte> data = payload[SaveStreamFormat.HandleBytes..];
        PackedForm form = ReadForm(payload, data, position);
        ReadOnlySpan<byte> page = data;
        if (form.Codec != PageCodecId.None)
        {
            Span<byte> unpacked = _scratch.Page[..form.Length];
            Unpack(form, data, unpacked, position);
            page = unpacked;
        }

        sink.PutPage(slot, ReadObject(payload), ReadIndex(payload), form, data[..form.Bytes], page);
        _counts.Pages++;
    }

    private void AcceptPageGone(ReadOnlySpan<byte> payload, long position)
    {
        int slot = RequirePersistent(payload, position);
        if (payload[1..4].ContainsAnyExcept((byte)0))
        {
            throw new SaveStreamException(SaveStreamFault.Unsupported, position, "what must be 0 in the record of a page that has gone is not.");
        }

        sink.DropPage(slot, ReadObject(payload), ReadIndex(payload));
        _counts.PagesGone++;
    }

    private void AcceptEnd(ReadOnlySpan<byte> payload, long position)
    {
        RequireCount("records", BinaryPrimitives.ReadInt64LittleEndian(payload), _counts.Records, position);
        RequireCount("pages", BinaryPrimitives.ReadInt64LittleEndian(payload[8..]), _counts.Pages, position);
        RequireCount("pages gone", BinaryPrimitives.ReadInt64LittleEndian(payload[16..]), _counts.PagesGone, position);
        PresentPages = BinaryPrimitives.ReadInt64LittleEndian(payload[24..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(payload[32..]) != _counts.Sum)
        {
            throw new SaveStreamException(SaveStreamFault.Checksum, position, "the sum over all records is not theirs.");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(payload[36..]) != 0)
        {
            throw new SaveStreamException(SaveStreamFault.Unsupported, position, "what must be 0 in the end mark is not.");
        }

        if (PresentPages < 0 || PresentPages > _counts.Pages)
        {
            throw new SaveStreamException(SaveStreamFault.Count, position, string.Create(
                CultureInfo.InvariantCulture, $"the client is said to have {PresentPages:N0} pages; {_counts.Pages:N0} have come."));
        }

        if (sink.CountPages() is long present)
        {
            RequireCount("pages of the client", PresentPages, present, position);
        }

        sink.Finish(_final!);
        IsAtEnd = true;
    }

    private static void RequireCount(string what, long said, long counted, long position)
    {
        if (said != counted)
        {
            throw new SaveStreamException(SaveStreamFault.Count, position, string.Create(
                CultureInfo.InvariantCulture, $"the end mark says {said:N0} {what}; there are {counted:N0}."));
        }
    }

    private int RequirePersistent(ReadOnlySpan<byte> payload, long position)
    {
        int slot = PoolImage.ReadId(payload[0], position);
        if (_pools[slot] is not PoolImage pool)
        {
            throw new SaveStreamException(SaveStreamFault.Order, position, $"a page of pool {slot}, which is not there.");
        }

        if (!pool.IsPersistent)
        {
            throw new SaveStreamException(SaveStreamFault.Order, position, $"a page of pool {slot}, which is of kind {pool.Kind}; only persistent pages are saved.");
        }

        return slot;
    }

    private static PackedForm ReadForm(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> data, long position)
    {
        var codec = (PageCodecId)payload[1];
        int length = BinaryPrimitives.ReadUInt16LittleEndian(payload[2..]);
        if (length is < 1 or > ArenaLayout.PageBytes)
        {
            throw new SaveStreamException(SaveStreamFault.Value, position, $"a page of {length:N0} bytes; it may be 1 to {ArenaLayout.PageBytes:N0}.");
        }

        bool isRight = codec switch
        {
            PageCodecId.None => data.Length == length,
            PageCodecId.SameFilled => data.Length == sizeof(ulong) && length == ArenaLayout.PageBytes,
            PageCodecId.Lz4 or PageCodecId.Zstandard => data.Length < length && data.Length <= PackedPages.MaximumBytes,
            _ => throw new SaveStreamException(SaveStreamFault.Unsupported, position, $"a page packed by codec {payload[1]}; there are 0 to 3."),
        };
        return !isRight
            ? throw new SaveStreamException(SaveStreamFault.Length, position, $"a page of {length:N0} bytes in {data.Length:N0} bytes of codec {codec}.")
            : codec == PageCodecId.SameFilled
                ? new PackedForm(codec, length, 0, BinaryPrimitives.ReadUInt64LittleEndian(data))
                : new PackedForm(codec, length, data.Length, 0);
    }

    private void Unpack(in PackedForm form, ReadOnlySpan<byte> data, Span<byte> page, long position)
    {
        try
        {
            form.Unpack(data, page, _scratch);
        }
        catch (InvalidDataException e)
        {
            throw new SaveStreamException(SaveStreamFault.Page, position, $"{data.Length:N0} bytes are not a page of {form.Length:N0} bytes of codec {form.Codec}.", e);
        }
    }

    private static uint ReadIndex(ReadOnlySpan<byte> payload) => BinaryPrimitives.ReadUInt32LittleEndian(payload[4..]);

    private static ObjectId ReadObject(ReadOnlySpan<byte> payload) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(payload[16..]),
        BinaryPrimitives.ReadUInt64LittleEndian(payload[24..]));
}
