using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Pinning;

/// <summary>Which variables of a body are used by functions within it. A lambda's live on the heap; those it writes change at any time.</summary>
internal sealed class PinCaptures
{
    private readonly Dictionary<SyntaxNode, List<(ISymbol Symbol, SyntaxNode Place)>> _byLambda = [];
    private readonly HashSet<ISymbol> _captured = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _written = new(SymbolEqualityComparer.Default);

    public PinCaptures(IOperation body)
    {
        foreach (IOperation operation in body.Descendants())
        {
            if (operation is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                Read(operation);
            }
        }
    }

    public bool IsOnHeap(ISymbol variable) => _captured.Contains(variable);

    public bool IsWrittenElsewhere(ISymbol variable) => _written.Contains(variable);

    public IReadOnlyList<(ISymbol Symbol, SyntaxNode Place)> Of(SyntaxNode lambda) =>
        _byLambda.TryGetValue(lambda, out List<(ISymbol, SyntaxNode)>? captured) ? captured : [];

    private void Read(IOperation function)
    {
        List<(ISymbol, SyntaxNode)> captured = [];
        foreach (IOperation inner in function.Descendants())
        {
            ISymbol? symbol = inner switch
            {
                ILocalReferenceOperation local => local.Local,
                IParameterReferenceOperation parameter => parameter.Parameter,
                _ => null,
            };
            if (symbol is null || IsDeclaredIn(symbol, function))
            {
                continue;
            }

            captured.Add((symbol, inner.Syntax));
            if (function is IAnonymousFunctionOperation)
            {
                _captured.Add(symbol);
            }

            if (inner.Parent is IAssignmentOperation assignment && assignment.Target == inner
                || inner.Parent is IIncrementOrDecrementOperation
                || inner.Parent is IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out })
            {
                _written.Add(symbol);
            }
        }

        _byLambda[function.Syntax] = captured;
    }

    private static bool IsDeclaredIn(ISymbol symbol, IOperation function)
    {
        foreach (SyntaxReference reference in symbol.DeclaringSyntaxReferences)
        {
            if (reference.SyntaxTree == function.Syntax.SyntaxTree && function.Syntax.Span.Contains(reference.Span))
            {
                return true;
            }
        }

        return symbol.DeclaringSyntaxReferences.Length == 0;
    }
}
