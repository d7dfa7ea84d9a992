using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using TmemCore.Generators.Layout;
using TmemCore.Generators.Models;

namespace TmemCore.Generators.Parsing;

/// <summary>
/// From the symbol of an op to its model: for every generation and word size that has it, the op's members are looked up in
/// the arm its number selects, then in the structure around it.
/// </summary>
internal static class OpParser
{
    private static readonly string[] s_reserved = ["Number", "MaxSize", "SizeOf", "TryRead", "Write"];

    public static OpModel? Parse(INamedTypeSymbol type, ProblemList problems)
    {
        TypeShape shape = TypeShapeParser.Parse(type, problems);
        TypeShapeParser.CheckNames(type, shape, s_reserved, problems);
        AttributeData? attribute = type.Attribute(AbiNames.OpShort);
        if (attribute?.Argument<INamedTypeSymbol>(0) is not INamedTypeSymbol family || attribute.Number(1) is not uint number)
        {
            problems.Add(ProblemKind.BadShape, type, type.Name, "its family cannot be found");
            return null;
        }

        IReadOnlyList<Home> homes = CheckFamily(type, family, problems);
        List<OpMember> members = ParseMembers(type, problems);
        Generations range = attribute.Range();
        if (range.IsEmpty)
        {
            problems.Add(ProblemKind.BadRange, type, type.Name, "Since lies after Until");
        }

        if (problems.AnyBlocks)
        {
            return null;
        }

        EquatableArray<OpVariant> variants = Variants(type, number, range, homes, members, problems);
        return problems.AnyBlocks
            ? null
            : new OpModel(
                shape,
                family.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
                number,
                range,
                new(members.Select(member =>
                    new MemberModel(member.Symbol.Name, member.Type.TypeName, member.Type.Kind is ValueKind.Struct))),
                variants);
    }

    private static IReadOnlyList<Home> CheckFamily(INamedTypeSymbol type, INamedTypeSymbol family, ProblemList problems)
    {
        if (TypeShapeParser.IsGeneric(type))
        {
            problems.Add(ProblemKind.BadShape, type, type.Name, "an op has no type parameters, nor has what contains it");
        }

        if (!TypeShapeParser.IsInternal(type))
        {
            problems.Add(ProblemKind.BadShape, type, type.Name, "an op must be visible in the whole assembly");
        }

        if (!SymbolEqualityComparer.Default.Equals(family.ContainingAssembly, type.ContainingAssembly)
            || family.Attribute(AbiNames.FamilyShort) is null)
        {
            problems.Add(ProblemKind.BadShape, type, type.Name, $"{family.Name} is not a family of this assembly");
            return [];
        }

        if (TypeShapeParser.IsPublic(family) && !TypeShapeParser.IsPublic(type))
        {
            problems.Add(ProblemKind.BadShape, type, type.Name, $"it must be public as its family {family.Name} is");
        }

        FamilyHomes homes = FamilyHomes.Of(family);
        if (!homes.IsSound)
        {
            problems.Add(ProblemKind.BadShape, type, type.Name, $"its family {family.Name} is not sound");
        }

        return homes.List;
    }

    private static List<OpMember> ParseMembers(INamedTypeSymbol type, ProblemList problems)
    {
        DefinitionParser parser = new(type.ContainingAssembly, problems);
        List<OpMember> members = [];
        foreach (ISymbol member in MemberStorage.Of(type))
        {
            if (!MemberStorage.IsSettable(member))
            {
                problems.Add(ProblemKind.NotSettable, member, member.Name, "it is read-only or has no setter");
            }
            else if (parser.ParseType(member) is FieldType fieldType)
            {
                members.Add(new OpMember(member, fieldType, Sources(member, problems)));
            }
        }

        MemberStorage.CheckRequired(type, members.Select(member => member.Symbol.Name).ToArray(), problems);
        return members;
    }

    private static List<(string Member, Generations Range)> Sources(ISymbol member, ProblemList problems)
    {
        List<(string Member, Generations Range)> sources = [];
        foreach (AttributeData attribute in member.Attributes(AbiNames.From))
        {
            Generations range = attribute.Range();
            if (range.IsEmpty || sources.Exists(other => other.Range.Overlaps(range)))
            {
                problems.Add(ProblemKind.BadRange, member, member.Name, "its sources overlap, or Since lies after Until");
            }

            sources.Add((attribute.Argument<string>(0) ?? "", range));
        }

        return sources;
    }

    private static EquatableArray<OpVariant> Variants(
        INamedTypeSymbol type,
        uint number,
        Generations range,
        IReadOnlyList<Home> homes,
        List<OpMember> members,
        ProblemList problems)
    {
        List<OpVariant> variants = [];
        for (int index = 0; index < 2 * AbiPoint.GenerationCount; index++)
        {
            AbiPoint point = AbiPoint.FromIndex(index);
            if (!range.Contains(point.Generation))
            {
                continue;
            }

            if (homes.FirstOrDefault(home => home.Range.Contains(point.Generation)) is not Home found)
            {
                problems.Add(
                    ProblemKind.BadRange, type, type.Name, $"its family has no {AbiPoint.GenerationName(point.Generation)}");
                break;
            }

            Add(variants, Variant(found, point, number, members, problems), point);
            if (problems.AnyBlocks)
            {
                break;
            }
        }

        return new EquatableArray<OpVariant>(variants);
    }

    private static void Add(List<OpVariant> variants, OpVariant variant, AbiPoint point)
    {
        int same = variants.FindIndex(other => (other with { Points = variant.Points }).Equals(variant));
        if (same < 0)
        {
            variants.Add(variant);
        }
        else
        {
            variants[same] = variants[same] with { Points = new(variants[same].Points.Append(point)) };
        }
    }

    private static OpVariant Variant(
        Home home, AbiPoint point, uint number, List<OpMember> members, ProblemList problems)
    {
        StructLayout layout = home.Layout(point);
        FieldLayout outerTag = layout.Fields.First(field => field.Field.IsTag);
        FieldLayout? arm = home.Arm is null ? ArmFor(layout, number) : AccessPlanner.Find(layout, home.Arm);
        List<TagValue> tags = [];
        if (home.ArmField is FieldDefinition armField)
        {
            tags.Add(new TagValue(outerTag.Offset, armField.Tags[0]));
            tags.Add(new TagValue(arm!.Offset + arm.Struct!.Fields.First(field => field.Field.IsTag).Offset, number));
        }
        else
        {
            tags.Add(new TagValue(outerTag.Offset, number));
        }

        return new OpVariant(
            new([point]),
            layout.Size,
            new(tags),
            new(members.Select(member => Bind(member, layout, arm, point, problems))));
    }

    /// <summary>The arm the number selects, or null where there is none or it is not a structure.</summary>
    private static FieldLayout? ArmFor(StructLayout layout, uint number)
    {
        FieldLayout[] arms = layout.Fields.Where(field => field.Field.IsArm && !field.IsSecondName).ToArray();
        return arms.FirstOrDefault(arm => arm.Field.Tags.Contains(number))
            ?? arms.FirstOrDefault(arm => arm.Field.Tags.Count == 0);
    }

    private static Access Bind(
        OpMember member, StructLayout layout, FieldLayout? arm, AbiPoint point, ProblemList problems)
    {
        string source = member.Symbol.Name;
        if (member.Sources.Count > 0)
        {
            int index = member.Sources.FindIndex(candidate => candidate.Range.Contains(point.Generation));
            if (index < 0)
            {
                return AccessPlanner.Absent(member.Symbol.Name, member.Type);
            }

            source = member.Sources[index].Member;
        }

        FieldLayout? inArm = arm?.Struct is null ? null : AccessPlanner.Find(arm.Struct, source);
        FieldLayout? place = inArm ?? AccessPlanner.Find(layout, source);
        if (place is null || place.Field.IsTag || place.Field.IsArm || !SameKind(place.Field.Type, member.Type))
        {
            problems.Add(
                ProblemKind.NoCounterpart, member.Symbol, member.Symbol.Name, source, AbiPoint.GenerationName(point.Generation));
            return AccessPlanner.Absent(member.Symbol.Name, member.Type);
        }

        return AccessPlanner.Plan(place, inArm is null ? 0 : arm!.Offset, member.Symbol.Name, member.Type);
    }

    private static bool SameKind(FieldType left, FieldType right) =>
        left.Kind == right.Kind && (left.Kind is not ValueKind.Struct || left.TypeName == right.TypeName);

    private sealed record OpMember(ISymbol Symbol, FieldType Type, List<(string Member, Generations Range)> Sources);
}
