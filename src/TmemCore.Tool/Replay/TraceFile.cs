using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace TmemCore.Tool.Replay;

/// <summary>
/// A trace being read: its header at once, its operations one by one. What is wrong with a file is told with its name and
/// the line.
/// </summary>
internal sealed class TraceFile : IDisposable
{
    private readonly StreamReader _reader;
    private int _line;

    private TraceFile(string path, StreamReader reader)
    {
        Path = path;
        _reader = reader;
        Header = ReadHeader();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The trace's options.</summary>
    public TraceHeader Header { get; }

    /// <summary>The reference's totals, known once all operations are read.</summary>
    public TraceSummary Summary { get; private set; } = new();

    /// <summary>Opens a trace, compressed by gzip or plain.</summary>
    /// <param name="path">The file; what it is compressed by is told from its first bytes.</param>
    /// <exception cref="InvalidDataException">It does not begin as a trace does.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TraceFile Open(string path)
    {
        StreamReader reader = OpenText(path);
        try
        {
            return new TraceFile(path, reader);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file of lines, compressed by gzip or plain. What cannot be decompressed or is no text fails when it is read.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static StreamReader OpenText(string path)
    {
        Stream stream = File.OpenRead(path);
        try
        {
            bool isCompressed = stream.ReadByte() == 0x1f && stream.ReadByte() == 0x8b;
            stream.Position = 0;
            stream = isCompressed ? new GZipStream(stream, CompressionMode.Decompress) : stream;
            return new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The operations, in order; to be read once.</summary>
    /// <exception cref="InvalidDataException">A line is not understood, or the file ends before its summary.</exception>
    public IEnumerable<TraceOperation> ReadOperations()
    {
        var counted = new TraceSummary();
        bool isComplete = false;
        while (ReadLine() is string line)
        {
            if (isComplete && line.Length != 0)
            {
                throw Malformed("there is a line behind the summary");
            }

            if (line.StartsWith("# summary", StringComparison.Ordinal))
            {
                Summary = CheckSummary(line, counted);
                isComplete = true;
            }
            else if (line.Length != 0 && line[0] != '#')
            {
                TraceOperation operation = Parse(line);
                counted = counted.Count(operation);
                yield return operation;
            }
        }

        if (!isComplete)
        {
            throw Malformed("the file ends without a summary; it has been cut short");
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _reader.Dispose();

    private TraceHeader ReadHeader()
    {
        string line = ReadLine() ?? throw Malformed("the file is empty");
        try
        {
            return TraceHeader.Parse(line);
        }
        catch (FormatException e)
        {
            throw Malformed(e.Message);
        }
    }

    private string? ReadLine()
    {
        try
        {
            string? line = _reader.ReadLine();
            _line += line is null ? 0 : 1;
            return line;
        }
        catch (Exception e) when (e is DecoderFallbackException or InvalidDataException)
        {
            throw Malformed($"what follows cannot be read ({e.Message})");
        }
    }

    private TraceOperation Parse(string line)
    {
        int tab = line.IndexOf('\t', StringComparison.Ordinal);
        if (tab < 0)
        {
            throw Malformed("the operation and its expected result are not parted by a tab");
        }

        try
        {
            return TraceOperation.Parse(_line, line[..tab], line[(tab + 1)..]);
        }
        catch (FormatException e)
        {
            throw Malformed(e.Message);
        }
    }

    private TraceSummary CheckSummary(string line, TraceSummary counted)
    {
        TraceSummary summary;
        try
        {
            summary = TraceSummary.Parse(line);
        }
        catch (FormatException e)
        {
            throw Malformed(e.Message);
        }

        return summary.Operations == counted.Operations && summary.Hits == counted.Hits
            ? summary
            : throw Malformed(string.Create(
                CultureInfo.InvariantCulture,
                $"the summary speaks of {summary.Operations} operations and {summary.Hits} hits; the file has {counted.Operations} and {counted.Hits}"));
    }

    private InvalidDataException Malformed(string what) => new($"{Path}, line {Math.Max(_line, 1)}: {what}.");
}
