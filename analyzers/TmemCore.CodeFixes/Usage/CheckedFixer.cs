using System.Collections.Immutable;
using System.Composition;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TmemCore.Analyzers;

namespace TmemCore.CodeFixes.Usage;

/// <summary>Checks a cast of an index, so that a number that does not fit throws.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CheckedFixer))]
[Shared]
public sealed class CheckedFixer : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RuleIdentifiers.IndexIsNarrowed];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span, getInnermostNodeForTie: true) is CastExpressionSyntax cast)
        {
            context.RegisterCodeFix(
                CodeAction.Create("Check the cast", cancellation => CheckAsync(context.Document, cast, cancellation), nameof(CheckedFixer)),
                context.Diagnostics);
        }
    }

    private static async Task<Document> CheckAsync(Document document, CastExpressionSyntax cast, CancellationToken cancellation)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        ExpressionSyntax with = SyntaxFactory.CheckedExpression(SyntaxKind.CheckedExpression, cast.WithoutTrivia()).WithTriviaFrom(cast);
        return document.WithSyntaxRoot(root.ReplaceNode(cast, with));
    }
}
