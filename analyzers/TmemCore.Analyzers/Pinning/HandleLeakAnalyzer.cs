using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Pinning;

/// <summary>Reports a pinning handle that stays in its variable and is never freed: its object is pinned for ever.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HandleLeakAnalyzer : DiagnosticAnalyzer
{
    private const int PinnedHandle = 3;

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [PinRules.HandleIsMisused];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(Analyze, OperationKind.VariableDeclarator);
    }

    private static void Analyze(OperationAnalysisContext context)
    {
        IVariableDeclaratorOperation declarator = (IVariableDeclaratorOperation)context.Operation;
        if (declarator.GetVariableInitializer()?.Value is IOperation value
            && MakesHandle(value)
            && !LocalUses.IsUsing(declarator)
            && LocalUses.All(declarator, declarator.Symbol, IsHarmless))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                PinRules.HandleIsMisused, value.Syntax.GetLocation(), $"The handle '{declarator.Symbol.Name}' is never freed, so that its object stays pinned for ever"));
        }
    }

    private static bool MakesHandle(IOperation value) => value switch
    {
        IInvocationOperation { TargetMethod: { Name: "Alloc", ContainingType.Name: "GCHandle" } } call =>
            call.Arguments.Length == 2 && call.Arguments[1].Value.ConstantValue.Value is PinnedHandle,
        IInvocationOperation { TargetMethod: { Name: "Pin", ContainingType.Name: "Memory" or "ReadOnlyMemory" } } => true,
        IObjectCreationOperation { Type: { Name: "PinnedGCHandle", ContainingNamespace.Name: "InteropServices" } } => true,
        _ => false,
    };

    private static bool IsHarmless(IOperation reference) => LocalUses.IsMemberUse(
        reference, "AddrOfPinnedObject", "IsAllocated", "Target", "Pointer", "GetAddressOfArrayData", "GetAddressOfStringData", "GetAddressOfObjectData");
}
