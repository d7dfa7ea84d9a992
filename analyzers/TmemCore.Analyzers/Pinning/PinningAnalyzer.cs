using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace TmemCore.Analyzers.Pinning;

/// <summary>
/// Follows addresses of managed memory through each body (see <see cref="PinFlow"/>). A body in which none can arise is passed
/// over after a look at its words.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PinningAnalyzer : DiagnosticAnalyzer
{
    private static readonly HashSet<string> s_words = new(System.StringComparer.Ordinal)
    {
        "AsPointer", "UnsafeAddrOfPinnedArrayElement", "AddrOfPinnedObject", "GetAddressOfArrayData", "GetAddressOfStringData",
        "GetAddressOfObjectData", "Pin", "DangerousAddress", "Rent", "AllocHGlobal", "AllocCoTaskMem", "NativeMemory", "GCHandle", "PinnedGCHandle",
    };

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        PinRules.BufferIsNotPinned, PinRules.AddressOutlivesPin, PinRules.BufferMayNotBePinned, PinRules.SpanOutlivesPin, PinRules.HandleIsMisused,
        PinRules.LeaseIsMisused, PinRules.BufferIsReadOnly, PinRules.BufferIsTooShort, PinRules.PooledArrayIsReturnedEarly,
        PinRules.OperationOutlivesBuffer,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            WatchedBuffers watched = new(start.Options, start.CancellationToken);
            FieldEvidence fields = new(start.CancellationToken);
            ConcurrentDictionary<SyntaxTree, ImmutableHashSet<string>> helpers = new();
            start.RegisterOperationBlockAction(block => Analyze(block, watched, fields, helpers));
        });
    }

    private static void Analyze(OperationBlockAnalysisContext context, WatchedBuffers watched, FieldEvidence fields, ConcurrentDictionary<SyntaxTree, ImmutableHashSet<string>> helpers)
    {
        HashSet<IOperation> roots = [];
        foreach (IOperation block in context.OperationBlocks)
        {
            if (block.Kind is OperationKind.Attribute or OperationKind.None)
            {
                continue;
            }

            IOperation root = block;
            while (root.Parent is IOperation parent)
            {
                root = parent;
            }

            bool isStrict = context.Options.AnalyzerConfigOptionsProvider.GetOptions(block.Syntax.SyntaxTree)
                .TryGetValue("tmem_pinning_strict", out string? strict) && strict.Trim().Equals("true", System.StringComparison.OrdinalIgnoreCase);
            ImmutableHashSet<string> names = helpers.GetOrAdd(root.Syntax.SyntaxTree, HelpersIn);
            if (roots.Add(root) && (isStrict || IsWorthALook(root.Syntax, names)))
            {
                PinContext pin = new(watched, fields, root.Syntax.SyntaxTree, isStrict, context.ReportDiagnostic, context.CancellationToken);
                ControlFlowGraph graph = context.GetControlFlowGraph(block);
                new PinFlow(graph, context.OwningSymbol as IMethodSymbol, pin, new PinCaptures(root)).Run();
            }
        }
    }

    /// <summary>The methods of a file that may return an address of what they are given.</summary>
    private static ImmutableHashSet<string> HelpersIn(SyntaxTree tree) => tree.GetRoot().DescendantNodes()
        .OfType<MethodDeclarationSyntax>()
        .Where(method => !(method.ReturnType is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword })
            && method.DescendantTokens().Any(token => token.ValueText is "AsPointer" or "UnsafeAddrOfPinnedArrayElement" or "GetReference"))
        .Select(method => method.Identifier.ValueText)
        .ToImmutableHashSet();

    /// <summary>Whether an address of managed memory, or a pin, can come to be in it.</summary>
    public static bool IsWorthALook(SyntaxNode body, ImmutableHashSet<string> helpers) => body.DescendantTokens().Any(token => token.Kind() switch
    {
        SyntaxKind.FixedKeyword or SyntaxKind.StackAllocKeyword => true,
        SyntaxKind.AmpersandToken => token.Parent.IsKind(SyntaxKind.AddressOfExpression),
        SyntaxKind.IdentifierToken => s_words.Contains(token.ValueText) || helpers.Contains(token.ValueText),
        _ => false,
    });
}
