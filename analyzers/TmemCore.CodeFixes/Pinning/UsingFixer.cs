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

namespace TmemCore.CodeFixes.Pinning;

/// <summary>Declares a lease, a handle that can be disposed, or a host, client or pool with <c>using</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UsingFixer))]
[Shared]
public sealed class UsingFixer : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
        [RuleIdentifiers.LeaseIsMisused, RuleIdentifiers.HandleIsMisused, RuleIdentifiers.OwnerIsNeverDisposed];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        SyntaxNode? reported = root?.FindNode(context.Span, getInnermostNodeForTie: true);
        VariableDeclaratorSyntax? variable = reported as VariableDeclaratorSyntax
            ?? (reported?.Parent as EqualsValueClauseSyntax)?.Parent as VariableDeclaratorSyntax;
        if (variable?.Parent?.Parent is LocalDeclarationStatementSyntax { Parent: BlockSyntax or GlobalStatementSyntax } statement
            && statement.UsingKeyword.IsKind(SyntaxKind.None)
            && model?.GetDeclaredSymbol(variable, context.CancellationToken) is ILocalSymbol { Type: ITypeSymbol type }
            && type.AllInterfaces.Any(one => one.SpecialType == SpecialType.System_IDisposable))
        {
            context.RegisterCodeFix(
                CodeAction.Create("Declare it with using", cancellation => AddAsync(context.Document, statement, cancellation), nameof(UsingFixer)),
                context.Diagnostics);
        }
    }

    private static async Task<Document> AddAsync(Document document, LocalDeclarationStatementSyntax statement, CancellationToken cancellation)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        LocalDeclarationStatementSyntax with = statement.WithoutLeadingTrivia()
            .WithUsingKeyword(SyntaxFactory.Token(SyntaxKind.UsingKeyword).WithTrailingTrivia(SyntaxFactory.Space))
            .WithLeadingTrivia(statement.GetLeadingTrivia());
        return document.WithSyntaxRoot(root.ReplaceNode(statement, with));
    }
}
