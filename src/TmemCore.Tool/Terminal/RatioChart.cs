using System.Globalization;
using System.Text;

namespace TmemCore.Tool.Terminal;

/// <summary>A small chart of a ratio over time, in characters: a column for each point, zero to one from bottom to top.</summary>
internal static class RatioChart
{
    private const int Rows = 6;
    private const string Blocks = " ▁▂▃▄▅▆▇█";
    private const string AsciiBlocks = " .:#";

    /// <summary>Draws the chart.</summary>
    /// <param name="ratios">The points, each from 0 to 1, or null where there is nothing to show.</param>
    /// <param name="isUnicode">Whether the terminal shows block characters.</param>
    /// <returns>Lines, the axis below included.</returns>
    public static IEnumerable<string> Draw(IReadOnlyList<double?> ratios, bool isUnicode)
    {
        string blocks = isUnicode ? Blocks : AsciiBlocks;
        int steps = blocks.Length - 1;
        var line = new StringBuilder();
        for (int row = Rows - 1; row >= 0; row--)
        {
            line.Clear();
            string label = row == Rows - 1 ? "100 %" : row == 0 ? "0 %" : row == Rows / 2 ? "50 %" : "";
            line.Append(CultureInfo.InvariantCulture, $"{label,6} ").Append(isUnicode ? '┤' : '|');
            foreach (double? ratio in ratios)
            {
                int filled = (int)Math.Round(Math.Clamp(ratio ?? 0, 0, 1) * Rows * steps) - (row * steps);
                line.Append(blocks[Math.Clamp(filled, 0, steps)]);
            }

            yield return line.ToString().TrimEnd();
        }

        yield return $"       {(isUnicode ? '└' : '+')}{new string(isUnicode ? '─' : '-', ratios.Count)}";
    }
}
