using System.Buffers.Text;
using System.Globalization;

namespace TmemCore.Tool.Simulation;

/// <summary>
/// A trace of numbers between commas, below a line that names the columns: a block, and perhaps how many follow it, or the next
/// access. Columns of other names mean nothing here.
/// </summary>
internal sealed class CsvTrace : BlockTrace
{
    /// <summary>What columns may be called, for people.</summary>
    public const string Columns = "block, page, lbn, lba, id, obj_id or object for the page; count for neighbouring pages; next_access or next_access_vtime";

    private static readonly string[] s_blockNames = ["block", "page", "lbn", "lba", "id", "obj_id", "object"];
    private static readonly string[] s_countNames = ["count"];
    private static readonly string[] s_nextAccessNames = ["next_access", "next_access_vtime"];

    private readonly int _columns;
    private readonly int _blockColumn;
    private readonly int _countColumn;
    private readonly int _nextAccessColumn;
    private ulong _next;
    private ulong _left;
    private long _nextAccess;

    /// <summary>Reads the names.</summary>
    /// <param name="input">The file.</param>
    public CsvTrace(TraceInput input)
        : base(input)
    {
        string[] names = input.TryReadLine(out ReadOnlySpan<byte> line)
            ? [.. System.Text.Encoding.UTF8.GetString(line).TrimStart('\ufeff').Split(',').Select(static name => name.Trim(' ', '\t', '"'))]
            : throw input.Malformed($"the file is empty");
        _columns = names.Length;
        _blockColumn = Find(names, s_blockNames);
        _countColumn = Find(names, s_countNames);
        _nextAccessColumn = Find(names, s_nextAccessNames);
        if (_blockColumn < 0)
        {
            throw input.Malformed($"no column names a page in \"{TraceText.Of(line)}\"; columns are {Columns}");
        }

        if (_countColumn >= 0 && _nextAccessColumn >= 0)
        {
            throw input.Malformed($"there are columns {names[_countColumn]} and {names[_nextAccessColumn]}; a line of several pages has no one next access");
        }
    }

    /// <inheritdoc/>
    public override bool TellsNextAccess => _nextAccessColumn >= 0;

    /// <inheritdoc/>
    public override BlockTraceFormat Format => BlockTraceFormat.Csv;

    /// <inheritdoc/>
    public override bool TryRead(out BlockAccess access)
    {
        while (_left == 0)
        {
            if (!Input.TryReadLine(out ReadOnlySpan<byte> line))
            {
                access = default;
                return false;
            }

            Begin(line);
        }

        access = new BlockAccess(_next++, _nextAccess);
        _left--;
        return true;
    }

    private static int Find(string[] names, string[] wanted) =>
        Array.FindIndex(names, name => wanted.Contains(name, StringComparer.OrdinalIgnoreCase));

    private void Begin(ReadOnlySpan<byte> line)
    {
        if (line.Trim(" \t"u8).IsEmpty)
        {
            return;
        }

        ulong block = 0;
        ulong count = 1;
        _nextAccess = BlockAccess.Never;
        int column = 0;
        for (bool isLast = false; !isLast; column++)
        {
            int comma = line.IndexOf((byte)',');
            isLast = comma < 0;
            ReadOnlySpan<byte> word = (isLast ? line : line[..comma]).Trim(" \t"u8);
            line = isLast ? default : line[(comma + 1)..];
            if (column == _blockColumn)
            {
                block = Number(word);
            }
            else if (column == _countColumn)
            {
                count = Number(word);
            }
            else if (column == _nextAccessColumn)
            {
                _nextAccess = NextAccess(word);
            }
        }

        if (column != _columns)
        {
            throw Input.Malformed($"there are {column} columns; the first line names {_columns}");
        }

        (_next, _left) = BlockRun.Check(Input, block, count);
    }

    private long NextAccess(ReadOnlySpan<byte> word) =>
        !Utf8Parser.TryParse(word, out long number, out int used) || used != word.Length
            ? throw Input.Malformed($"\"{TraceText.Of(word)}\" is not a whole number of 64 bits")
            : number < 0 ? BlockAccess.Never : number;

    private ulong Number(ReadOnlySpan<byte> word)
    {
        bool isRight = word.StartsWith("0x"u8)
            ? ulong.TryParse(word[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number)
            : Utf8Parser.TryParse(word, out number, out int used) && used == word.Length;
        return isRight ? number : throw Input.Malformed($"\"{TraceText.Of(word)}\" is not a whole number of 64 bits");
    }
}
