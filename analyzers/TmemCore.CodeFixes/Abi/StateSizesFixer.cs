using System.Collections.Generic;
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

namespace TmemCore.CodeFixes.Abi;

/// <summary>States the sizes a structure has for 64-bit and 32-bit callers, as computed, so that they are known to be meant.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(StateSizesFixer))]
[Shared]
public sealed class StateSizesFixer : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RuleIdentifiers.WidthsDiffer];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span).FirstAncestorOrSelf<TypeDeclarationSyntax>() is TypeDeclarationSyntax type
            && type.AttributeLists.FirstOrDefault(IsMark) is AttributeListSyntax mark
            && context.Diagnostics[0].Properties.TryGetValue(RuleIdentifiers.Hint, out string? sizes))
        {
            context.RegisterCodeFix(
                CodeAction.Create(
                    "State both sizes",
                    cancellation => StateAsync(context.Document, mark, sizes!.Split('\n'), cancellation),
                    nameof(StateSizesFixer)),
                context.Diagnostics);
        }
    }

    private static bool IsMark(AttributeListSyntax list) => list.Attributes.Any(attribute => NameOf(attribute) is "AbiStruct" or "AbiStructAttribute");

    private static string NameOf(AttributeSyntax attribute) =>
        attribute.Name is QualifiedNameSyntax qualified ? qualified.Right.Identifier.ValueText : attribute.Name.ToString();

    /// <summary>The attributes go behind the one that marks the structure, written as it is: with or without its namespace.</summary>
    private static async Task<Document> StateAsync(Document document, AttributeListSyntax mark, string[] sizes, CancellationToken cancellation)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        string space = mark.Attributes.First(attribute => NameOf(attribute).StartsWith("AbiStruct", System.StringComparison.Ordinal)).Name is QualifiedNameSyntax qualified
            ? qualified.Left + "."
            : "";
        IEnumerable<AttributeSyntax> stated = sizes.Select(size =>
            ((CompilationUnitSyntax)SyntaxFactory.ParseCompilationUnit($"[assembly: {space}{size.Replace("AbiGeneration.", space + "AbiGeneration.")}]"))
                .AttributeLists[0].Attributes[0]);
        SyntaxToken comma = SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space);
        SeparatedSyntaxList<AttributeSyntax> all = SyntaxFactory.SeparatedList<AttributeSyntax>(
            mark.Attributes.GetWithSeparators().Concat(stated.SelectMany(one => new SyntaxNodeOrToken[] { comma, one })));
        return document.WithSyntaxRoot(root.ReplaceNode(mark, mark.WithAttributes(all)));
    }
}
