using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Pinning;

/// <summary>Small helpers that make an address of what they are given: their callers know what that is.</summary>
internal sealed partial class PinFlow
{
    private const int DepthMax = 3;

    private int _depth;
    private PinValue? _answer;

    /// <summary>What a helper of the same file returns for what it is given here.</summary>
    private PinValue Answer(IInvocationOperation call, List<PinValue> values)
    {
        IMethodSymbol method = call.TargetMethod;
        bool isInteresting = IsAddress(method.ReturnType) || IsSpan(method.ReturnType) || method.ReturnsByRef || method.ReturnsByRefReadonly;
        if (!isInteresting || _depth >= DepthMax || method.IsVirtual || method.IsOverride || method.IsAsync || GraphOf(method) is not ControlFlowGraph graph)
        {
            return PinValue.Unknown;
        }

        PinFlow helper = new(graph, method, _context, new PinCaptures(graph.OriginalOperation)) { _depth = _depth + 1 };
        for (int i = 0; i < call.Arguments.Length; i++)
        {
            if (call.Arguments[i].Parameter is { } parameter)
            {
                helper._state = helper._state.With(parameter.RefKind == RefKind.None ? parameter : new PlaceKey(parameter), values[i]);
            }
        }

        helper._start = helper._state;
        return helper.Settle() && helper._answer is { Kind: PinKind.Managed or PinKind.Loose or PinKind.Steady or PinKind.Null } answer
            ? answer
            : PinValue.Unknown;
    }

    private ControlFlowGraph? GraphOf(IMethodSymbol method)
    {
        if (method.MethodKind == MethodKind.LocalFunction)
        {
            for (ControlFlowGraph? graph = _graph; graph is not null; graph = graph.Parent)
            {
                if (graph.LocalFunctions.Contains(method.OriginalDefinition, SymbolEqualityComparer.Default))
                {
                    return graph.GetLocalFunctionControlFlowGraph(method.OriginalDefinition, _context.Cancellation);
                }
            }

            return null;
        }

        SyntaxNode? syntax = method.DeclaringSyntaxReferences.Length == 1 ? method.DeclaringSyntaxReferences[0].GetSyntax(_context.Cancellation) : null;
        bool isHere = syntax is MethodDeclarationSyntax { Body: not null } or MethodDeclarationSyntax { ExpressionBody: not null }
            && syntax.SyntaxTree == _context.Tree;
        return isHere && _graph.OriginalOperation.SemanticModel is SemanticModel model && PinningAnalyzer.IsWorthALook(syntax!, ImmutableHashSet<string>.Empty)
            ? ControlFlowGraph.Create(syntax!, model, _context.Cancellation)
            : null;
    }
}
