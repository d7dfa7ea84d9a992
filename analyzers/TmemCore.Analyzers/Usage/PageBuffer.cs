using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Usage;

/// <summary>A variable with fresh memory that a get is the first to touch, and what touches it afterwards.</summary>
internal sealed class PageBuffer
{
    private static readonly HashSet<string> s_reads = ["CopyTo", "TryCopyTo", "ToArray", "SequenceEqual"];

    private PageBuffer(string name, IReadOnlyList<IOperation> uses, bool isOlderThanTurn)
    {
        Name = name;
        Uses = uses;
        IsOlderThanTurn = isOlderThanTurn;
    }

    public string Name { get; }

    /// <summary>The references after the get, in the order of the text.</summary>
    public IReadOnlyList<IOperation> Uses { get; }

    /// <summary>Whether the get stands in a loop that the variable is declared outside of, so that an earlier turn may have filled it.</summary>
    public bool IsOlderThanTurn { get; }

    public static PageBuffer? Find(IArgumentOperation argument, IInvocationOperation get)
    {
        if (LocalOf(argument.Value) is not ILocalReferenceOperation reference)
        {
            return null;
        }

        IOperation root = get;
        while (root.Parent is IOperation parent)
        {
            root = parent;
        }

        IVariableDeclaratorOperation? declarator = root.Descendants().OfType<IVariableDeclaratorOperation>()
            .FirstOrDefault(one => SymbolEqualityComparer.Default.Equals(one.Symbol, reference.Local));
        if (declarator?.GetVariableInitializer()?.Value is not IOperation initial || !IsFresh(initial))
        {
            return null;
        }

        List<ILocalReferenceOperation> others = [.. root.Descendants().OfType<ILocalReferenceOperation>()
            .Where(one => one != reference && SymbolEqualityComparer.Default.Equals(one.Local, reference.Local))
            .OrderBy(one => one.Syntax.SpanStart)];
        IOperation? function = FunctionOf(get);
        bool isFirst = FunctionOf(declarator) == function
            && others.TrueForAll(one => FunctionOf(one) == function && one.Syntax.SpanStart > get.Syntax.Span.End);
        return isFirst ? new PageBuffer(reference.Local.Name, others, LoopOf(get) is IOperation loop && !loop.Syntax.Span.Contains(declarator.Syntax.Span)) : null;
    }

    /// <summary>Whether a reference surely reads the memory and does not write to it first.</summary>
    public static bool IsRead(IOperation reference)
    {
        IOperation use = OutOfConversions(reference);
        return use.Parent switch
        {
            IArgumentOperation { Parameter: IParameterSymbol parameter, Parent: IInvocationOperation call } =>
                (parameter.RefKind == RefKind.None
                    && parameter.Type.Name is "ReadOnlySpan" or "ReadOnlyMemory"
                    && call.TargetMethod.ContainingType.Name is not ("MemoryMarshal" or "Unsafe"))
                || call.TargetMethod.Name.StartsWith("Write", StringComparison.Ordinal),
            IInvocationOperation call => call.Instance == use && s_reads.Contains(call.TargetMethod.Name),
            IArrayElementReferenceOperation element => element.ArrayReference == use && IsReadOnce(element),
            IPropertyReferenceOperation { Property.IsIndexer: true } element => element.Instance == use && IsReadOnce(element),
            IForEachLoopOperation loop => loop.Collection.Syntax.Span.Contains(reference.Syntax.Span),
            IReturnOperation => true,
            _ => false,
        };
    }

    /// <summary>Whether a reference gives the memory to the caller.</summary>
    public static bool IsReturned(IOperation reference) => OutOfConversions(reference).Parent is IReturnOperation;

    private static bool IsReadOnce(IOperation element) => element.Parent switch
    {
        IAssignmentOperation assignment => assignment.Value == element && !(assignment is ISimpleAssignmentOperation { IsRef: true }),
        IIncrementOrDecrementOperation or IAddressOfOperation => false,
        IArgumentOperation argument => argument.Parameter?.RefKind == RefKind.None,
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } => declarator.Symbol.RefKind == RefKind.None,
        IConversionOperation or IBinaryOperation or IConditionalOperation or ISwitchExpressionArmOperation or IInterpolationOperation => true,
        IReturnOperation => element.Syntax.Parent is not RefExpressionSyntax,
        _ => false,
    };

    /// <summary>What a span over memory is made from: a variable, or whatever else it is.</summary>
    public static IOperation MemoryOf(IOperation value)
    {
        while (value is IConversionOperation conversion)
        {
            value = conversion.Operand;
        }

        return value switch
        {
            IInvocationOperation { TargetMethod: { Name: "AsSpan", IsExtensionMethod: true }, Arguments: { Length: > 0 } arguments } => MemoryOf(arguments[0].Value),
            IInvocationOperation { TargetMethod.Name: "Slice", Instance: IOperation whole } => MemoryOf(whole),
            _ => value,
        };
    }

    private static ILocalReferenceOperation? LocalOf(IOperation value)
    {
        while (value is IConversionOperation conversion)
        {
            value = conversion.Operand;
        }

        return value switch
        {
            ILocalReferenceOperation reference => reference,
            IInvocationOperation { TargetMethod: { Name: "AsSpan", IsExtensionMethod: true }, Arguments: { Length: 1 } arguments } => LocalOf(arguments[0].Value),
            _ => null,
        };
    }

    /// <summary>Whether the value is memory that nobody has written to.</summary>
    public static bool IsFresh(IOperation value)
    {
        while (value is IConversionOperation conversion)
        {
            value = conversion.Operand;
        }

        return value switch
        {
            IArrayCreationOperation { Initializer: null } => true,
            IInvocationOperation call => call.TargetMethod.Name is "AllocateUninitializedArray" or "AllocateArray" or "Rent",
            _ => value.Syntax is StackAllocArrayCreationExpressionSyntax { Initializer: null },
        };
    }

    private static IOperation OutOfConversions(IOperation operation)
    {
        while (operation.Parent is IConversionOperation conversion)
        {
            operation = conversion;
        }

        return operation;
    }

    private static IOperation? FunctionOf(IOperation operation)
    {
        IOperation? around = operation.Parent;
        while (around is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation))
        {
            around = around.Parent;
        }

        return around;
    }

    private static IOperation? LoopOf(IOperation operation)
    {
        IOperation? around = operation.Parent;
        while (around is not (null or ILoopOperation))
        {
            around = around.Parent;
        }

        return around;
    }
}
