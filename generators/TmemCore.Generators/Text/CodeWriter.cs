using System;
using System.Text;

namespace TmemCore.Generators.Text;

/// <summary>Writes indented lines that end in a line feed on every machine.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;
    private bool _separate;

    /// <summary>Writes one line; an empty one has no indentation.</summary>
    public void Line(string text = "")
    {
        if (_separate)
        {
            _separate = false;
            _text.Append('\n');
        }

        if (text.Length > 0)
        {
            _text.Append(' ', _depth * 4).Append(text);
        }

        _text.Append('\n');
    }

    /// <summary>Asks for an empty line before the next one, unless a block ends first.</summary>
    public void Separate() => _separate = true;

    /// <summary>Writes a summary comment of one line.</summary>
    public void Summary(string xml) => Line("/// <summary>" + xml + "</summary>");

    /// <summary>Writes an opening line and brace, and closes the block when disposed.</summary>
    public Block Open(string header, string close = "}")
    {
        Line(header);
        Line("{");
        _depth++;
        return new Block(this, close);
    }

    /// <summary>Writes an opening brace under what was written before, and closes the block when disposed.</summary>
    public Block OpenBrace()
    {
        Line("{");
        _depth++;
        return new Block(this, "}");
    }

    /// <summary>Indents until disposed.</summary>
    public Block Indent()
    {
        _depth++;
        return new Block(this, null);
    }

    public override string ToString() => _text.ToString();

    private void Close(string? close)
    {
        _depth--;
        _separate = false;
        if (close is not null)
        {
            Line(close);
        }
    }

    internal readonly struct Block(CodeWriter writer, string? close) : IDisposable
    {
        public void Dispose() => writer.Close(close);
    }
}
