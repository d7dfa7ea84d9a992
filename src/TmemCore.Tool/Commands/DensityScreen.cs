using System.Globalization;
using Spectre.Console;
using TmemCore.Tool.Density;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary>What <c>tmem density</c> shows to people: a column for each codec.</summary>
internal sealed class DensityScreen(ToolConsole console)
{
    /// <summary>Shows what was measured.</summary>
    public void Write(PageFeed feed, int stride, IReadOnlyList<DensityRow> rows)
    {
        string taken = stride == 1
            ? "all of them"
            : string.Create(CultureInfo.InvariantCulture, $"one in {stride:N0}");
        console.Screen.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{feed.Description}: {feed.Pages:N0} pages of 4 KiB, {taken} kept."));
        console.Screen.WriteLine();
        WriteTable(
        [
            ["", .. rows.Select(static row => row.Codec)],
            ["Pages a GiB", .. rows.Select(static row => Number(row.PagesPerGiB))],
            ["Ratio to whole pages", .. rows.Select(static row => Number(row.Ratio, 2))],
            ["Bytes a page", .. rows.Select(static row => Number(row.BytesPerPage))],
            ["  after half were replaced, twice", .. rows.Select(static row => Number(row.BytesPerPageChurned))],
            ["  of it descriptor, record, index", .. rows.Select(static row => Number(row.MetadataBytesPerPage))],
            ["  of it compressed data", .. rows.Select(static row => Number(row.PayloadBytesPerPage))],
            ["Pages of one word over and over", .. rows.Select(static row => Number(row.SameFilledPages))],
            ["Pages kept whole", .. rows.Select(static row => Number(row.WholePages))],
            ["Copy, ns", .. rows.Select(static row => Number(row.CopyNs))],
            ["Compress, ns", .. rows.Select(static row => Number(row.CompressNs))],
            ["  to the copy", .. rows.Select(static row => Number(row.CompressToCopy, 1))],
            ["Put, ns", .. rows.Select(static row => Number(row.PutNs))],
            ["Get, ns", .. rows.Select(static row => Number(row.GetNs))],
            ["Pages wrong", .. rows.Select(static row => Number(row.PagesWrong))],
        ]);
        console.Screen.WriteLine();
        console.Screen.WriteLine(
            $"Bytes a page: frames in use and all tables, the index of handles with {IndexShare.PagesPerObject} pages an object. A GiB of whole pages has 262,144.");
    }

    private static string Number(double value, int decimals = 0) => value.ToString($"N{decimals}", CultureInfo.InvariantCulture);

    private void WriteTable(string[][] lines)
    {
        if (!console.IsInteractive)
        {
            int names = lines.Max(static line => line[0].Length);
            int values = lines.Max(static line => line.Skip(1).Max(static value => value.Length));
            foreach (string[] line in lines)
            {
                console.Screen.WriteLine(line[0].PadRight(names) + string.Concat(line.Skip(1).Select(value => $"   {value.PadLeft(values)}")));
            }

            return;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("");
        foreach (string codec in lines[0].Skip(1))
        {
            table.AddColumn(new TableColumn(codec).RightAligned().NoWrap());
        }

        foreach (string[] line in lines.Skip(1))
        {
            table.AddRow([.. line.Select(static cell => new Text(cell))]);
        }

        console.Screen.Write(table);
    }
}
