using System.Globalization;
using System.Text;

namespace TmemCore.Abi;

/// <summary>
/// Prints layouts: as comma-separated values with one row for each field, or as a C header that checks itself. Works for the
/// layouts of one's own structures as well. Lines end in a line feed everywhere.
/// </summary>
public static class AbiListing
{
    /// <summary>
    /// Writes rows of <c>abi,struct,field,offset,size</c>. Every structure begins with two rows of its own, <c>__sizeof__</c> and
    /// <c>__alignof__</c>, whose last column holds the total.
    /// </summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="layouts">The layouts, in the order of the rows.</param>
    public static void WriteCsv(TextWriter writer, IEnumerable<AbiLayout> layouts)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(layouts);
        writer.Write("abi,struct,field,offset,size\n");
        foreach (AbiLayout layout in layouts)
        {
            WriteRow(writer, layout, "__sizeof__", 0, layout.SizeBytes);
            WriteRow(writer, layout, "__alignof__", 0, layout.AlignmentBytes);
            foreach (AbiLayoutField field in layout.Fields)
            {
                WriteRow(writer, layout, field.Name, field.OffsetBytes, field.SizeBytes);
            }
        }
    }

    /// <summary>
    /// Writes a C header for GCC and compatible compilers. It asserts every size and offset, for whichever word size it is
    /// compiled. With more than one release among the layouts each is inside <c>#ifdef TMEM_ABI_…</c>, to be defined by whoever
    /// includes it: <c>TMEM_ABI_V1_4_0_2_TO_4_5</c> for <c>v1-4.0.2_to_4.5</c>.
    /// </summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="layouts">The layouts; both word sizes of a structure belong together.</param>
    /// <param name="operations">The ops to define numbers for along with a structure's release; none unless told.</param>
    public static void WriteCHeader(
        TextWriter writer,
        IReadOnlyList<AbiLayout> layouts,
        Func<AbiLayout, IEnumerable<AbiOpInfo>>? operations = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(layouts);
        writer.Write("#ifndef TMEM_ABI_H\n#define TMEM_ABI_H\n\n#include <stddef.h>\n#include <stdint.h>\n");
        IGrouping<string, AbiLayout>[] releases = [.. layouts.GroupBy(layout => layout.Release)];
        foreach (IGrouping<string, AbiLayout> release in releases)
        {
            writer.Write(releases.Length > 1 ? $"\n#ifdef {Macro(release.Key)}\n" : $"\n/* {release.Key} */\n");
            WriteNumbers(writer, operations?.Invoke(release.First()) ?? []);
            foreach (AbiLayout[] structure in InOrderOfUse([.. release]))
            {
                WriteStructure(writer, structure);
            }

            writer.Write(releases.Length > 1 ? "\n#endif\n" : "");
        }

        writer.Write("\n#endif\n");
    }

    /// <summary>The macro that selects a release in a header with several.</summary>
    /// <param name="release">For example <c>v1-4.0.2_to_4.5</c>.</param>
    /// <returns>For example <c>TMEM_ABI_V1_4_0_2_TO_4_5</c>.</returns>
    public static string Macro(string release)
    {
        ArgumentNullException.ThrowIfNull(release);
        return "TMEM_ABI_" + new string([.. release.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_')]);
    }

    /// <summary>C wants a structure declared before another one contains it.</summary>
    private static List<AbiLayout[]> InOrderOfUse(AbiLayout[] release)
    {
        List<AbiLayout[]> waiting = [.. release.GroupBy(layout => layout.Name).Select(group => group.ToArray())];
        List<AbiLayout[]> ordered = [];
        while (waiting.Count > 0)
        {
            AbiLayout[] next = waiting.Find(candidate => !waiting.Exists(other => Contains(candidate[0], other[0]))) ?? waiting[0];
            waiting.Remove(next);
            ordered.Add(next);
        }

        return ordered;
    }

    private static bool Contains(AbiLayout outer, AbiLayout inner) =>
        outer != inner && outer.Declaration.Contains($" struct {inner.Name} ", StringComparison.Ordinal);

    private static void WriteRow(TextWriter writer, AbiLayout layout, string field, int offset, int size) =>
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"{layout.Label},{layout.Name},{field},{offset},{size}\n"));

    private static void WriteNumbers(TextWriter writer, IEnumerable<AbiOpInfo> operations)
    {
        foreach (AbiOpInfo operation in operations)
        {
            writer.Write(string.Create(
                CultureInfo.InvariantCulture, $"#define TMEM_{UpperSnake(operation.Name)} {operation.Number}\n"));
        }
    }

    private static void WriteStructure(TextWriter writer, AbiLayout[] widths)
    {
        writer.Write("\n" + widths[0].Declaration);
        WriteAssertion(writer, $"sizeof(struct {widths[0].Name})", widths, layout => layout.SizeBytes);
        WriteAssertion(writer, $"_Alignof(struct {widths[0].Name})", widths, layout => layout.AlignmentBytes);
        for (int i = 0; i < widths[0].Fields.Count; i++)
        {
            int index = i;
            string member = $"struct {widths[0].Name}, {widths[0].Fields[i].Designator}";
            WriteAssertion(writer, $"offsetof({member})", widths, layout => layout.Fields[index].OffsetBytes);
            member = $"((struct {widths[0].Name} *)0)->{widths[0].Fields[i].Designator}";
            WriteAssertion(writer, $"sizeof({member})", widths, layout => layout.Fields[index].SizeBytes);
        }
    }

    private static void WriteAssertion(TextWriter writer, string subject, AbiLayout[] widths, Func<AbiLayout, int> value)
    {
        string expected = widths.DistinctBy(value).Count() == 1
            ? value(widths[0]).ToString(CultureInfo.InvariantCulture)
            : string.Create(
                CultureInfo.InvariantCulture,
                $"(sizeof(void *) == {WordBytes(widths[0])} ? {value(widths[0])} : {value(widths[1])})");
        writer.Write($"_Static_assert({subject} == {expected}, \"{subject}\");\n");
    }

    private static int WordBytes(AbiLayout layout) => layout.Abi.WordSize == AbiWordSize.Bits64 ? 8 : 4;

    private static string UpperSnake(string name)
    {
        StringBuilder text = new();
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0 && text[^1] != '_')
            {
                text.Append('_');
            }

            text.Append(char.ToUpperInvariant(c));
        }

        return text.ToString();
    }
}
