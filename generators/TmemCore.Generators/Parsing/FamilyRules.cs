using System;
using System.Collections.Generic;
using System.Linq;
using TmemCore.Generators.Models;

namespace TmemCore.Generators.Parsing;

/// <summary>What no op can know by itself: that numbers and names are given once in a family.</summary>
internal static class FamilyRules
{
    /// <summary>The ops that clash, by full name, and what they clash with. A family with any of them is skipped.</summary>
    public static IReadOnlyList<(OpSummary Op, string Reason)> Clashes(FamilyModel family, IReadOnlyList<OpSummary> ops)
    {
        List<(OpSummary Op, string Reason)> clashes = [];
        for (int i = 0; i < ops.Count; i++)
        {
            OpSummary op = ops[i];
            string? reason = ops.Take(i).FirstOrDefault(other => Clash(op, other)) is OpSummary other
                ? other.DisplayName
                : family.Nested.FirstOrDefault(nested => Clash(op, nested)) is NestedModel taken
                    ? taken.Name
                    : family.Retired.Contains(op.Number)
                        ? "a retired number"
                        : ReservedName(family, op.HandlerName);
            if (reason is not null)
            {
                clashes.Add((op, reason));
            }
        }

        return clashes;
    }

    private static bool Clash(OpSummary op, OpSummary other) =>
        op.HandlerName == other.HandlerName || (op.Number == other.Number && op.Range.Overlaps(other.Range));

    private static bool Clash(OpSummary op, NestedModel nested) =>
        op.HandlerName == nested.Name || (op.Number == nested.Number && op.Range.Overlaps(nested.Range));

    private static string? ReservedName(FamilyModel family, string name) =>
        name is "Caller" or "TPort" or "_abi" or "_port" || name == "Unknown" + family.ShortName ? "a generated name" : null;
}
