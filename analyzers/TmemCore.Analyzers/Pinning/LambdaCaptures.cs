using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Pinning;

/// <summary>Whether a lambda needs something of what is around it. Of one that does not, the compiler makes a single delegate and keeps it.</summary>
internal static class LambdaCaptures
{
    public static bool Any(IAnonymousFunctionOperation lambda) => lambda.Descendants().Any(one => one switch
    {
        IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } => true,
        ILocalReferenceOperation local => !local.Local.IsConst && IsOutside(local.Local, lambda),
        IParameterReferenceOperation parameter => IsOutside(parameter.Parameter, lambda),
        _ => false,
    });

    private static bool IsOutside(ISymbol symbol, IAnonymousFunctionOperation lambda) =>
        !symbol.DeclaringSyntaxReferences.Any(reference => lambda.Syntax.Span.Contains(reference.Span));
}
