using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Usage;

/// <summary>
/// Reports a take of a page that another take surely came before: the same pool and the same handle, in the statements of one block,
/// and nothing between that could put a page or wait for somebody who does.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RepeatedTakeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [UseRules.PageIsTakenTwice];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(Analyze, OperationKind.Invocation);
    }

    private static void Analyze(OperationAnalysisContext context)
    {
        IInvocationOperation second = (IInvocationOperation)context.Operation;
        if (IsTake(second) && Keys(second).All(SteadyValue.Is) && FindFirst(second) is IInvocationOperation first)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                UseRules.PageIsTakenTwice, second.Syntax.GetLocation(), additionalLocations: [first.Syntax.GetLocation()]));
        }
    }

    private static bool IsTake(IInvocationOperation call) =>
        call.TargetMethod.Name is "Take" or "TakeEntry" && call.Instance is not null && (LibraryCalls.Is(call.TargetMethod.ContainingType, "TmemCore", "EphemeralPool") || LibraryCalls.Is(call.TargetMethod.ContainingType, "TmemCore", "IEphemeralPool"));

    /// <summary>What names the page: the pool, the object and the index.</summary>
    private static IEnumerable<IOperation> Keys(IInvocationOperation take) => take.Arguments
        .Where(argument => argument.Parameter?.Name is "objectId" or "index")
        .OrderBy(argument => argument.Parameter!.Ordinal)
        .Select(argument => argument.Value)
        .Prepend(take.Instance!);

    private static IInvocationOperation? FindFirst(IInvocationOperation second)
    {
        for (IOperation at = second; at.Parent is IOperation parent && at is not (IAnonymousFunctionOperation or ILocalFunctionOperation); at = parent)
        {
            IEnumerable<IOperation> earlier = parent switch
            {
                IBlockOperation or ISwitchCaseOperation => parent.ChildOperations.Where(statement => statement.Syntax.SpanStart < at.Syntax.SpanStart),
                IConditionalOperation branch when branch.Condition != at => [branch.Condition],
                IBinaryOperation both when both.RightOperand == at => [both.LeftOperand],
                _ => [],
            };
            IInvocationOperation? first = earlier.SelectMany(RunsAlways).LastOrDefault(one => NameTheSame(one, second));
            if (first is not null)
            {
                return IsQuietBetween(parent, first, second) ? first : null;
            }
        }

        return null;
    }

    /// <summary>The takes in a statement or a condition that are made whatever else is true.</summary>
    private static IEnumerable<IInvocationOperation> RunsAlways(IOperation within)
    {
        switch (within)
        {
            case IConditionalOperation branch:
                return RunsAlways(branch.Condition);
            case ISwitchOperation choice:
                return RunsAlways(choice.Value);
            case ISwitchExpressionOperation choice:
                return RunsAlways(choice.Value);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } both:
                return RunsAlways(both.LeftOperand);
            case ICoalesceOperation or IConditionalAccessOperation or IAnonymousFunctionOperation or ILocalFunctionOperation or ILoopOperation or ITryOperation:
                return [];
            case IInvocationOperation call when IsTake(call):
                return [call];
            default:
                return within.ChildOperations.SelectMany(RunsAlways);
        }
    }

    private static bool NameTheSame(IInvocationOperation first, IInvocationOperation second) => Keys(first)
        .Zip(Keys(second), (one, other) => SyntaxFactory.AreEquivalent(one.Syntax, other.Syntax))
        .All(isSame => isSame);

    private static bool IsQuietBetween(IOperation around, IOperation first, IOperation second)
    {
        ISymbol[] named = [.. Keys((IInvocationOperation)second).SelectMany(key => key.DescendantsAndSelf())
            .Select(SteadyValue.SymbolOf).Where(symbol => symbol is not null).Select(symbol => symbol!)];
        return around.Descendants()
            .Where(one => one.Syntax.Span.End >= first.Syntax.Span.End && one.Syntax.SpanStart < second.Syntax.SpanStart && one != first)
            .All(one => one.Syntax.Span.Contains(second.Syntax.Span) ? one is not (ILockOperation or ILabeledOperation) : IsQuiet(one, named));
    }

    /// <summary>Whether an operation neither puts a page, nor waits for anybody, nor makes the handle mean another page.</summary>
    private static bool IsQuiet(IOperation operation, ISymbol[] named) => operation switch
    {
        IInvocationOperation call => IsQuietCall(call.TargetMethod),
        IAwaitOperation or ILabeledOperation or ILockOperation or IAnonymousFunctionOperation or ILocalFunctionOperation or IDynamicInvocationOperation => false,
        IReturnOperation { Kind: OperationKind.YieldReturn } or IFunctionPointerInvocationOperation or IEventAssignmentOperation => false,
        IAssignmentOperation assignment => !Names(assignment.Target, named),
        IIncrementOrDecrementOperation step => !Names(step.Target, named),
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => !Names(argument.Value, named),
        _ => true,
    };

    private static bool IsQuietCall(IMethodSymbol method) =>
        (LibraryCalls.IsPool(method.ContainingType) && method.Name is "Take" or "TakeMany" or "TakeEntry" or "Get" or "GetMany" or "GetEntry" or "FlushPage" or "FlushObject")
        || (method.ContainingNamespace?.ToDisplayString() is string space
            && (space == "System" || space.StartsWith("System.", System.StringComparison.Ordinal))
            && !space.StartsWith("System.Threading", System.StringComparison.Ordinal)
            && method.MethodKind != MethodKind.DelegateInvoke);

    private static bool Names(IOperation target, ISymbol[] named) => target.DescendantsAndSelf().Any(one =>
        SteadyValue.SymbolOf(one) is ISymbol symbol && named.Contains(symbol, SymbolEqualityComparer.Default));
}
