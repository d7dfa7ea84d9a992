using System.Globalization;
using System.Security;
using System.Text;

namespace TmemCore.Tool.Density;

/// <summary>The bytes that a page takes under each codec, as bars in an SVG image.</summary>
internal static class DensityChart
{
    private const int Width = 640;
    private const int BarHeight = 28;
    private const int Step = 44;
    private const int Left = 150;
    private const int Right = 120;
    private const int Top = 56;

    /// <summary>Draws it.</summary>
    /// <param name="rows">The codecs.</param>
    /// <param name="description">What was measured.</param>
    public static string Draw(IReadOnlyList<DensityRow> rows, string description)
    {
        var bars = new List<(string Name, double Bytes)> { ("whole pages", TmemPool.PageBytes) };
        foreach (DensityRow row in rows)
        {
            bars.Add((row.Codec, row.BytesPerPage));
            bars.Add(($"{row.Codec}, replaced twice", row.BytesPerPageChurned));
        }

        double most = bars.Max(static bar => bar.Bytes);
        int height = Top + (bars.Count * Step);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"14\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"12\" y=\"26\" font-size=\"16\">Bytes a page takes: {SecurityElement.Escape(description)}</text>\n");
        for (int i = 0; i < bars.Count; i++)
        {
            int top = Top + (i * Step);
            double length = bars[i].Bytes / most * (Width - Left - Right);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 10}\" y=\"{top + 19}\" text-anchor=\"end\">{SecurityElement.Escape(bars[i].Name)}</text>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Left}\" y=\"{top}\" width=\"{length:F1}\" height=\"{BarHeight}\" fill=\"{(i == 0 ? "#9aa5b1" : "#2f6f9f")}\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + length + 8:F1}\" y=\"{top + 19}\">{bars[i].Bytes:N0}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }
}
