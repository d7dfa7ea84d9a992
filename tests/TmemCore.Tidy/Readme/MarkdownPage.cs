namespace TmemCore.Tidy.Readme;

/// <summary>A block of code on a page.</summary>
/// <param name="Language">The word behind the fence.</param>
/// <param name="Line">The first line of the code, from 1.</param>
/// <param name="Text">The code, with line feeds.</param>
internal sealed record CodeBlock(string Language, int Line, string Text);

/// <summary>What a test wants to know of a Markdown page.</summary>
internal sealed class MarkdownPage
{
    private const string Fence = "```";

    private readonly string[] _lines;

    public MarkdownPage(string text)
    {
        _lines = text.Split('\n');
        Blocks = [.. ReadBlocks()];
    }

    public IReadOnlyList<CodeBlock> Blocks { get; }

    public static MarkdownPage Read(string relativePath) => new(File.ReadAllText(Repository.PathOf(relativePath)));

    /// <summary>The programs on the page, each with what it prints: the block of plain text behind it.</summary>
    public IEnumerable<(CodeBlock Program, CodeBlock? Output)> Programs()
    {
        for (int i = 0; i < Blocks.Count; i++)
        {
            if (Blocks[i].Language == "csharp")
            {
                bool hasOutput = i + 1 < Blocks.Count && Blocks[i + 1].Language == "text";
                yield return (Blocks[i], hasOutput ? Blocks[i + 1] : null);
            }
        }
    }

    /// <summary>The rows of the tables below a heading, cell by cell, the head and the rule under it left out.</summary>
    public IEnumerable<string[]> RowsBelow(string heading)
    {
        IEnumerable<string> section = _lines
            .SkipWhile(line => line.TrimStart('#').Trim() != heading)
            .Skip(1)
            .TakeWhile(line => !line.StartsWith('#'));
        string before = "";
        bool isBody = false;
        foreach (string line in section)
        {
            isBody = line.StartsWith('|') && (isBody || before.StartsWith("|---", StringComparison.Ordinal) || before.StartsWith("| ---", StringComparison.Ordinal));
            if (isBody)
            {
                yield return [.. line.Trim('|', ' ').Split('|').Select(cell => cell.Trim())];
            }

            before = line;
        }
    }

    private IEnumerable<CodeBlock> ReadBlocks()
    {
        for (int i = 0; i < _lines.Length; i++)
        {
            if (_lines[i].StartsWith(Fence, StringComparison.Ordinal))
            {
                int end = Array.FindIndex(_lines, i + 1, line => line.StartsWith(Fence, StringComparison.Ordinal));
                if (end < 0)
                {
                    throw new FormatException($"The block that begins in line {i + 1} has no end.");
                }

                yield return new CodeBlock(_lines[i][Fence.Length..].Trim(), i + 2, string.Join('\n', _lines[(i + 1)..end]) + "\n");
                i = end;
            }
        }
    }
}
