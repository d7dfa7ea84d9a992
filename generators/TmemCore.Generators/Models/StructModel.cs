using System;
using System.Linq;

namespace TmemCore.Generators.Models;

/// <summary>A row of the listing.</summary>
internal sealed record LayoutRow(string Name, string Designator, int Offset, int Size);

/// <summary>A constant: where a member begins.</summary>
internal sealed record OffsetConstant(string Member, string CName, int Offset, int Size);

/// <summary>One layout of a structure and the generations and word sizes that have it.</summary>
internal sealed record StructVariant(
    EquatableArray<AbiPoint> Points,
    int Size,
    int Alignment,
    string Declaration,
    EquatableArray<OffsetConstant> Offsets,
    EquatableArray<LayoutRow> Rows,
    EquatableArray<Access> Members);

/// <summary>A structure as it was read, before it is laid out.</summary>
internal sealed record StructSource(TypeShape Shape, StructDefinition Definition);

/// <summary>Everything the generator needs to know of a structure.</summary>
internal sealed record StructModel(
    TypeShape Type,
    string? CName,
    int Header,
    EquatableArray<MemberModel> Members,
    EquatableArray<StructVariant> Variants);

/// <summary>A member of a structure or op, for equality and text form.</summary>
internal sealed record MemberModel(string Name, string TypeName, bool IsStruct);

/// <summary>One layout of an op and the generations and word sizes that have it.</summary>
internal sealed record OpVariant(
    EquatableArray<AbiPoint> Points,
    int Size,
    EquatableArray<TagValue> Tags,
    EquatableArray<Access> Members);

/// <summary>Everything the generator needs to know of an op.</summary>
internal sealed record OpModel(
    TypeShape Type,
    string FamilyName,
    uint Number,
    Generations Range,
    EquatableArray<MemberModel> Members,
    EquatableArray<OpVariant> Variants)
{
    /// <summary>What the family needs to know of it.</summary>
    public OpSummary Summary
    {
        get
        {
            int maxSize = 0;
            foreach (OpVariant variant in Variants)
            {
                maxSize = Math.Max(maxSize, variant.Size);
            }

            return new OpSummary(
                FamilyName,
                Type.FullName,
                Type.DisplayName,
                HandlerName,
                Number,
                Range,
                maxSize,
                Type.IsPublic,
                new(Variants.Select(variant => variant.Points)));
        }
    }

    /// <summary>The op's name without the ending "Op".</summary>
    public string HandlerName => OpNames.WithoutSuffix(Type.Name, "Op");
}

/// <summary>An op as its family sees it.</summary>
internal sealed record OpSummary(
    string FamilyName,
    string FullName,
    string DisplayName,
    string HandlerName,
    uint Number,
    Generations Range,
    int MaxSize,
    bool IsPublic,
    EquatableArray<EquatableArray<AbiPoint>> Layouts)
{
    /// <summary>What the op's methods for a generation and word size begin with; null where it does not have the op.</summary>
    public string? VariantAt(AbiPoint point)
    {
        foreach (EquatableArray<AbiPoint> points in Layouts)
        {
            if (points.Contains(point))
            {
                return "AbiVariant" + points[0].Name;
            }
        }

        return null;
    }
}

/// <summary>Names derived from type names.</summary>
internal static class OpNames
{
    public static string WithoutSuffix(string name, string suffix) =>
        name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal)
            ? name.Substring(0, name.Length - suffix.Length)
            : name;
}
