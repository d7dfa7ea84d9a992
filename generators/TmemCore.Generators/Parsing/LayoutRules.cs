using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using TmemCore.Generators.Layout;
using TmemCore.Generators.Models;
using TmemCore.Generators.Text;

namespace TmemCore.Generators.Parsing;

/// <summary>What a layout tells that its author may not have meant. None of it keeps code from being generated.</summary>
internal static class LayoutRules
{
    /// <summary>Reports sizes that differ from the stated ones, hidden padding, and word sizes that nobody seems to have thought of.</summary>
    public static void Check(INamedTypeSymbol type, List<StructLayout> layouts, ProblemList problems)
    {
        CheckSizes(type, layouts, problems);
        CheckPadding(type, layouts, problems);
        CheckWidths(type, layouts, problems);
    }

    private static void CheckSizes(INamedTypeSymbol type, List<StructLayout> layouts, ProblemList problems)
    {
        foreach (AttributeData attribute in type.Attributes(AbiNames.Size))
        {
            Generations range = attribute.Range();
            StructLayout? wrong = layouts.Find(layout => range.Contains(layout.Point.Generation)
                && layout.Size != attribute.Integer(layout.Point.Is64 ? 0 : 1));
            if (wrong is not null)
            {
                problems.Add(
                    ProblemKind.SizeDiffers,
                    type,
                    type.Name,
                    Identifiers.Number(attribute.Integer(wrong.Point.Is64 ? 0 : 1)),
                    Identifiers.Number(wrong.Size),
                    AbiPoint.GenerationName(wrong.Point.Generation),
                    wrong.Point.Is64 ? "64" : "32");
            }
        }
    }

    private static void CheckPadding(INamedTypeSymbol type, List<StructLayout> layouts, ProblemList problems)
    {
        StructLayout? padded = layouts.Find(layout => layout.PaddedMember is not null);
        ISymbol? member = padded is null ? null : type.GetMembers(padded.PaddedMember!).FirstOrDefault();
        if (member is not null)
        {
            problems.AddWithHint(
                ProblemKind.HiddenPadding,
                member,
                PaddingHint(layouts, padded!),
                member.Name,
                Identifiers.Number(padded!.PaddingBefore),
                padded.Point.Is64 ? "64" : "32");
        }
    }

    /// <summary>Where the gap is and how long, as <c>offset,bytes</c>; null where it is not the same for every generation and word size.</summary>
    private static string? PaddingHint(List<StructLayout> layouts, StructLayout padded)
    {
        int start = GapStart(padded);
        bool isSame = layouts.TrueForAll(layout =>
            layout.PaddedMember == padded.PaddedMember && layout.PaddingBefore == padded.PaddingBefore && GapStart(layout) == start);
        return isSame ? $"{Identifiers.Number(start)},{Identifiers.Number(padded.PaddingBefore)}" : null;
    }

    private static int GapStart(StructLayout layout) =>
        layout.Fields.First(field => field.Field.Member == layout.PaddedMember).Offset - layout.PaddingBefore;

    /// <summary>A structure that is another one for 32-bit callers, where nothing shows that this was thought of.</summary>
    private static void CheckWidths(INamedTypeSymbol type, List<StructLayout> layouts, ProblemList problems)
    {
        Generations[] stated = [.. type.Attributes(AbiNames.Size).Select(attribute => attribute.Range())];
        List<(StructLayout Wide, StructLayout Narrow)> pairs = [.. layouts
            .Where(layout => layout.Point.Is64 && !stated.Any(range => range.Contains(layout.Point.Generation)))
            .Select(wide => (wide, layouts.Find(other => other.Point == wide.Point with { Is64 = false })!))];
        int first = pairs.FindIndex(pair => !AreSame(pair.Wide, pair.Narrow));
        if (first >= 0 && layouts[0].Definition.CName is not null)
        {
            problems.AddWithHint(
                ProblemKind.WidthsDiffer,
                type,
                SizesHint(pairs, layouts[0].Definition.Range),
                type.Name,
                Identifiers.Number(pairs[first].Wide.Size),
                Identifiers.Number(pairs[first].Narrow.Size),
                AbiPoint.GenerationName(pairs[first].Wide.Point.Generation));
        }
    }

    private static bool AreSame(StructLayout wide, StructLayout narrow) => wide.Size == narrow.Size
        && wide.Fields.Zip(narrow.Fields, (one, other) => one.Offset == other.Offset && one.Size == other.Size).All(isSame => isSame);

    /// <summary>The attributes that state the sizes, one in each line.</summary>
    private static string SizesHint(List<(StructLayout Wide, StructLayout Narrow)> pairs, Generations range)
    {
        List<string> lines = [];
        for (int i = 0; i < pairs.Count;)
        {
            int last = i;
            while (last + 1 < pairs.Count
                && pairs[last + 1].Wide.Point.Generation == pairs[last].Wide.Point.Generation + 1
                && (pairs[last + 1].Wide.Size, pairs[last + 1].Narrow.Size) == (pairs[i].Wide.Size, pairs[i].Narrow.Size))
            {
                last++;
            }

            int since = pairs[i].Wide.Point.Generation;
            int until = pairs[last].Wide.Point.Generation;
            string sizes = $"{Identifiers.Number(pairs[i].Wide.Size)}, {Identifiers.Number(pairs[i].Narrow.Size)}";
            string from = since == range.Since ? "" : $", Since = AbiGeneration.{AbiPoint.GenerationName(since)}";
            string to = until == range.Until ? "" : $", Until = AbiGeneration.{AbiPoint.GenerationName(until)}";
            lines.Add($"AbiSize({sizes}{from}{to})");
            i = last + 1;
        }

        return string.Join("\n", lines);
    }
}
