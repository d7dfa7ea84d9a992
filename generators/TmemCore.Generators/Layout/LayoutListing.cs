using System.Collections.Generic;
using System.Linq;
using TmemCore.Generators.Models;

namespace TmemCore.Generators.Layout;

/// <summary>
/// Lists a layout for people and C compilers. The arms of a union are listed without the union's name where they are
/// nameless structures, whose fields appear in their place; a union that holds structures has a row of its own.
/// </summary>
internal static class LayoutListing
{
    public static EquatableArray<LayoutRow> Rows(StructLayout layout)
    {
        List<LayoutRow> rows = [];
        for (int i = 0; i < layout.Fields.Count; i++)
        {
            FieldLayout field = layout.Fields[i];
            UnionLayout? union = layout.Unions.FirstOrDefault(candidate => candidate.FirstField == i);
            if (union is { Name.Length: > 0 } && HoldsStructures(layout, union))
            {
                rows.Add(new LayoutRow(union.Name, union.Name, union.Offset, union.Size));
            }

            AddField(rows, field);
        }

        return new EquatableArray<LayoutRow>(rows);
    }

    private static void AddField(List<LayoutRow> rows, FieldLayout field)
    {
        string designator = field.Name.Name.TrimStart('.');
        if (field.Struct is not { Definition.CName: null } inner)
        {
            rows.Add(new LayoutRow(designator, designator, field.Offset, field.Size));
            return;
        }

        foreach (LayoutRow row in Rows(inner))
        {
            rows.Add(new LayoutRow(
                field.Name.Leaf + "." + row.Name, designator + "." + row.Designator, field.Offset + row.Offset, row.Size));
        }
    }

    private static bool HoldsStructures(StructLayout layout, UnionLayout union) =>
        Enumerable.Range(union.FirstField, union.FieldCount).Any(index => layout.Fields[index].Struct is not null);
}
