using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Usage;

/// <summary>Reports constant flags that no host makes a pool with. Whatever some release accepts passes.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PoolFlagsAnalyzer : DiagnosticAnalyzer
{
    private const uint PrecompressedFlag = 4;
    private const uint PageSizeMask = 0xf0;
    private const uint ReservedMask = 0x00ff_ff00;
    private const int VersionShift = 24;

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [UseRules.PoolFlagsAreInvalid];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(AnalyzeArgument, OperationKind.Argument);
        context.RegisterOperationAction(AnalyzeAssignment, OperationKind.SimpleAssignment);
    }

    private static void AnalyzeArgument(OperationAnalysisContext context)
    {
        IArgumentOperation argument = (IArgumentOperation)context.Operation;
        if (argument.Parameter is { Name: "flags", ContainingSymbol: IMethodSymbol { Name: "NewPool", ContainingType: INamedTypeSymbol type } })
        {
            bool isHypercall = LibraryCalls.Is(type, "TmemCore.Hypercalls", "HypercallClient");
            if (isHypercall || LibraryCalls.Is(type, "TmemCore.Dispatch", "TmemDispatcher"))
            {
                Report(context, argument.Value, isHypercall);
            }
        }
    }

    private static void AnalyzeAssignment(OperationAnalysisContext context)
    {
        ISimpleAssignmentOperation assignment = (ISimpleAssignmentOperation)context.Operation;
        if (assignment.Target is IPropertyReferenceOperation { Property: { Name: "Flags", ContainingType: INamedTypeSymbol type } }
            && (LibraryCalls.Is(type, "TmemCore.Abi", "NewPoolOp") || LibraryCalls.Is(type, "TmemCore.Abi", "RestoreNewOp")))
        {
            Report(context, assignment.Value, needsVersion1: false);
        }
    }

    private static void Report(OperationAnalysisContext context, IOperation value, bool needsVersion1)
    {
        if (value.ConstantValue is { HasValue: true, Value: uint flags } && Refusal(flags, needsVersion1) is string reason)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                UseRules.PoolFlagsAreInvalid, value.Syntax.GetLocation(), flags.ToString("x8", CultureInfo.InvariantCulture), reason));
        }
    }

    /// <summary>Why no host accepts the flags. Version 0 does not look at the reserved bits.</summary>
    private static string? Refusal(uint flags, bool needsVersion1)
    {
        uint version = flags >> VersionShift;
        if (version > 1)
        {
            return $"the version in the top byte is {version}, and has to be 0 or 1";
        }

        if (needsVersion1 && version == 0)
        {
            return "the call is one of version 1, which has to be in the top byte (0x01000000)";
        }

        if ((flags & PageSizeMask) != 0)
        {
            return "bits 4 to 7, the page size, have to be zero: pages are of 4,096 bytes";
        }

        if (version == 1 && (flags & PrecompressedFlag) != 0)
        {
            return "bit 2, pages the guest has compressed, has to be zero in version 1";
        }

        return version == 1 && (flags & ReservedMask) != 0 ? "bits 8 to 23 are reserved, and have to be zero in version 1" : null;
    }
}
