using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TmemCore.Generators.Layout;
using TmemCore.Generators.Models;

namespace TmemCore.Generators.Parsing;

/// <summary>From the symbol of a family to its model.</summary>
internal static class FamilyParser
{
    private static readonly string[] s_reserved = ["IHandler", "Caller", "Dispatch", "TryReadNumber", "Operations", "MaxSize"];

    public static FamilyModel? Parse(INamedTypeSymbol type, ProblemList problems)
    {
        TypeShape shape = TypeShapeParser.Parse(type, problems);
        TypeShapeParser.CheckNames(type, shape, s_reserved, problems);
        CheckShape(type, problems);
        List<Home> homes = ParseHomes(type, problems);
        List<NestedModel> nested = ParseNested(type, problems);
        return problems.AnyBlocks
            ? null
            : new FamilyModel(
                shape,
                new(nested),
                type.Attribute(AbiNames.Retired)?.Numbers() ?? default,
                Variants(homes));
    }

    public static List<Home> ParseHomes(INamedTypeSymbol type, ProblemList problems)
    {
        List<Home> homes = [];
        foreach (AttributeData attribute in type.Attributes(AbiNames.FamilyShort))
        {
            Generations range = attribute.Range();
            if (range.IsEmpty || homes.Exists(other => other.Range.Overlaps(range)))
            {
                problems.Add(ProblemKind.BadRange, type, type.Name, "its homes overlap, or Since lies after Until");
                continue;
            }

            if (ParseHome(type, attribute, range, problems) is Home home)
            {
                homes.Add(home);
            }
        }

        return homes;
    }

    private static Home? ParseHome(INamedTypeSymbol type, AttributeData attribute, Generations range, ProblemList problems)
    {
        INamedTypeSymbol? structType = attribute.Argument<INamedTypeSymbol>(0);
        if (structType is null || structType.TypeKind == TypeKind.Error)
        {
            problems.Add(ProblemKind.BadShape, type, type.Name, "its structure cannot be found");
            return null;
        }

        ProblemList inside = new();
        StructDefinition? definition = TypeShapeParser.IsGeneric(structType)
            ? null
            : new DefinitionParser(type.ContainingAssembly, inside).Parse(structType);
        if (definition is null || inside.AnyBlocks)
        {
            problems.Add(ProblemKind.BadShape, type, type.Name, $"{structType.Name} is not a sound ABI structure");
            return null;
        }

        Home home = new(range, definition, attribute.Argument<string>(1));
        if (home.Range.Since < definition.Range.Since || home.Range.Until > definition.Range.Until)
        {
            problems.Add(ProblemKind.BadRange, type, type.Name, $"{structType.Name} does not exist in all generations given");
            return null;
        }

        if (!HasNumber(home))
        {
            problems.Add(
                ProblemKind.BadShape, type, type.Name, $"{structType.Name} has no tag there that could tell the ops apart");
            return null;
        }

        return home;
    }

    private static bool HasNumber(Home home)
    {
        if (home.Arm is null)
        {
            return home.Struct.Fields.Any(field => field.IsTag);
        }

        return home.ArmField is { IsArm: true, Tags.Count: > 0 } arm
            && arm.Type.Struct?.Fields.Any(field => field.IsTag) == true
            && Enumerable.Range(home.Range.Since, home.Range.Until - home.Range.Since + 1)
                .All(generation => arm.Names.Any(name => name.Range.Contains(generation))
                    && arm.Type.Struct.Range.Contains(generation));
    }

    private static void CheckShape(INamedTypeSymbol type, ProblemList problems)
    {
        if (!type.IsStatic || TypeShapeParser.IsGeneric(type))
        {
            problems.Add(ProblemKind.BadShape, type, type.Name, "a family is a static class without type parameters");
        }

        if (!TypeShapeParser.IsInternal(type))
        {
            problems.Add(ProblemKind.BadShape, type, type.Name, "a family must be visible in the whole assembly");
        }
    }

    private static List<NestedModel> ParseNested(INamedTypeSymbol type, ProblemList problems)
    {
        List<NestedModel> nested = [];
        foreach (AttributeData attribute in type.Attributes(AbiNames.Nested))
        {
            string name = attribute.Argument<string>(0) ?? "";
            Generations range = attribute.Range();
            if (!SyntaxFacts.IsValidIdentifier(name)
                || attribute.Number(1) is not uint number
                || range.IsEmpty
                || nested.Exists(other => other.Name == name))
            {
                problems.Add(
                    ProblemKind.BadShape, type, type.Name, $"\"{name}\" is no name, is given twice, or its range is empty");
                continue;
            }

            nested.Add(new NestedModel(name, number, range));
        }

        return nested;
    }

    private static EquatableArray<FamilyVariant> Variants(List<Home> homes)
    {
        List<FamilyVariant> variants = [];
        for (int index = 0; index < 2 * AbiPoint.GenerationCount; index++)
        {
            AbiPoint point = AbiPoint.FromIndex(index);
            if (homes.Find(home => home.Range.Contains(point.Generation)) is not Home home)
            {
                continue;
            }

            FamilyVariant variant = Variant(home, point);
            int same = variants.FindIndex(other => other.Size == variant.Size && other.TagOffset == variant.TagOffset);
            if (same < 0)
            {
                variants.Add(variant);
            }
            else
            {
                variants[same] = variants[same] with { Points = new(variants[same].Points.Append(point)) };
            }
        }

        return new EquatableArray<FamilyVariant>(variants);
    }

    private static FamilyVariant Variant(Home home, AbiPoint point)
    {
        StructLayout layout = home.Layout(point);
        FieldLayout? arm = home.Arm is null ? null : AccessPlanner.Find(layout, home.Arm);
        StructLayout holder = arm?.Struct ?? layout;
        int offset = (arm?.Offset ?? 0) + holder.Fields.First(field => field.Field.IsTag).Offset;
        return new FamilyVariant(new([point]), layout.Size, offset);
    }
}
