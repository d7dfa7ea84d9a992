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
using Microsoft.CodeAnalysis.Formatting;
using TmemCore.Analyzers;

namespace TmemCore.CodeFixes.Pinning;

/// <summary>
/// Wraps the call that is given an address into a <c>fixed</c> statement, or gives it a lease of hypercall memory instead and
/// copies both ways.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PinFixer))]
[Shared]
public sealed class PinFixer : CodeFixProvider
{
    /// <summary>The equivalence key of the repair with <c>fixed</c>.</summary>
    public const string FixedKey = "PinWithFixed";

    /// <summary>The equivalence key of the repair with a lease.</summary>
    public const string LeaseKey = "RentLease";

    private const string LeaseType = "TmemCore.Hypercalls.HypercallBufferPool";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
        [RuleIdentifiers.BufferIsNotPinned, RuleIdentifiers.BufferMayNotBePinned];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        SyntaxNode? reported = root?.FindNode(context.Span, getInnermostNodeForTie: true);
        if (reported is null || model is null)
        {
            return;
        }

        if (PinnedRange.Of(reported, model, context.CancellationToken) is PinnedRange range)
        {
            OfferRange(context, range, model);
        }

        if (AddressSource.In(reported, model, context.CancellationToken) is not AddressSource source
            || StatementRoom.Around(source.Call) is not SyntaxNode around)
        {
            return;
        }

        bool isUnsafe = StatementRoom.IsUnsafe(around);
        if (isUnsafe || model.Compilation.Options is CSharpCompilationOptions { AllowUnsafe: true })
        {
            context.RegisterCodeFix(
                CodeAction.Create("Pin with a fixed statement", cancellation => PinAsync(context.Document, source, around, isUnsafe, cancellation), FixedKey),
                context.Diagnostics);
        }

        if (source.Array is not null && source.ElementType == "byte" && around is ExpressionStatementSyntax
            && model.Compilation.GetTypeByMetadataName(LeaseType) is not null)
        {
            context.RegisterCodeFix(
                CodeAction.Create("Rent hypercall memory, and copy both ways", cancellation => RentAsync(context.Document, source, around, cancellation), LeaseKey),
                context.Diagnostics);
        }
    }

    private static void OfferRange(CodeFixContext context, PinnedRange range, SemanticModel model)
    {
        bool isUnsafe = StatementRoom.IsUnsafe(range.Declaration);
        if (isUnsafe || model.Compilation.Options is CSharpCompilationOptions { AllowUnsafe: true })
        {
            context.RegisterCodeFix(
                CodeAction.Create("Pin with a fixed statement", cancellation => PinRangeAsync(context.Document, range, isUnsafe, cancellation), FixedKey),
                context.Diagnostics);
        }
    }

    private static async Task<Document> PinRangeAsync(Document document, PinnedRange range, bool isUnsafe, CancellationToken cancellation)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        string name = StatementRoom.FreeName(range.Declaration, "pinned");
        (SyntaxNode replaced, ExpressionSyntax pointer) = PointerFor(range.Source, name);
        StatementSyntax declaration = range.Declaration.ReplaceNode(replaced, pointer.WithTriviaFrom(replaced)).WithoutLeadingTrivia();
        string statements = (declaration.ToFullString() + string.Concat(range.Users.Select(statement => statement.ToFullString()))).TrimEnd();
        string pinning = $"fixed ({range.Source.ElementType}* {name} = {range.Source.Place})\n{{\n{statements}\n}}";
        StatementSyntax wrapped = SyntaxFactory.ParseStatement(isUnsafe ? pinning : $"unsafe\n{{\n{pinning}\n}}")
            .WithLeadingTrivia(range.Declaration.GetLeadingTrivia())
            .WithTrailingTrivia(range.Users.Last().GetTrailingTrivia())
            .WithAdditionalAnnotations(Formatter.Annotation);
        SyntaxNode without = root.TrackNodes([range.Declaration, .. range.Users]);
        without = without.RemoveNodes(range.Users.Select(statement => without.GetCurrentNode(statement)!), SyntaxRemoveOptions.KeepNoTrivia)!;
        return document.WithSyntaxRoot(without.ReplaceNode(without.GetCurrentNode(range.Declaration)!, wrapped));
    }

    /// <summary>What the pinned pointer replaces, and how it is written there.</summary>
    private static (SyntaxNode Replaced, ExpressionSyntax Pointer) PointerFor(AddressSource source, string name) =>
        source.Call.Parent is CastExpressionSyntax cast && (source.IsInteger || cast.Type.ToString() == source.ElementType + "*")
            ? (cast, SyntaxFactory.ParseExpression(source.IsInteger ? $"({cast.Type}){name}" : name))
            : (source.Call, SyntaxFactory.ParseExpression(source.IsInteger ? $"(nint){name}" : name));

    private static async Task<Document> PinAsync(Document document, AddressSource source, SyntaxNode around, bool isUnsafe, CancellationToken cancellation)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        SemanticModel model = (await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false))!;
        string name = StatementRoom.FreeName(around, "pinned");
        (SyntaxNode replaced, ExpressionSyntax pointer) = PointerFor(source, name);
        SyntaxNode rewritten = around.ReplaceNode(replaced, pointer.WithTriviaFrom(replaced));
        StatementSyntax Wrap(StatementSyntax statement)
        {
            StatementSyntax pinning = SyntaxFactory.ParseStatement($"fixed ({source.ElementType}* {name} = {source.Place})\n{{\n{statement}\n}}");
            return isUnsafe ? pinning : SyntaxFactory.ParseStatement($"unsafe\n{{\n{pinning}\n}}");
        }

        return document.WithSyntaxRoot(StatementRoom.Replace(root, around, model, rewritten, Wrap, cancellation));
    }

    private static async Task<Document> RentAsync(Document document, AddressSource source, SyntaxNode around, CancellationToken cancellation)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        SemanticModel model = (await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false))!;
        string name = StatementRoom.FreeName(around, "lease");
        string array = source.Array!.ToString();
        string pool = model.Compilation.GetTypeByMetadataName(LeaseType)!.ToMinimalDisplayString(model, around.SpanStart);
        bool isCast = source.IsInteger || source.Call.Parent is CastExpressionSyntax;
        ExpressionSyntax address = SyntaxFactory.ParseExpression(isCast ? $"{name}.DangerousAddress" : $"(void*){name}.DangerousAddress");
        SyntaxNode replaced = source.Call;
        if (source.Call.Parent is CastExpressionSyntax cast && cast.Type.ToString() is "nint" or "IntPtr")
        {
            replaced = cast;
        }

        SyntaxNode rewritten = around.ReplaceNode(replaced, address.WithTriviaFrom(replaced));
        StatementSyntax Wrap(StatementSyntax statement) => SyntaxFactory.ParseStatement(
            $"using (var {name} = {pool}.Shared.Rent({array}.Length))\n{{\n{array}.CopyTo({name}.Span);\n{statement}\n{name}.Span.CopyTo({array});\n}}");

        return document.WithSyntaxRoot(StatementRoom.Replace(root, around, model, rewritten, Wrap, cancellation));
    }
}
