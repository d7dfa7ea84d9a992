using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Usage;

/// <summary>
/// Reports results that are compared with zero where that tells nothing: errors are not zero, either, a put and a flush have no
/// answer zero, and zero is the id of a pool.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ZeroComparisonAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [UseRules.ResultIsComparedWithZero];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(AnalyzeComparison, OperationKind.Binary);
        context.RegisterOperationAction(AnalyzePattern, OperationKind.IsPattern);
    }

    private static void AnalyzeComparison(OperationAnalysisContext context)
    {
        IBinaryOperation comparison = (IBinaryOperation)context.Operation;
        if (IsPlainZero(comparison.RightOperand))
        {
            Report(context, comparison.LeftOperand, comparison.OperatorKind);
        }
        else if (IsPlainZero(comparison.LeftOperand))
        {
            Report(context, comparison.RightOperand, Mirrored(comparison.OperatorKind));
        }
    }

    private static void AnalyzePattern(OperationAnalysisContext context)
    {
        IIsPatternOperation matches = (IIsPatternOperation)context.Operation;
        switch (matches.Pattern)
        {
            case IConstantPatternOperation constant when IsPlainZero(constant.Value):
                Report(context, matches.Value, BinaryOperatorKind.Equals);
                break;
            case INegatedPatternOperation { Pattern: IConstantPatternOperation constant } when IsPlainZero(constant.Value):
                Report(context, matches.Value, BinaryOperatorKind.NotEquals);
                break;
            case IRelationalPatternOperation relation when IsPlainZero(relation.Value):
                Report(context, matches.Value, relation.OperatorKind);
                break;
            default:
                break;
        }
    }

    private static void Report(OperationAnalysisContext context, IOperation value, BinaryOperatorKind kind)
    {
        IOperation bare = LibraryCalls.Bare(value);
        bool isEquality = kind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals;
        if (isEquality && SuccessOf(bare.Type) is string member && (member != "Hit" || kind == BinaryOperatorKind.NotEquals))
        {
            string message = member == "Hit"
                ? "Errors are not zero, either; compare with GetResult.Hit"
                : $"{bare.Type!.Name} has no member zero; compare with {bare.Type.Name}.{member}";
            context.ReportDiagnostic(Diagnostic.Create(
                UseRules.ResultIsComparedWithZero, context.Operation.Syntax.GetLocation(), message));
        }
        else if (CallOf(bare) is IInvocationOperation call && Mistake(call.TargetMethod, kind) is string mistake)
        {
            context.ReportDiagnostic(Diagnostic.Create(UseRules.ResultIsComparedWithZero, context.Operation.Syntax.GetLocation(), mistake));
        }
    }

    /// <summary>What is wrong with comparing the number a call gives. Zero is a miss, or a pool that is not there, where a call can answer it.</summary>
    private static string? Mistake(IMethodSymbol method, BinaryOperatorKind kind)
    {
        bool isOfLibrary = LibraryCalls.Is(method.ContainingType, "TmemCore.Hypercalls", "HypercallClient")
            || LibraryCalls.Is(method.ContainingType, "TmemCore.Dispatch", "TmemDispatcher");
        return !isOfLibrary || method.ReturnType.SpecialType != SpecialType.System_Int64 ? null : method.Name switch
        {
            "NewPool" when kind is BinaryOperatorKind.GreaterThan or BinaryOperatorKind.LessThanOrEqual =>
                "Zero is the id of a pool; below zero is a refusal",
            "Put" or "PutPage" or "FlushPage" or "FlushObject" when kind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals =>
                $"'{method.Name}' never answers zero: 1 is success, below zero is an error",
            "Get" or "GetPage" or "DestroyPool" when kind == BinaryOperatorKind.NotEquals =>
                $"Errors of '{method.Name}' are not zero, either: 1 is success, below zero is an error",
            _ => null,
        };
    }

    private static string? SuccessOf(ITypeSymbol? type) =>
        LibraryCalls.Is(type, "TmemCore", "PutResult") ? "Stored"
        : LibraryCalls.Is(type, "TmemCore", "GetResult") ? "Hit"
        : LibraryCalls.Is(type, "TmemCore", "FlushResult") ? "Done"
        : null;

    /// <summary>The call that a value comes from: itself, or what a variable is given where it is declared and nowhere else.</summary>
    private static IInvocationOperation? CallOf(IOperation value)
    {
        if (value is not ILocalReferenceOperation reference)
        {
            return value as IInvocationOperation;
        }

        IOperation root = value;
        while (root.Parent is IOperation parent)
        {
            root = parent;
        }

        bool isWritten = root.Descendants().OfType<ILocalReferenceOperation>().Any(one =>
            SymbolEqualityComparer.Default.Equals(one.Local, reference.Local)
            && ((one.Parent is IAssignmentOperation assignment && assignment.Target == one)
                || one.Parent is IIncrementOrDecrementOperation or IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out }));
        return isWritten ? null : root.Descendants().OfType<IVariableDeclaratorOperation>()
            .Where(one => SymbolEqualityComparer.Default.Equals(one.Symbol, reference.Local))
            .Select(one => one.GetVariableInitializer()?.Value is IOperation initial ? LibraryCalls.Bare(initial) as IInvocationOperation : null)
            .FirstOrDefault();
    }

    /// <summary>A zero that is written as one; a named member is an answer somebody asks for.</summary>
    private static bool IsPlainZero(IOperation operation) => LibraryCalls.Bare(operation) is ILiteralOperation or IDefaultValueOperation
        && LibraryCalls.Bare(operation).ConstantValue is { HasValue: true, Value: 0 or 0L or 0u };

    private static BinaryOperatorKind Mirrored(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.GreaterThan => BinaryOperatorKind.LessThan,
        BinaryOperatorKind.GreaterThanOrEqual => BinaryOperatorKind.LessThanOrEqual,
        BinaryOperatorKind.LessThan => BinaryOperatorKind.GreaterThan,
        BinaryOperatorKind.LessThanOrEqual => BinaryOperatorKind.GreaterThanOrEqual,
        _ => kind,
    };
}
