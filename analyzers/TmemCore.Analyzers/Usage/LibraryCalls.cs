using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Usage;

/// <summary>Tells the calls of the library apart. Its types are known by their full names.</summary>
internal static class LibraryCalls
{
    /// <summary>The word "Put" in a name, but not "Putty" or "Output".</summary>
    private static readonly Regex s_put = new("Put(?![a-z])", RegexOptions.CultureInvariant);

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

    /// <summary>Whether the type is a pool, in this process or elsewhere.</summary>
    public static bool IsPool(ITypeSymbol? type) =>
        IsOrDerives(type, "TmemCore", "TmemPool")
        || Is(type, "TmemCore", "ITmemPool")
        || (type is not null && type.AllInterfaces.Any(static one => Is(one, "TmemCore", "ITmemPool")));

    /// <summary>Whether the type is a pool that nobody may drop pages of.</summary>
    private static bool IsPersistentPool(ITypeSymbol? type) => Is(type, "TmemCore", "PersistentPool") || Is(type, "TmemCore", "IPersistentPool");

    /// <summary>A put that answers whether the page is kept, into a pool that nobody may drop pages of, or that may be such a one.</summary>
    public static bool IsPersistentPut(IMethodSymbol method) => !method.ReturnsVoid && method.Name switch
    {
        "Put" => IsPersistentPool(method.ContainingType) || Is(method.ContainingType, "TmemCore.Hypercalls", "HypercallClient"),
        "PutMany" or "PutEntry" => IsPersistentPool(method.ContainingType),
        "DangerousPut" => Is(method.ContainingType, "TmemCore.Hypercalls", "HypercallClient"),
        "PutPage" when Is(method.ContainingType, "TmemCore.Dispatch", "TmemDispatcher") => true,
        _ => IsPutStub(method),
    };

    /// <summary>A stub the generator makes of an op that puts, such as <c>PutPage</c> or <c>RestorePutPage</c>, in a family of anybody's.</summary>
    private static bool IsPutStub(IMethodSymbol method) =>
        method is { ReturnType.SpecialType: SpecialType.System_Int64, ContainingType: { Name: "Caller", ContainingType: INamedTypeSymbol family } }
        && s_put.IsMatch(method.Name)
        && family.GetAttributes().Any(attribute => Is(attribute.AttributeClass, "TmemCore.Abi", "AbiFamilyAttribute"));

    /// <summary>A get or take of a page out of a pool.</summary>
    public static bool IsGet(IMethodSymbol method) =>
        method.Name is "Get" or "Take" or "GetEntry" or "TakeEntry"
        && Is(method.ReturnType, "TmemCore", "GetResult")
        && IsPool(method.ContainingType);

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
