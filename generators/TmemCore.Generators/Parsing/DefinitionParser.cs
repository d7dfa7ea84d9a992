using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TmemCore.Generators.Layout;
using TmemCore.Generators.Models;

namespace TmemCore.Generators.Parsing;

/// <summary>Reads the definition of a structure off its symbol. This and its neighbours are all that touch symbols.</summary>
internal sealed class DefinitionParser(IAssemblySymbol assembly, ProblemList problems)
{
    private const int DeepestNesting = 16;

    public StructDefinition? Parse(INamedTypeSymbol type) => Parse(type, 0);

    /// <summary>Reads the type of a member; reports and returns null where it has no fixed form.</summary>
    public FieldType? ParseType(ISymbol member, int depth = 0)
    {
        ITypeSymbol? type = MemberStorage.TypeOf(member);
        ITypeSymbol? plain = type is INamedTypeSymbol { TypeKind: TypeKind.Enum } enumeration
            ? enumeration.EnumUnderlyingType
            : type;
        if (KindOf(plain) is ValueKind kind)
        {
            return new FieldType(kind, TypeName(type!), !ReferenceEquals(plain, type), null);
        }

        if (type is INamedTypeSymbol { TypeKind: TypeKind.Struct } nested
            && nested.Attribute(AbiNames.StructShort) is not null
            && depth < DeepestNesting)
        {
            return ParseNested(member, nested, depth);
        }

        problems.Add(ProblemKind.NoFixedForm, member, member.Name, type?.ToDisplayString() ?? "a fixed buffer");
        return null;
    }

    private static ValueKind? KindOf(ITypeSymbol? type) => type switch
    {
        null => null,
        { SpecialType: SpecialType.System_Byte } => ValueKind.UInt8,
        { SpecialType: SpecialType.System_SByte } => ValueKind.Int8,
        { SpecialType: SpecialType.System_UInt16 } => ValueKind.UInt16,
        { SpecialType: SpecialType.System_Int16 } => ValueKind.Int16,
        { SpecialType: SpecialType.System_UInt32 } => ValueKind.UInt32,
        { SpecialType: SpecialType.System_Int32 } => ValueKind.Int32,
        { SpecialType: SpecialType.System_UInt64 } => ValueKind.UInt64,
        { SpecialType: SpecialType.System_Int64 } => ValueKind.Int64,
        { Name: "ObjectId" } when IsTmem(type) => ValueKind.ObjectId,
        { Name: "PoolUuid" } when IsTmem(type) => ValueKind.Uuid,
        _ => null,
    };

    private static bool IsTmem(ITypeSymbol type) =>
        type is { ContainingType: null, ContainingNamespace: { Name: "TmemCore", ContainingNamespace.IsGlobalNamespace: true } };

    private static string TypeName(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    private StructDefinition? Parse(INamedTypeSymbol type, int depth)
    {
        AttributeData? attribute = type.Attribute(AbiNames.StructShort);
        if (attribute is null)
        {
            return null;
        }

        string? name = attribute.Argument<string>(0);
        if (name is not null && !CNames.IsIdentifier(name))
        {
            problems.Add(ProblemKind.BadShape, type, type.Name, $"\"{name}\" is not a C identifier");
        }

        Generations range = attribute.Range();
        if (range.IsEmpty)
        {
            problems.Add(ProblemKind.BadRange, type, type.Name, "Since lies after Until");
            return null;
        }

        List<(ISymbol Symbol, FieldDefinition Field)> fields = [];
        foreach (ISymbol member in Placed(type))
        {
            if (ParseField(member, range, depth) is FieldDefinition field)
            {
                fields.Add((member, field));
            }
        }

        StructDefinition definition = new(
            TypeName(type), name, attribute.NamedInt("Header", 0), range, new(fields.Select(entry => entry.Field)));
        CheckOrder(type, fields);
        UnionRules.Check(type, fields, range, problems);
        return definition;
    }

    private static IEnumerable<ISymbol> Placed(INamedTypeSymbol type) => type.GetMembers()
        .Where(member => member is IFieldSymbol or IPropertySymbol && member.Attribute(AbiNames.Field) is not null);

    private FieldType? ParseNested(ISymbol member, INamedTypeSymbol nested, int depth)
    {
        ISymbol? hidden = Placed(nested)
            .FirstOrDefault(inner => !MemberStorage.IsReachable(inner, assembly) || !MemberStorage.IsSettable(inner));
        if (hidden is not null)
        {
            problems.Add(ProblemKind.NotSettable, member, member.Name, $"{nested.Name}.{hidden.Name} is out of its reach");
            return null;
        }

        ProblemList inside = new();
        StructDefinition? definition = new DefinitionParser(assembly, inside).Parse(nested, depth + 1);
        if (definition is null || inside.AnyBlocks)
        {
            problems.Add(ProblemKind.NoFixedForm, member, member.Name, nested.ToDisplayString());
            return null;
        }

        return new FieldType(ValueKind.Struct, TypeName(nested), false, definition);
    }

    private FieldDefinition? ParseField(ISymbol member, Generations structRange, int depth)
    {
        if (!MemberStorage.IsSettable(member) || member.IsStatic)
        {
            problems.Add(ProblemKind.NotSettable, member, member.Name, "it is static, read-only or has no setter");
            return null;
        }

        FieldType? type = ParseType(member, depth);
        if (type is null)
        {
            return null;
        }

        List<WireName> names = [];
        foreach (AttributeData attribute in member.Attributes(AbiNames.Field))
        {
            WireName name = new(
                attribute.Argument<string>(0) ?? "",
                attribute.Range(),
                (WireForm)attribute.NamedInt("Form", 0),
                attribute.NamedInt("Bytes", 0),
                attribute.NamedString("Bits"));
            CheckName(member, type, name, names, structRange);
            names.Add(name);
        }

        AttributeData? arm = member.Attribute(AbiNames.Arm);
        return new FieldDefinition(
            member.Name, type, new(names), member.Attribute(AbiNames.Tag) is not null, arm is not null, arm?.Numbers() ?? default);
    }

    private void CheckName(ISymbol member, FieldType type, WireName name, List<WireName> earlier, Generations structRange)
    {
        if (!CNames.IsFieldName(name.Name))
        {
            problems.Add(ProblemKind.BadShape, member, member.Name, $"\"{name.Name}\" is not a C name");
        }

        if (name.Range.IsEmpty)
        {
            problems.Add(ProblemKind.BadRange, member, member.Name, "Since lies after Until");
        }
        else if (!name.Range.Overlaps(structRange))
        {
            problems.Add(ProblemKind.BadRange, member, member.Name, "the structure has no such generation");
        }

        if (!FormFits(type.Kind, name))
        {
            problems.Add(ProblemKind.NoFixedForm, member, member.Name, $"{name.Form} of {type.TypeName.Replace("global::", "")}");
        }

        WireName? overlapping = earlier.Find(other => other.Range.Overlaps(name.Range));
        if (overlapping is not null && (name.Union is null || overlapping.Union != name.Union))
        {
            problems.Add(ProblemKind.BadRange, member, member.Name, "two places in one generation, not in one union");
        }
        else if (overlapping is null && name.IsRoom)
        {
            problems.Add(ProblemKind.BadShape, member, member.Name, "room or bit-fields must follow a name that can be read");
        }
    }

    private static bool FormFits(ValueKind kind, WireName name)
    {
        if (name.IsRoom)
        {
            return name.Bytes is >= 0 and <= 65536
                && (name.Bits is null || BitFields.Parse(name.Bits) is not null)
                && (name.Bytes == 0 || name.Bits is null);
        }

        return name.Bytes == 0 && name.Form switch
        {
            WireForm.Natural => true,
            WireForm.Word or WireForm.Pointer or WireForm.AlignedPointer => kind is ValueKind.UInt64,
            WireForm.FirstWord => kind is ValueKind.ObjectId,
            WireForm.Aligned => kind is ValueKind.UInt64 or ValueKind.Int64 or ValueKind.ObjectId or ValueKind.Uuid,
            _ => false,
        };
    }

    /// <summary>The order of the members is the order of the fields, so nothing may leave it open.</summary>
    private void CheckOrder(INamedTypeSymbol type, List<(ISymbol Symbol, FieldDefinition Field)> fields)
    {
        if (fields.Count == 0)
        {
            problems.Add(ProblemKind.BadShape, type, type.Name, "no member is marked AbiField");
        }

        if (fields.Select(entry => entry.Symbol.Kind).Distinct().Count() > 1)
        {
            problems.Add(ProblemKind.BadShape, type, type.Name, "fields and properties are mixed, which leaves their order open");
        }

        if (type.DeclaringSyntaxReferences.Length > 1
            && fields.Select(entry => Declaration(entry.Symbol)).Distinct().Count() > 1)
        {
            problems.Add(ProblemKind.BadShape, type, type.Name, "its fields are spread over several parts, which leaves their order open");
        }
    }

    private static SyntaxNode? Declaration(ISymbol member) =>
        member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax().FirstAncestorOrSelf<TypeDeclarationSyntax>();
}
