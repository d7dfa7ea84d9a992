using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Globalization;
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

/// <summary>
/// Declares a gap in a structure as reserved fields. It is offered where the gap is the same for all callers: a field in its place
/// changes no other layout then.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReserveFieldFixer))]
[Shared]
public sealed class ReserveFieldFixer : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RuleIdentifiers.HiddenPadding];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span).FirstAncestorOrSelf<MemberDeclarationSyntax>() is MemberDeclarationSyntax member
            && member is PropertyDeclarationSyntax or FieldDeclarationSyntax { Declaration.Variables.Count: 1 }
            && member.Parent is TypeDeclarationSyntax
            && context.Diagnostics[0].Properties.TryGetValue(RuleIdentifiers.Hint, out string? gap))
        {
            context.RegisterCodeFix(
                CodeAction.Create(
                    "Declare the padding as a reserved field",
                    cancellation => ReserveAsync(context.Document, member, gap!, cancellation),
                    nameof(ReserveFieldFixer)),
                context.Diagnostics);
        }
    }

    private static async Task<Document> ReserveAsync(Document document, MemberDeclarationSyntax member, string gap, CancellationToken cancellation)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        int[] numbers = [.. gap.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
        TypeDeclarationSyntax type = (TypeDeclarationSyntax)member.Parent!;
        HashSet<string> taken = [.. type.DescendantTokens().Select(token => token.ValueText)];
        string attribute = member.AttributeLists.SelectMany(list => list.Attributes)
            .Select(one => one.Name.ToString())
            .FirstOrDefault(name => name.EndsWith("AbiField", System.StringComparison.Ordinal)) ?? "AbiField";
        SyntaxTriviaList indent = [.. member.GetLeadingTrivia().Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia))];
        SyntaxTrivia lineEnd = root.DescendantTrivia().FirstOrDefault(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia));
        List<MemberDeclarationSyntax> reserved = [];
        foreach (string fieldType in TypesFor(numbers[0], numbers[1]))
        {
            reserved.Add(Declare(attribute, fieldType, FreeNumber(taken), member is PropertyDeclarationSyntax).WithLeadingTrivia(indent).WithTrailingTrivia(lineEnd));
        }

        // What stands before the member, a blank line or a comment, stays before it; a blank line goes before the first.
        bool isApart = member.GetLeadingTrivia().FirstOrDefault().IsKind(SyntaxKind.EndOfLineTrivia);
        if (isApart)
        {
            reserved[0] = reserved[0].WithLeadingTrivia(indent.Insert(0, lineEnd));
        }

        return document.WithSyntaxRoot(root.InsertNodesBefore(member, reserved));
    }

    /// <summary>The widest integers that fill the gap without a gap of their own.</summary>
    private static IEnumerable<string> TypesFor(int offset, int bytes)
    {
        while (bytes > 0)
        {
            int width = offset % 4 == 0 && bytes >= 4 ? 4 : offset % 2 == 0 && bytes >= 2 ? 2 : 1;
            yield return width switch { 4 => "uint", 2 => "ushort", _ => "byte" };
            offset += width;
            bytes -= width;
        }
    }

    private static int FreeNumber(HashSet<string> taken)
    {
        int number = 1;
        while (!taken.Add("reserved" + number) | !taken.Add("_reserved" + number) | !taken.Add("Reserved" + number))
        {
            number++;
        }

        return number;
    }

    private static MemberDeclarationSyntax Declare(string attribute, string type, int number, bool isProperty)
    {
        string declared = isProperty ? $"private {type} Reserved{number} {{ get; init; }}" : $"private {type} _reserved{number};";
        return SyntaxFactory.ParseMemberDeclaration($"[{attribute}(\"reserved{number}\")] {declared}")!;
    }
}
