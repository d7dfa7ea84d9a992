using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace TmemCore.Migration;

/// <summary>Cuts what comes through a pipe into a header and records. Holds one record at most, and reads nothing behind the last one asked for.</summary>
internal sealed class SaveStreamReader(PipeReader pipe, PipeWatch watch, IProgress<MigrationProgress>? progress)
{
    private readonly byte[] _joined = new byte[SaveStreamFormat.LargestRecordBytes];
    private ushort _flags;
    private SaveStreamDecoder? _decoder;
    private Agreement? _agreement;

    private delegate bool Consumer(ref ReadOnlySequence<byte> buffer);

    /// <summary>Bytes read: where the next record begins.</summary>
    public long Position { get; private set; }

    /// <summary>Reads the header.</summary>
    /// <returns>Its flags.</returns>
    public async Task<ushort> ReadHeaderAsync()
    {
        await ReadUntilAsync(TryReadHeader).ConfigureAwait(false);
        return _flags;
    }

    /// <summary>Reads all records up to the end mark.</summary>
    public async Task ReadAllAsync(SaveStreamDecoder decoder)
    {
        _decoder = decoder;
        await ReadUntilAsync(TryReadRecords).ConfigureAwait(false);
    }

    /// <summary>Reads a word of the agreement.</summary>
    public async Task<Agreement> ReadAgreementAsync()
    {
        await ReadUntilAsync(TryReadAgreement).ConfigureAwait(false);
        return _agreement!;
    }

    private async Task ReadUntilAsync(Consumer tryConsume)
    {
        while (true)
        {
            watch.ThrowIfOver();
            ReadResult result = await watch.ReadAsync(pipe).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            bool isDone = false;
            try
            {
                isDone = tryConsume(ref buffer);
            }
            finally
            {
                pipe.AdvanceTo(buffer.Start, isDone ? buffer.Start : buffer.End);
            }

            if (isDone)
            {
                return;
            }

            if (result.IsCompleted)
            {
                throw new SaveStreamException(SaveStreamFault.Truncated, Position, string.Create(
                    CultureInfo.InvariantCulture, $"it ends after {Position + buffer.Length:N0} bytes, and there should be more."));
            }
        }
    }

    private bool TryReadHeader(ref ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < SaveStreamFormat.HeaderBytes)
        {
            return false;
        }

        _flags = RecordFrame.ReadHeader(Join(buffer, SaveStreamFormat.HeaderBytes));
        Pass(ref buffer, SaveStreamFormat.HeaderBytes);
        return true;
    }

    private bool TryReadRecords(ref ReadOnlySequence<byte> buffer)
    {
        bool isAny = false;
        while (!_decoder!.IsAtEnd && TryMeasure(buffer, out int bytes))
        {
            _decoder.Accept(Join(buffer, bytes), Position);
            Pass(ref buffer, bytes);
            isAny = true;
        }

        if (isAny)
        {
            StreamCounts counts = _decoder.Counts;
            progress?.Report(new MigrationProgress(counts.Pages, counts.Bytes, 0, 0));
        }

        return _decoder.IsAtEnd;
    }

    private bool TryReadAgreement(ref ReadOnlySequence<byte> buffer)
    {
        if (!TryMeasure(buffer, out int bytes))
        {
            return false;
        }

        ReadOnlySpan<byte> record = Join(buffer, bytes);
        RecordFrame.RequireChecksum(record, Position);
        var type = (SaveRecordType)BinaryPrimitives.ReadUInt16LittleEndian(record);
        if (type < SaveRecordType.Ready)
        {
            throw new SaveStreamException(SaveStreamFault.Order, Position, $"a record {type} behind the end mark.");
        }

        ReadOnlySpan<byte> payload = record[SaveStreamFormat.RecordHeaderBytes..^sizeof(uint)];
        if (type != SaveRecordType.Refused && BinaryPrimitives.ReadUInt32LittleEndian(payload[sizeof(uint)..]) != 0)
        {
            throw new SaveStreamException(SaveStreamFault.Unsupported, Position, $"what must be 0 in a record {type} is not.");
        }

        _agreement = type == SaveRecordType.Refused
            ? new Agreement(type, 0, Encoding.UTF8.GetString(payload))
            : new Agreement(type, BinaryPrimitives.ReadUInt32LittleEndian(payload), "");
        Pass(ref buffer, bytes);
        return true;
    }

    private bool TryMeasure(in ReadOnlySequence<byte> buffer, out int bytes)
    {
        bytes = RecordFrame.LengthOf(buffer, Position);
        return bytes != 0 && buffer.Length >= bytes;
    }

    private ReadOnlySpan<byte> Join(in ReadOnlySequence<byte> buffer, int bytes)
    {
        if (buffer.FirstSpan.Length >= bytes)
        {
            return buffer.FirstSpan[..bytes];
        }

        buffer.Slice(0, bytes).CopyTo(_joined);
        return _joined.AsSpan(0, bytes);
    }

    private void Pass(ref ReadOnlySequence<byte> buffer, int bytes)
    {
        buffer = buffer.Slice(bytes);
        Position += bytes;
    }
}
