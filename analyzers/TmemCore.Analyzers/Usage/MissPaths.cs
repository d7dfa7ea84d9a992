using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Usage;

/// <summary>The parts of a member that run only where a get did not find its page.</summary>
internal static class MissPaths
{
    private const int Hit = 1;

    /// <summary>The branches of conditions and switches over the result, or over the variable that holds nothing else.</summary>
    public static IEnumerable<IOperation> Of(IInvocationOperation get)
    {
        if (OutOf(get).Parent is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator })
        {
            return ReferencesTo(declarator) is { } references && references.All(IsOnlyRead) ? references.SelectMany(OfResult) : [];
        }

        return OfResult(get);
    }

    /// <summary>Whether the use comes after the statement on every way, or on every way that comes by the use at all.</summary>
    public static bool Follows(IOperation statement, IOperation use)
    {
        bool isLater = false;
        for (IOperation at = statement; at.Parent is IOperation parent && parent is not (IAnonymousFunctionOperation or ILocalFunctionOperation); at = parent)
        {
            isLater |= parent is IBlockOperation or ISwitchCaseOperation or IMethodBodyOperation
                && parent.ChildOperations.Any(child => child.Syntax.SpanStart > at.Syntax.SpanStart && child.Syntax.Span.Contains(use.Syntax.Span));
        }

        return isLater && !RootOf(statement).Descendants().Any(one =>
            one is IReturnOperation or IBranchOperation or IThrowOperation
            && one.Syntax.SpanStart > statement.Syntax.SpanStart
            && one.Syntax.SpanStart < use.Syntax.SpanStart
            && !one.Syntax.Span.Contains(use.Syntax.Span));
    }

    private static IEnumerable<IOperation> OfResult(IOperation result)
    {
        IOperation value = OutOf(result);
        switch (value.Parent)
        {
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } comparison:
                IOperation other = comparison.LeftOperand == value ? comparison.RightOperand : comparison.LeftOperand;
                bool isEqual = comparison.OperatorKind == BinaryOperatorKind.Equals;
                return Answer(other) is int compared ? OfCondition(comparison, isEqual == (compared == Hit)) : [];
            case IIsPatternOperation { Pattern: IConstantPatternOperation pattern } matches:
                return Answer(pattern.Value) is int matched ? OfCondition(matches, matched == Hit) : [];
            case IIsPatternOperation { Pattern: INegatedPatternOperation { Pattern: IConstantPatternOperation pattern } } differs:
                return Answer(pattern.Value) is int excluded ? OfCondition(differs, excluded != Hit) : [];
            case ISwitchOperation choice when choice.Value == value:
                return choice.Cases.Where(one => one.Clauses.All(IsMiss));
            case ISwitchExpressionOperation choice when choice.Value == value:
                return choice.Arms.Where(arm => arm.Pattern is IConstantPatternOperation pattern && Answer(pattern.Value) is int and not Hit);
            default:
                return [];
        }
    }

    /// <summary>
    /// The branch that no hit comes to: where a condition is true on a hit, the other one.
    /// </summary>
    private static IEnumerable<IOperation> OfCondition(IOperation condition, bool isTrueOnHit)
    {
        IOperation at = condition;
        while (at.Parent is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } or IParenthesizedOperation)
        {
            isTrueOnHit ^= at.Parent is IUnaryOperation;
            at = at.Parent;
        }

        return at.Parent is IConditionalOperation branch && branch.Condition == at
            ? new[] { isTrueOnHit ? branch.WhenFalse : branch.WhenTrue }.Where(path => path is not null).Select(path => path!)
            : [];
    }

    private static int? Answer(IOperation value) => value.ConstantValue is { HasValue: true, Value: int answer } ? answer : null;

    private static bool IsMiss(ICaseClauseOperation clause) => clause switch
    {
        ISingleValueCaseClauseOperation single => Answer(single.Value) is int and not Hit,
        IPatternCaseClauseOperation { Pattern: IConstantPatternOperation pattern, Guard: null } => Answer(pattern.Value) is int and not Hit,
        _ => false,
    };

    private static bool IsOnlyRead(IOperation reference) =>
        !(reference.Parent is IAssignmentOperation assignment && assignment.Target == reference)
        && reference.Parent is not IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out };

    private static List<IOperation> ReferencesTo(IVariableDeclaratorOperation declarator) =>
        [.. RootOf(declarator).Descendants().OfType<ILocalReferenceOperation>().Where(one => SymbolEqualityComparer.Default.Equals(one.Local, declarator.Symbol))];

    private static IOperation OutOf(IOperation operation)
    {
        while (operation.Parent is IParenthesizedOperation parenthesized)
        {
            operation = parenthesized;
        }

        return operation;
    }

    private static IOperation RootOf(IOperation operation)
    {
        while (operation.Parent is IOperation parent)
        {
            operation = parent;
        }

        return operation;
    }
}
