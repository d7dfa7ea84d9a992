using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TmemCore.Analyzers.Usage;

/// <summary>
/// Keeps the compiler and editor from advice about fields of ABI definitions that nobody uses, assigns or changes: their place in the
/// structure is their purpose.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ReservedFieldSuppressor : DiagnosticSuppressor
{
    private const string Id = "TMEMS001";

    private static readonly ImmutableDictionary<string, SuppressionDescriptor> s_byRule =
        new[] { "CS0169", "CS0414", "CS0649", "CA1823", "IDE0044", "IDE0051", "IDE0052" }
            .ToImmutableDictionary(rule => rule, rule => new SuppressionDescriptor(Id, rule, "The field holds a place in a binary structure"));

    /// <inheritdoc/>
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions { get; } = [.. s_byRule.Values.OrderBy(one => one.SuppressedDiagnosticId)];

    /// <inheritdoc/>
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        if (context.Compilation.GetTypeByMetadataName("TmemCore.Abi.AbiFieldAttribute") is not INamedTypeSymbol attribute)
        {
            return;
        }

        foreach (Diagnostic diagnostic in context.ReportedDiagnostics)
        {
            if (diagnostic.Location.SourceTree is SyntaxTree tree
                && tree.GetRoot(context.CancellationToken).FindNode(diagnostic.Location.SourceSpan) is SyntaxNode node
                && context.GetSemanticModel(tree).GetDeclaredSymbol(node, context.CancellationToken) is IFieldSymbol field
                && field.GetAttributes().Any(one => SymbolEqualityComparer.Default.Equals(one.AttributeClass, attribute)))
            {
                context.ReportSuppression(Suppression.Create(s_byRule[diagnostic.Id], diagnostic));
            }
        }
    }
}
