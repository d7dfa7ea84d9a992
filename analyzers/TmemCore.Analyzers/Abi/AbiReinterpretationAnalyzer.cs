using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using TmemCore.Generators.Parsing;

namespace TmemCore.Analyzers.Abi;

/// <summary>
/// Warns where bytes are taken for an ABI struct without its reader: the C# struct has neither the layout of the bytes nor one
/// layout for every generation and word size.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AbiReinterpretationAnalyzer : DiagnosticAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIdentifiers.TypeIsReinterpreted,
        "ABI type reinterpreted by cast or raw read",
        "{0} is laid out by C#, not by the ABI; use its TryRead and Write instead of {1}",
        "Abi",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.TypeIsReinterpreted));

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [s_rule];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(AnalyzeCall, OperationKind.Invocation);
        context.RegisterOperationAction(AnalyzeConversion, OperationKind.Conversion);
    }

    private static void AnalyzeCall(OperationAnalysisContext context)
    {
        IMethodSymbol method = ((IInvocationOperation)context.Operation).TargetMethod;
        if (!IsRaw(method))
        {
            return;
        }

        foreach (ITypeSymbol argument in method.TypeArguments)
        {
            Report(context, argument, method.ContainingType.Name + "." + method.Name);
        }
    }

    private static void AnalyzeConversion(OperationAnalysisContext context)
    {
        if (context.Operation is IConversionOperation { Type: IPointerTypeSymbol pointer, IsImplicit: false })
        {
            Report(context, pointer.PointedAtType, "a pointer cast");
        }
    }

    private static void Report(OperationAnalysisContext context, ITypeSymbol type, string means)
    {
        if (type.Attribute(AbiNames.StructShort) is not null || type.Attribute(AbiNames.OpShort) is not null)
        {
            context.ReportDiagnostic(Diagnostic.Create(s_rule, context.Operation.Syntax.GetLocation(), type.Name, means));
        }
    }

    private static bool IsRaw(IMethodSymbol method) => method.ContainingType switch
    {
        { Name: "MemoryMarshal" } => method.Name is "Read" or "TryRead" or "Write" or "TryWrite" or "Cast" or "AsRef" or "AsBytes",
        { Name: "Unsafe" } => method.Name is "As" or "AsRef" or "Read" or "ReadUnaligned" or "Write" or "WriteUnaligned" or "BitCast",
        { Name: "Marshal" } => method.Name is "PtrToStructure" or "StructureToPtr",
        _ => false,
    };
}
