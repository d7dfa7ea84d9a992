using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TmemCore.CodeFixes.Pinning;

/// <summary>
/// An address that is kept in a local: its declaration and the statements up to the last that uses it, which can be put into one
/// <c>fixed</c> statement. There is none where the address may get away, or where the statements cannot be a block of their own.
/// </summary>
internal sealed class PinnedRange
{
    private PinnedRange(AddressSource source, BlockSyntax block, int first, int last)
    {
        Source = source;
        Block = block;
        First = first;
        Last = last;
    }

    public AddressSource Source { get; }

    public BlockSyntax Block { get; }

    private int First { get; }

    private int Last { get; }

    public StatementSyntax Declaration => Block.Statements[First];

    /// <summary>What follows the declaration.</summary>
    public IEnumerable<StatementSyntax> Users => Block.Statements.Skip(First + 1).Take(Last - First);

    public static PinnedRange? Of(SyntaxNode reported, SemanticModel model, CancellationToken cancellation)
    {
        ILocalSymbol[] locals = [.. reported.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
            .Select(name => model.GetSymbolInfo(name, cancellation).Symbol).OfType<ILocalSymbol>()];
        if (locals.Length != 1
            || locals[0].DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not VariableDeclaratorSyntax { Initializer.Value: ExpressionSyntax initial } declarator
            || declarator.Parent?.Parent is not LocalDeclarationStatementSyntax { Declaration.Variables.Count: 1, Parent: BlockSyntax block } declaration
            || declaration.UsingKeyword.IsKind(SyntaxKind.UsingKeyword)
            || AddressSource.In(initial, model, cancellation) is not AddressSource source)
        {
            return null;
        }

        List<IdentifierNameSyntax> uses = [.. block.DescendantNodes().OfType<IdentifierNameSyntax>().Where(name =>
            name.Identifier.ValueText == locals[0].Name && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellation).Symbol, locals[0]))];
        int first = block.Statements.IndexOf(declaration);
        int last = block.Statements.LastIndexOf(statement => uses.Exists(use => statement.Span.Contains(use.Span)));
        PinnedRange range = new(source, block, first, last);
        return last > first && uses.TrueForAll(IsGivenToCall) && range.CanBeBlock(model) ? range : null;
    }

    /// <summary>Whether the address goes to a call and nowhere else.</summary>
    private static bool IsGivenToCall(IdentifierNameSyntax use)
    {
        SyntaxNode at = use;
        while (at.Parent is CastExpressionSyntax or ParenthesizedExpressionSyntax or BinaryExpressionSyntax)
        {
            at = at.Parent;
        }

        return at.Parent is ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.None, Parent.Parent: InvocationExpressionSyntax }
            && !use.Ancestors().TakeWhile(one => one is not StatementSyntax).Any(one => one is AnonymousFunctionExpressionSyntax)
            && !use.Ancestors().Any(one => one is LocalFunctionStatementSyntax function && function.Span.Contains(at.Span) && function.Parent is BlockSyntax);
    }

    private bool CanBeBlock(SemanticModel model)
    {
        StatementSyntax[] all = [Declaration, .. Users];
        bool isPlain = all.All(statement => statement is not (LocalFunctionStatementSyntax or LabeledStatementSyntax)
            && !(statement is LocalDeclarationStatementSyntax local && local.UsingKeyword.IsKind(SyntaxKind.UsingKeyword))
            && !statement.DescendantNodes().Any(one => one is AwaitExpressionSyntax or YieldStatementSyntax or LabeledStatementSyntax or GotoStatementSyntax)
            && !statement.DescendantTokens().Any(token => token.IsKind(SyntaxKind.AwaitKeyword)));
        if (!isPlain || model.AnalyzeDataFlow(all[0], all[all.Length - 1]) is not { Succeeded: true } flow)
        {
            return false;
        }

        HashSet<string> declared = [.. flow.VariablesDeclared.Select(variable => variable.Name)];
        return !Block.Statements.Skip(Last + 1).Any(statement => statement.DescendantTokens().Any(token => declared.Contains(token.ValueText)));
    }
}
