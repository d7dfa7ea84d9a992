using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using TmemCore.Generators.Models;

namespace TmemCore.Generators.Parsing;

/// <summary>Reads the annotations off symbols. Values of broken code read as absent.</summary>
internal static class AttributeReader
{
    public static IEnumerable<AttributeData> Attributes(this ISymbol symbol, string name)
    {
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass is { } type && type.Name == name && IsAbiNamespace(type.ContainingNamespace))
            {
                yield return attribute;
            }
        }
    }

    public static AttributeData? Attribute(this ISymbol symbol, string name)
    {
        foreach (AttributeData attribute in symbol.Attributes(name))
        {
            return attribute;
        }

        return null;
    }

    public static bool IsAbiNamespace(INamespaceSymbol? symbol) =>
        symbol is { Name: "Abi", ContainingNamespace: { Name: "TmemCore", ContainingNamespace.IsGlobalNamespace: true } };

    public static Generations Range(this AttributeData attribute) => new(
        attribute.NamedInt("Since", 0),
        attribute.NamedInt("Until", AbiPoint.GenerationCount - 1));

    public static int NamedInt(this AttributeData attribute, string name, int otherwise)
    {
        foreach (KeyValuePair<string, TypedConstant> pair in attribute.NamedArguments)
        {
            if (pair.Key == name)
            {
                return pair.Value.Value switch
                {
                    byte number => number,
                    int number => number,
                    _ => otherwise,
                };
            }
        }

        return otherwise;
    }

    public static string? NamedString(this AttributeData attribute, string name)
    {
        foreach (KeyValuePair<string, TypedConstant> pair in attribute.NamedArguments)
        {
            if (pair.Key == name)
            {
                return pair.Value.Value as string;
            }
        }

        return null;
    }

    public static T? Argument<T>(this AttributeData attribute, int index)
        where T : class =>
        index < attribute.ConstructorArguments.Length && attribute.ConstructorArguments[index].Kind != TypedConstantKind.Array
            ? attribute.ConstructorArguments[index].Value as T
            : null;

    public static uint? Number(this AttributeData attribute, int index) =>
        index < attribute.ConstructorArguments.Length && attribute.ConstructorArguments[index].Kind != TypedConstantKind.Array
            ? attribute.ConstructorArguments[index].Value as uint?
            : null;

    public static int Integer(this AttributeData attribute, int index) =>
        index < attribute.ConstructorArguments.Length && attribute.ConstructorArguments[index].Kind != TypedConstantKind.Array
            ? attribute.ConstructorArguments[index].Value as int? ?? 0
            : 0;

    /// <summary>The numbers of a <c>params uint[]</c>.</summary>
    public static EquatableArray<uint> Numbers(this AttributeData attribute)
    {
        List<uint> numbers = [];
        if (attribute.ConstructorArguments.Length == 1
            && attribute.ConstructorArguments[0] is { Kind: TypedConstantKind.Array, IsNull: false } array)
        {
            foreach (TypedConstant value in array.Values)
            {
                if (value.Value is uint number)
                {
                    numbers.Add(number);
                }
            }
        }

        return new EquatableArray<uint>(numbers);
    }
}
