using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TmemCore.Generators.Models;
using TmemCore.Generators.Text;

namespace TmemCore.Generators.Parsing;

/// <summary>Reads what a type must look like for members to be added to it.</summary>
internal static class TypeShapeParser
{
    /// <summary>The lowest version of C# the generated code is written in.</summary>
    public const LanguageVersion LowestLanguage = LanguageVersion.CSharp9;

    private static readonly SymbolDisplayFormat s_displayFormat = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters);

    public static TypeShape Parse(INamedTypeSymbol type, ProblemList problems)
    {
        List<TypePart> parts = [];
        for (INamedTypeSymbol? current = type; current is not null; current = current.ContainingType)
        {
            CheckOpen(current, type, problems);
            parts.Insert(0, new TypePart(Keyword(current), Identifiers.Escape(current.Name) + TypeParameters(current)));
        }

        CheckSelf(type, problems);
        CheckLanguage(type, problems);
        string name = MetadataName(type);
        return new TypeShape(
            type.ContainingNamespace.IsGlobalNamespace ? "" : EscapedNamespace(type.ContainingNamespace),
            new(parts),
            type.Name,
            type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
            type.ToDisplayString(s_displayFormat),
            FileName(name) + "." + Identifiers.Fingerprint(name),
            type.IsRecord,
            IsPublic(type),
            HasOwnEquality(type),
            Methods(type, "ToString").Any(method => method.Parameters.Length == 0),
            type.GetMembers().Any(member => member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true }));
    }

    /// <summary>
    /// Reports members that generated ones would collide with. The rules see a type with its generated part, which is left out.
    /// </summary>
    public static void CheckNames(INamedTypeSymbol type, TypeShape shape, string[] reserved, ProblemList problems)
    {
        IEnumerable<ISymbol> taken = type.GetMembers()
            .Where(member => !member.IsImplicitlyDeclared && !IsGenerated(member, shape))
            .Concat<ISymbol>(type.TypeParameters)
            .Concat([type]);
        foreach (ISymbol symbol in taken)
        {
            if (reserved.Contains(symbol.Name) || IsHelper(symbol.Name) || IsMisusedObjectMember(symbol))
            {
                problems.Add(ProblemKind.NameTaken, symbol, symbol.Name);
            }
        }
    }

    public static bool IsPublic(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.ContainingType)
        {
            if (current.DeclaredAccessibility != Accessibility.Public)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the type can be named from anywhere in its assembly.</summary>
    public static bool IsInternal(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.ContainingType)
        {
            if (current.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Internal))
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsGeneric(INamedTypeSymbol type) =>
        type.TypeParameters.Length > 0 || (type.ContainingType is { } outer && IsGeneric(outer));

    private static void CheckOpen(INamedTypeSymbol current, INamedTypeSymbol type, ProblemList problems)
    {
        foreach (SyntaxReference reference in current.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax() is TypeDeclarationSyntax declaration
                && !declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
            {
                problems.Add(ProblemKind.NotPartial, type, current.Name);
                return;
            }
        }
    }

    private static void CheckLanguage(INamedTypeSymbol type, ProblemList problems)
    {
        if (type.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.Options is CSharpParseOptions options
            && options.LanguageVersion < LowestLanguage)
        {
            problems.Add(ProblemKind.ProjectLacks, type, type.Name, "C# 9 or later (LangVersion)");
        }
    }

    private static void CheckSelf(INamedTypeSymbol type, ProblemList problems)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.ContainingType)
        {
            if (current.IsFileLocal)
            {
                problems.Add(ProblemKind.BadShape, type, type.Name, "it must be visible outside its file");
            }
        }

        if (type.IsRefLikeType)
        {
            problems.Add(ProblemKind.BadShape, type, type.Name, "a ref struct cannot be compared or stored");
        }
    }

    private static bool IsGenerated(ISymbol member, TypeShape shape) => member.Locations
        .Any(location => location.SourceTree is { } tree && Path.GetFileName(tree.FilePath) == shape.HintName + ".g.cs");

    private static bool IsHelper(string name) =>
        name == "Layout"
        || name.StartsWith("LayoutV", System.StringComparison.Ordinal)
        || name.StartsWith("AbiVariant", System.StringComparison.Ordinal);

    private static bool IsMisusedObjectMember(ISymbol symbol) =>
        symbol is not IMethodSymbol && symbol.Name is "Equals" or "GetHashCode" or "ToString";

    private static bool HasOwnEquality(INamedTypeSymbol type) =>
        Methods(type, "Equals").Any() || Methods(type, "GetHashCode").Any() || Methods(type, "op_Equality").Any()
        || Methods(type, "op_Inequality").Any();

    private static IEnumerable<IMethodSymbol> Methods(INamedTypeSymbol type, string name) =>
        type.GetMembers(name).OfType<IMethodSymbol>().Where(method => !method.IsImplicitlyDeclared);

    private static string Keyword(INamedTypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Interface } => "interface",
        { TypeKind: TypeKind.Struct, IsRecord: true } => "record struct",
        { TypeKind: TypeKind.Struct } => "struct",
        { IsRecord: true } => "record",
        _ => "class",
    };

    private static string TypeParameters(INamedTypeSymbol type) => type.TypeParameters.Length == 0
        ? ""
        : "<" + string.Join(", ", type.TypeParameters.Select(parameter => Identifiers.Escape(parameter.Name))) + ">";

    private static string EscapedNamespace(INamespaceSymbol symbol) => symbol.ContainingNamespace.IsGlobalNamespace
        ? Identifiers.Escape(symbol.Name)
        : EscapedNamespace(symbol.ContainingNamespace) + "." + Identifiers.Escape(symbol.Name);

    private static string MetadataName(INamedTypeSymbol type) => type.ContainingType is { } outer
        ? MetadataName(outer) + "." + type.MetadataName
        : type.ContainingNamespace.IsGlobalNamespace
            ? type.MetadataName
            : type.ContainingNamespace.ToDisplayString() + "." + type.MetadataName;

    /// <summary>The name with everything replaced that a file name had better not contain.</summary>
    private static string FileName(string name) => new(name
        .Select(c => c is '.' or '_' or (>= '0' and <= '9') or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') ? c : '_')
        .ToArray());
}
