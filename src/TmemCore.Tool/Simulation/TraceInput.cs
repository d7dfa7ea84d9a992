using System.Globalization;

namespace TmemCore.Tool.Simulation;

/// <summary>The bytes of a block trace, by lines or by records, through one buffer. What is wrong is told with the file and the place.</summary>
internal sealed class TraceInput(string path, Stream stream) : IDisposable
{
    /// <summary>More than any line of a trace has.</summary>
    private const int MostLineBytes = 4096;

    private readonly byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _isAtEnd;
    private bool _isByLines;

    /// <summary>The line or record read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>What is to come, at least so many bytes of it unless the file ends before; nothing is consumed.</summary>
    public ReadOnlySpan<byte> Peek(int bytes)
    {
        while (_end - _start < bytes && Fill())
        {
        }

        return _buffer.AsSpan(_start, Math.Min(_end - _start, bytes));
    }

    /// <summary>Reads a line, without its end; also the last one, with or without an end.</summary>
    /// <exception cref="InvalidDataException">The line is longer than any in a trace, or cannot be decompressed.</exception>
    public bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        _isByLines = true;
        int searched = 0;
        int length;
        while ((length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n')) < 0)
        {
            searched = _end - _start;
            if (searched > MostLineBytes)
            {
                Number++;
                throw Malformed($"it is longer than {MostLineBytes:N0} bytes; this is no trace of lines");
            }

            if (!Fill())
            {
                line = Consume(searched).TrimEnd((byte)'\r');
                Number += searched == 0 ? 0 : 1;
                return searched != 0;
            }
        }

        Number++;
        line = Consume(searched + length + 1)[..^1].TrimEnd((byte)'\r');
        return true;
    }

    /// <summary>Reads a record of a fixed size.</summary>
    /// <exception cref="InvalidDataException">The file ends inside the record, or cannot be decompressed.</exception>
    public bool TryReadRecord(int bytes, out ReadOnlySpan<byte> record)
    {
        int there = Peek(bytes).Length;
        record = there < bytes ? default : Consume(bytes);
        Number += there == 0 ? 0 : 1;
        return there is 0 || there == bytes
            ? there == bytes
            : throw Malformed($"the file ends after {there} of its {bytes} bytes; it has been cut short, or is of another format");
    }

    /// <summary>Says what is wrong with the line or record read last.</summary>
    public InvalidDataException Malformed(FormattableString what) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{path}, {(_isByLines ? "line" : "record")} {Math.Max(Number, 1)}: {what.ToString(CultureInfo.InvariantCulture)}."));

    /// <summary>Closes the file.</summary>
    public void Dispose() => stream.Dispose();

    private ReadOnlySpan<byte> Consume(int bytes)
    {
        ReadOnlySpan<byte> consumed = _buffer.AsSpan(_start, bytes);
        _start += bytes;
        return consumed;
    }

    private bool Fill()
    {
        if (_isAtEnd)
        {
            return false;
        }

        if (_start != 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        try
        {
            int read = stream.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            _isAtEnd = read == 0;
            return !_isAtEnd;
        }
        catch (InvalidDataException e)
        {
            Number++;
            throw Malformed($"it cannot be decompressed ({e.Message})");
        }
    }
}
