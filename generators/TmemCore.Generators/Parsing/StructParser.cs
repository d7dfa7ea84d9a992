using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using TmemCore.Generators.Layout;
using TmemCore.Generators.Models;

namespace TmemCore.Generators.Parsing;

/// <summary>From the symbol of a structure to its definition, or to the reasons why there is none; then to the model its code is written from.</summary>
internal static class StructParser
{
    private static readonly string[] s_reserved = ["MaxSize", "SizeOf", "TryRead", "Write", "GetLayout"];

    /// <summary>Reads what only the symbol knows. All else follows from it and is not worked out again while it stays the same.</summary>
    public static StructSource? Read(INamedTypeSymbol type, ProblemList problems)
    {
        TypeShape shape = TypeShapeParser.Parse(type, problems);
        TypeShapeParser.CheckNames(type, shape, s_reserved, problems);
        StructDefinition? definition = new DefinitionParser(type.ContainingAssembly, problems).Parse(type);
        if (definition is null)
        {
            return null;
        }

        CheckUnplaced(type, definition, problems);
        return problems.AnyBlocks ? null : new StructSource(shape, definition);
    }

    /// <summary>Reports what is wrong with a structure, sizes and padding included.</summary>
    public static void Check(INamedTypeSymbol type, ProblemList problems)
    {
        if (Read(type, problems) is StructSource source)
        {
            List<StructLayout> layouts = Layouts(source.Definition);
            LayoutRules.Check(type, layouts, problems);
        }
    }

    /// <summary>Lays the structure out for every generation and word size that has it.</summary>
    public static StructModel Model(StructSource source)
    {
        StructDefinition definition = source.Definition;
        return new StructModel(
            source.Shape,
            definition.CName,
            definition.Header,
            new(definition.Fields.Select(field =>
                new MemberModel(field.Member, field.Type.TypeName, field.Type.Kind is ValueKind.Struct))),
            Variants(Layouts(definition)));
    }

    private static List<StructLayout> Layouts(StructDefinition definition)
    {
        List<StructLayout> layouts = [];
        for (int index = 0; index < 2 * AbiPoint.GenerationCount; index++)
        {
            AbiPoint point = AbiPoint.FromIndex(index);
            if (definition.Range.Contains(point.Generation))
            {
                layouts.Add(LayoutEngine.Compute(definition, point));
            }
        }

        return layouts;
    }

    private static EquatableArray<StructVariant> Variants(List<StructLayout> layouts)
    {
        List<StructVariant> variants = [];
        foreach (StructLayout layout in layouts)
        {
            StructVariant variant = Variant(layout);
            int same = variants.FindIndex(other => (other with { Points = variant.Points }).Equals(variant));
            if (same < 0)
            {
                variants.Add(variant);
            }
            else
            {
                variants[same] = variants[same] with { Points = new(variants[same].Points.Append(layout.Point)) };
            }
        }

        return new EquatableArray<StructVariant>(variants);
    }

    private static StructVariant Variant(StructLayout layout) => new(
        new([layout.Point]),
        layout.Size,
        layout.Alignment,
        layout.Definition.CName is null ? "" : CDeclaration.Write(layout),
        new(layout.Fields.Where(field => !field.IsSecondName).Select(field =>
            new OffsetConstant(field.Field.Member, field.Name.Name.TrimStart('.'), field.Offset, field.Size))),
        layout.Definition.CName is null ? default : LayoutListing.Rows(layout),
        AccessPlanner.Plan(layout));

    /// <summary>A member that holds a value but has no place would silently be lost.</summary>
    private static void CheckUnplaced(INamedTypeSymbol type, StructDefinition definition, ProblemList problems)
    {
        foreach (ISymbol member in MemberStorage.Of(type))
        {
            if (member.Attribute(AbiNames.Field) is null)
            {
                problems.Add(ProblemKind.BadShape, member, type.Name, $"{member.Name} holds a value but is not marked AbiField");
            }
        }

        MemberStorage.CheckRequired(type, definition.Fields.Select(field => field.Member).ToArray(), problems);
    }
}
