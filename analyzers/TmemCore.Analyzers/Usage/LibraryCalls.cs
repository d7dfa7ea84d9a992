using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Usage;

/// <summary>Tells the calls of the library apart. Its types are known by their full names.</summary>
internal static class LibraryCalls
{
    /// <summary>Whether the type is that one of the library.</summary>
    /// <param name="type">The type.</param>
    /// <param name="space">Its namespace.</param>
    /// <param name="name">Its name.</param>
    public static bool Is(ITypeSymbol? type, string space, string name) =>
        type is not null && type.Name == name && type.ContainingType is null && type.ContainingNamespace.ToDisplayString() == space;

    /// <summary>Whether the type is that one of the library, or is derived from it.</summary>
    /// <param name="type">The type.</param>
    /// <param name="space">The namespace of the other.</param>
    /// <param name="name">The name of the other.</param>
    public static bool IsOrDerives(ITypeSymbol? type, string space, string name)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (Is(type, space, name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A put that answers whether the page is kept, into a pool that nobody may drop pages of.</summary>
    public static bool IsPersistentPut(IMethodSymbol method) =>
        method.Name == "Put"
        && !method.ReturnsVoid
        && (Is(method.ContainingType, "TmemCore", "PersistentPool") || Is(method.ContainingType, "TmemCore.Hypercalls", "HypercallClient"));

    /// <summary>A get or take of a page out of a pool.</summary>
    public static bool IsGet(IMethodSymbol method) =>
        method.Name is "Get" or "Take"
        && Is(method.ReturnType, "TmemCore", "GetResult")
        && IsOrDerives(method.ContainingType, "TmemCore", "TmemPool");

    /// <summary>The operation within conversions and parentheses.</summary>
    public static IOperation Bare(IOperation operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation { OperatorMethod: null } conversion:
                    operation = conversion.Operand;
                    break;
                case IParenthesizedOperation parenthesized:
                    operation = parenthesized.Operand;
                    break;
                default:
                    return operation;
            }
        }
    }
}
