using System;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TmemCore.Analyzers;
using TmemCore.CodeFixes.Pinning;

namespace TmemCore.CodeFixes.Usage;

/// <summary>Throws where a put is refused whose answer was ignored.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(HandlePutFixer))]
[Shared]
public sealed class HandlePutFixer : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RuleIdentifiers.PutIsIgnored];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        SyntaxNode? put = root?.FindNode(context.Span, getInnermostNodeForTie: true);
        if (put is InvocationExpressionSyntax
            && StoredOf(put, model!, context.CancellationToken) is not null
            && (put.Parent is ExpressionStatementSyntax
                || put.Parent is ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax or LocalFunctionStatementSyntax }))
        {
            context.RegisterCodeFix(
                CodeAction.Create("Throw where the put is refused", cancellation => ThrowAsync(context.Document, put, cancellation), nameof(HandlePutFixer)),
                context.Diagnostics);
        }
    }

    private static async Task<Document> ThrowAsync(Document document, SyntaxNode put, CancellationToken cancellation)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        SemanticModel model = (await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false))!;
        SyntaxNode around = put.Parent!;
        string stored = StoredOf(put, model, cancellation)!;
        INamedTypeSymbol thrown = model.Compilation.GetTypeByMetadataName("System.InvalidOperationException")!;
        string exception = thrown.ToMinimalDisplayString(model, put.SpanStart);
        string words = stored.EndsWith(".Length", StringComparison.Ordinal) ? "Not every page was stored." : "The page was not stored.";
        StatementSyntax Handled(StatementSyntax statement)
        {
            ExpressionSyntax call = ((ExpressionStatementSyntax)statement).Expression;
            StatementSyntax handled = SyntaxFactory.ParseStatement(
                $"if ({call} != {stored})\n{{\nthrow new {exception}(\"{words}\");\n}}");
            return around.Parent is BlockSyntax or GlobalStatementSyntax or SwitchSectionSyntax or MethodDeclarationSyntax or LocalFunctionStatementSyntax
                ? handled
                : SyntaxFactory.Block(handled);
        }

        return document.WithSyntaxRoot(StatementRoom.Replace(root, around, model, around, Handled, cancellation));
    }

    /// <summary>The answer of a put that loses nothing; null where that cannot be written down.</summary>
    private static string? StoredOf(SyntaxNode put, SemanticModel model, CancellationToken cancellation)
    {
        IMethodSymbol? method = put is InvocationExpressionSyntax call ? model.GetSymbolInfo(call, cancellation).Symbol as IMethodSymbol : null;
        if (method is { ContainingType: { Name: "Caller", ContainingNamespace: INamespaceSymbol space } } && space.ToDisplayString() != "TmemCore.Abi")
        {
            // What an op of somebody else's family answers is theirs to know.
            return null;
        }

        if (method is not { Name: "PutMany" })
        {
            return model.GetTypeInfo(put, cancellation).Type is INamedTypeSymbol { TypeKind: TypeKind.Enum } result
                ? result.ToMinimalDisplayString(model, put.SpanStart) + ".Stored"
                : "1";
        }

        ExpressionSyntax? handles = ((InvocationExpressionSyntax)put).ArgumentList.Arguments
            .FirstOrDefault(argument => argument.NameColon is null || argument.NameColon.Name.Identifier.ValueText == "handles")?.Expression;
        bool isCounted = handles is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or ThisExpressionSyntax }
            && model.GetTypeInfo(handles, cancellation).Type is IArrayTypeSymbol or INamedTypeSymbol { Name: "Span" or "ReadOnlySpan" };
        return isCounted ? handles + ".Length" : null;
    }
}
