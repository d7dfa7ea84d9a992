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

/// <summary>Compares a result with the member that means success, where it was compared with zero.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NamedResultFixer))]
[Shared]
public sealed class NamedResultFixer : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RuleIdentifiers.ResultIsComparedWithZero];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        SyntaxNode? place = root?.FindNode(context.Span, getInnermostNodeForTie: true);
        if (place is BinaryExpressionSyntax comparison && model is not null && ResultOf(comparison, model, context.CancellationToken) is ExpressionSyntax result)
        {
            context.RegisterCodeFix(
                CodeAction.Create(
                    "Compare with the member that means success",
                    cancellation => CompareAsync(context.Document, comparison, result, cancellation),
                    nameof(NamedResultFixer)),
                context.Diagnostics);
        }
    }

    /// <summary>The side of the comparison that is a result, out of the casts to a number.</summary>
    private static ExpressionSyntax? ResultOf(BinaryExpressionSyntax comparison, SemanticModel model, CancellationToken cancellation)
    {
        foreach (ExpressionSyntax side in new[] { comparison.Left, comparison.Right })
        {
            ExpressionSyntax bare = side;
            while (bare is CastExpressionSyntax or ParenthesizedExpressionSyntax && SuccessOf(model, bare, cancellation) is null)
            {
                bare = bare is CastExpressionSyntax cast ? cast.Expression : ((ParenthesizedExpressionSyntax)bare).Expression;
            }

            if (SuccessOf(model, bare, cancellation) is not null)
            {
                return bare;
            }
        }

        return null;
    }

    private static string? SuccessOf(SemanticModel model, ExpressionSyntax expression, CancellationToken cancellation) =>
        model.GetTypeInfo(expression, cancellation).Type is INamedTypeSymbol { TypeKind: TypeKind.Enum } type
            ? type.Name switch
            {
                "PutResult" => "Stored",
                "GetResult" => "Hit",
                "FlushResult" => "Done",
                _ => null,
            }
            : null;

    private static async Task<Document> CompareAsync(
        Document document, BinaryExpressionSyntax comparison, ExpressionSyntax result, CancellationToken cancellation)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        SemanticModel model = (await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false))!;
        string member = model.GetTypeInfo(result, cancellation).Type!.ToMinimalDisplayString(model, comparison.SpanStart)
            + "." + SuccessOf(model, result, cancellation);
        string turned = comparison.IsKind(SyntaxKind.NotEqualsExpression) ? "==" : "!=";
        ExpressionSyntax named = SyntaxFactory.ParseExpression($"{result.WithoutTrivia()} {turned} {member}").WithTriviaFrom(comparison);
        return document.WithSyntaxRoot(root.ReplaceNode(comparison, named));
    }
}
