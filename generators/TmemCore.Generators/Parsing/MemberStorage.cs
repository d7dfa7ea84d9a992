using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using TmemCore.Generators.Models;

namespace TmemCore.Generators.Parsing;

/// <summary>The members of a struct that hold its value: fields and automatic properties.</summary>
internal static class MemberStorage
{
    /// <summary>All of them in the order of declaration. In other assemblies only properties without a body can be told by their annotation.</summary>
    public static IEnumerable<ISymbol> Of(INamedTypeSymbol type)
    {
        HashSet<ISymbol> automatic = new(
            type.GetMembers().OfType<IFieldSymbol>().Select(field => field.AssociatedSymbol).OfType<ISymbol>(),
            SymbolEqualityComparer.Default);
        foreach (ISymbol member in type.GetMembers())
        {
            bool holds = member switch
            {
                { IsStatic: true } => false,
                IFieldSymbol field => field.AssociatedSymbol is null && !field.IsConst,
                IPropertySymbol property => automatic.Contains(property),
                _ => false,
            };
            if (holds)
            {
                yield return member;
            }
        }
    }

    public static ITypeSymbol? TypeOf(ISymbol member) => member switch
    {
        IFieldSymbol { IsFixedSizeBuffer: false } field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    };

    /// <summary>Whether an object initializer inside the type can set the member.</summary>
    public static bool IsSettable(ISymbol member) => member switch
    {
        IFieldSymbol field => !field.IsReadOnly,
        IPropertySymbol property => property.SetMethod is not null && property.ExplicitInterfaceImplementations.IsEmpty,
        _ => false,
    };

    /// <summary>Whether generated code in another type of the assembly can read and set the member.</summary>
    public static bool IsReachable(ISymbol member, IAssemblySymbol from) =>
        IsVisible(member.DeclaredAccessibility, member, from)
        && (member is not IPropertySymbol property
            || (property.SetMethod is { } setter && IsVisible(setter.DeclaredAccessibility, member, from)
                && property.GetMethod is { } getter && IsVisible(getter.DeclaredAccessibility, member, from)));

    /// <summary>Required members that would have to be set although they are no part of the bytes.</summary>
    public static void CheckRequired(INamedTypeSymbol type, IReadOnlyCollection<string> members, ProblemList problems)
    {
        foreach (ISymbol member in type.GetMembers())
        {
            if (member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true }
                && !members.Contains(member.Name))
            {
                problems.Add(ProblemKind.NotSettable, member, member.Name, "it is required but has no place in the bytes");
            }
        }
    }

    private static bool IsVisible(Accessibility accessibility, ISymbol member, IAssemblySymbol from) =>
        accessibility == Accessibility.Public
        || (accessibility is Accessibility.Internal or Accessibility.ProtectedOrInternal
            && SymbolEqualityComparer.Default.Equals(member.ContainingAssembly, from));
}
