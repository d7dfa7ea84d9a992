using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Pinning;

/// <summary>Reports a lease of hypercall memory that stays in its variable and is never disposed.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LeaseLeakAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [PinRules.LeaseIsMisused];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName("TmemCore.Hypercalls.HypercallBuffer") is INamedTypeSymbol lease)
            {
                start.RegisterOperationAction(operation => Analyze(operation, lease), OperationKind.VariableDeclarator);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol lease)
    {
        IVariableDeclaratorOperation declarator = (IVariableDeclaratorOperation)context.Operation;
        if (SymbolEqualityComparer.Default.Equals(declarator.Symbol.Type, lease)
            && declarator.GetVariableInitializer()?.Value is IInvocationOperation { TargetMethod: { Name: "Rent", ContainingType.Name: "HypercallBufferPool" } }
            && !LocalUses.IsUsing(declarator)
            && LocalUses.All(declarator, declarator.Symbol, IsHarmless))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                PinRules.LeaseIsMisused, declarator.Symbol.Locations[0], $"The lease '{declarator.Symbol.Name}' is never disposed; declare it with using"));
        }
    }

    /// <summary>A use that hands the lease to nobody. A conversion to an argument of a port lends it for the call only.</summary>
    private static bool IsHarmless(IOperation reference) =>
        LocalUses.IsMemberUse(reference, "Span", "DangerousAddress", "LengthBytes", "Slice")
        || reference.Parent is IConversionOperation { OperatorMethod: not null };
}
