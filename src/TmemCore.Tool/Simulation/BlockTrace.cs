using System.IO.Compression;

namespace TmemCore.Tool.Simulation;

/// <summary>
/// A trace of requests for blocks, read once from its begin to its end in constant memory. Each block, or object, is a page.
/// </summary>
/// <param name="input">The file; closed with the trace.</param>
internal abstract class BlockTrace(TraceInput input) : IDisposable
{
    /// <summary>Bytes by which the format is told.</summary>
    private const int ProbeBytes = 512;

    /// <summary>Whether the trace says when each page is wanted next.</summary>
    public virtual bool TellsNextAccess => false;

    /// <summary>How it is written.</summary>
    public abstract BlockTraceFormat Format { get; }

    /// <summary>The file.</summary>
    protected TraceInput Input { get; } = input;

    /// <summary>Opens a trace, plain or compressed by gzip.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">How it is written; null to tell it by the file's name or else by its first bytes.</param>
    /// <exception cref="InvalidDataException">It does not begin as a trace does.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static BlockTrace Open(string path, BlockTraceFormat? format)
    {
        Stream file = File.OpenRead(path);
        try
        {
            var input = new TraceInput(path, Decompress(path, file));
            return (format ?? FormatOf(path) ?? FormatOf(input.Peek(ProbeBytes))) switch
            {
                BlockTraceFormat.Lis => new LisTrace(input),
                BlockTraceFormat.OracleGeneral => new OracleGeneralTrace(input),
                _ => new CsvTrace(input),
            };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads the next request.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidDataException">What follows is not understood; the message names the line or record.</exception>
    public abstract bool TryRead(out BlockAccess access);

    /// <summary>Closes the file.</summary>
    public void Dispose() => Input.Dispose();

    private static Stream Decompress(string path, Stream file)
    {
        Span<byte> magic = stackalloc byte[4];
        int read = file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        file.Position = 0;
        if (read == 4 && magic.SequenceEqual<byte>([0x28, 0xb5, 0x2f, 0xfd]))
        {
            throw new InvalidDataException($"{path} is compressed by Zstandard; decompress it first, or compress it by gzip.");
        }

        return read >= 2 && magic[0] == 0x1f && magic[1] == 0x8b ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private static BlockTraceFormat? FormatOf(string path)
    {
        string name = Path.GetFileName(path);
        name = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;
        return name.EndsWith(".lis", StringComparison.OrdinalIgnoreCase) ? BlockTraceFormat.Lis
            : name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? BlockTraceFormat.Csv
            : name.Contains("oracleGeneral", StringComparison.OrdinalIgnoreCase) ? BlockTraceFormat.OracleGeneral
            : null;
    }

    private static BlockTraceFormat FormatOf(ReadOnlySpan<byte> begin)
    {
        if (begin.ContainsAnyExcept(s_text))
        {
            return BlockTraceFormat.OracleGeneral;
        }

        int end = begin.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? begin : begin[..end];
        return line.ContainsAny(s_letters) || line.Contains((byte)',') ? BlockTraceFormat.Csv : BlockTraceFormat.Lis;
    }

    private static readonly System.Buffers.SearchValues<byte> s_letters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private static readonly System.Buffers.SearchValues<byte> s_text =
        System.Buffers.SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (byte)c), (byte)'\t', (byte)'\r', (byte)'\n']);
}
