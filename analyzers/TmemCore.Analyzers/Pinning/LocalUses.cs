using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Pinning;

/// <summary>What a member does with one of its variables.</summary>
internal static class LocalUses
{
    /// <summary>Whether the condition holds for every reference to the variable. It is given the reference, out of its conversions.</summary>
    public static bool All(IOperation within, ILocalSymbol local, Func<IOperation, bool> condition)
    {
        IOperation root = within;
        while (root.Parent is IOperation parent)
        {
            root = parent;
        }

        return root.Descendants().OfType<ILocalReferenceOperation>()
            .Where(reference => SymbolEqualityComparer.Default.Equals(reference.Local, local))
            .All(reference => condition(reference));
    }

    /// <summary>Whether a variable is declared with <c>using</c>.</summary>
    public static bool IsUsing(IVariableDeclaratorOperation declarator) =>
        declarator.Parent?.Parent is IUsingDeclarationOperation or IVariableDeclarationGroupOperation { Parent: IUsingDeclarationOperation or IUsingOperation }
        || declarator.Parent?.Parent is IUsingOperation;

    public static bool IsMemberUse(IOperation reference, params string[] members) => reference.Parent switch
    {
        IInvocationOperation call => call.Instance == reference && members.Contains(call.TargetMethod.Name),
        IArgumentOperation { Parent: IInvocationOperation { TargetMethod.IsExtensionMethod: true } call } => members.Contains(call.TargetMethod.Name),
        IPropertyReferenceOperation property => property.Instance == reference && members.Contains(property.Property.Name),
        _ => false,
    };
}
