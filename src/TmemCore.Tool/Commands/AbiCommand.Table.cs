using TmemCore.Abi;

namespace TmemCore.Tool.Commands;

internal sealed partial class AbiCommand
{
    /// <summary>Writes one block for each structure, with both word sizes side by side where both were asked for.</summary>
    private static void WriteTable(TextWriter output, IReadOnlyList<AbiLayout> layouts)
    {
        bool first = true;
        foreach (IGrouping<(string Release, string Name), AbiLayout> structure in
            layouts.GroupBy(layout => (layout.Release, layout.Name)))
        {
            output.Write(first ? "" : "\n");
            first = false;
            WriteStructure(output, structure.Key.Release, [.. structure]);
        }
    }

    private static void WriteStructure(TextWriter output, string release, AbiLayout[] widths)
    {
        output.Write($"struct {widths[0].Name} ({release})\n");
        int width = Math.Max("alignment".Length, widths[0].Fields.Max(field => field.Name.Length));
        string header = string.Concat(widths.Select(layout =>
            $"  {(layout.Abi.WordSize == AbiWordSize.Bits64 ? "x86_64" : "x86_32"),14}"));
        output.Write($"  {"field".PadRight(width)}{header}\n");
        for (int i = 0; i < widths[0].Fields.Count; i++)
        {
            int index = i;
            WriteLine(output, widths[0].Fields[i].Name.PadRight(width), widths, layout =>
                $"{layout.Fields[index].OffsetBytes} + {layout.Fields[index].SizeBytes}");
        }

        WriteLine(output, "size".PadRight(width), widths, layout => $"{layout.SizeBytes}");
        WriteLine(output, "alignment".PadRight(width), widths, layout => $"{layout.AlignmentBytes}");
    }

    private static void WriteLine(TextWriter output, string name, AbiLayout[] widths, Func<AbiLayout, string> cell) =>
        output.Write($"  {name}{string.Concat(widths.Select(layout => $"  {cell(layout),14}"))}\n");
}
