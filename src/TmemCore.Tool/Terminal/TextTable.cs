namespace TmemCore.Tool.Terminal;

/// <summary>Rows of cells as lines, each column as wide as its widest cell.</summary>
internal static class TextTable
{
    private const string Gap = "   ";

    /// <summary>The lines.</summary>
    /// <param name="rows">The rows, the head first; all with as many cells.</param>
    /// <param name="textColumns">Columns from the first on that are text and begin at their left; the others are numbers.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<string[]> rows, int textColumns = 1)
    {
        int[] widths = [.. rows[0].Select((_, column) => rows.Max(row => row[column].Length))];
        return rows.Select(row => string.Join(
            Gap, row.Select((cell, column) => column < textColumns ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
    }
}
