using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Pinning;

/// <summary>Which variables of a body are used by functions within it. A lambda's live on the heap; those it writes change at any time.</summary>
internal sealed class PinCaptures
{
    private readonly Dictionary<SyntaxNode, List<(ISymbol Symbol, SyntaxNode Place)>> _byLambda = [];
    private readonly Dictionary<ISymbol, int> _sets = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _captured = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _written = new(SymbolEqualityComparer.Default);

    public PinCaptures(IOperation body)
    {
        foreach (IOperation operation in body.Descendants())
        {
            switch (operation)
            {
                case IAnonymousFunctionOperation or ILocalFunctionOperation:
                    Read(operation);
                    break;
                case IVariableDeclaratorOperation { Initializer: not null } declarator:
                    Count(declarator.Symbol);
                    break;
                case ILocalReferenceOperation { Local: var local } reference when IsWrite(reference):
                    Count(local);
                    break;
            }
        }
    }

    public bool IsOnHeap(ISymbol variable) => _captured.Contains(variable);

    public bool IsWrittenElsewhere(ISymbol variable) => _written.Contains(variable);

    /// <summary>Whether a variable is given a value in one place only.</summary>
    public bool IsSetOnce(ISymbol variable) => _sets.TryGetValue(variable, out int sets) && sets == 1;

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

            if (IsWrite(inner))
            {
                _written.Add(symbol);
            }
        }

        _byLambda[function.Syntax] = captured;
    }

    private void Count(ISymbol variable) => _sets[variable] = _sets.TryGetValue(variable, out int sets) ? sets + 1 : 1;

    private static bool IsWrite(IOperation reference) =>
        (reference.Parent is IAssignmentOperation assignment && assignment.Target == reference)
        || reference.Parent is IIncrementOrDecrementOperation or IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out };

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
