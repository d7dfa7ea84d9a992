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
        if (reported is null || model is null
            || AddressSource.In(reported, model, context.CancellationToken) is not AddressSource source
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

    private static async Task<Document> PinAsync(Document document, AddressSource source, SyntaxNode around, bool isUnsafe, CancellationToken cancellation)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        SemanticModel model = (await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false))!;
        string name = StatementRoom.FreeName(around, "pinned");
        SyntaxNode replaced = source.Call;
        ExpressionSyntax pointer = SyntaxFactory.ParseExpression(source.IsInteger ? $"(nint){name}" : name);
        if (source.Call.Parent is CastExpressionSyntax cast && (source.IsInteger || cast.Type.ToString() == source.ElementType + "*"))
        {
            replaced = cast;
            pointer = SyntaxFactory.ParseExpression(source.IsInteger ? $"({cast.Type}){name}" : name);
        }

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
