using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Usage;

/// <summary>
/// Reports a number of 64 bits that is cut to the 32 bits of a page's index. Left alone are numbers that are masked, limited,
/// compared with a bound or split in two anywhere in the member, and casts that are said to be unchecked.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class IndexNarrowingAnalyzer : DiagnosticAnalyzer
{
    private const int IndexBits = 32;

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [UseRules.IndexIsNarrowed];

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
        if (argument.Parameter is { Name: "index" or "Index", Type.SpecialType: SpecialType.System_UInt32, ContainingSymbol.ContainingType: INamedTypeSymbol type }
            && IsOfLibrary(type))
        {
            Check(context, argument.Value);
        }
    }

    /// <summary>An op, or another structure of the binary interface, is given an index, most often where it is made.</summary>
    private static void AnalyzeAssignment(OperationAnalysisContext context)
    {
        ISimpleAssignmentOperation assignment = (ISimpleAssignmentOperation)context.Operation;
        if (assignment.Target is IMemberReferenceOperation { Member: { Name: "Index", ContainingType: INamedTypeSymbol type } } target
            && target.Type?.SpecialType == SpecialType.System_UInt32
            && (LibraryCalls.Is(type, "TmemCore", "PageHandle") || type.GetAttributes().Any(IsMark)))
        {
            Check(context, assignment.Value);
        }
    }

    private static void Check(OperationAnalysisContext context, IOperation value)
    {
        if (value is IConversionOperation { IsChecked: false, IsImplicit: false, OperatorMethod: null, ConstantValue.HasValue: false } cast
            && !IsSaidToBeUnchecked(cast.Syntax)
            && !IsBounded(cast.Operand))
        {
            context.ReportDiagnostic(Diagnostic.Create(UseRules.IndexIsNarrowed, cast.Syntax.GetLocation()));
        }
    }

    private static bool IsMark(AttributeData attribute) =>
        LibraryCalls.Is(attribute.AttributeClass, "TmemCore.Abi", "AbiOpAttribute") || LibraryCalls.Is(attribute.AttributeClass, "TmemCore.Abi", "AbiStructAttribute");

    private static bool IsOfLibrary(INamedTypeSymbol type) =>
        LibraryCalls.IsPool(type)
        || LibraryCalls.Is(type, "TmemCore", "PageHandle")
        || LibraryCalls.Is(type, "TmemCore.Hypercalls", "HypercallClient")
        || LibraryCalls.Is(type, "TmemCore.Dispatch", "TmemDispatcher");

    private static bool IsSaidToBeUnchecked(SyntaxNode cast) => cast.Ancestors()
        .TakeWhile(one => one is not MemberDeclarationSyntax)
        .Any(one => one.IsKind(SyntaxKind.UncheckedExpression) || one.IsKind(SyntaxKind.UncheckedStatement));

    /// <summary>Whether the number is known, or may be known, to have 32 bits.</summary>
    private static bool IsBounded(IOperation number)
    {
        number = LibraryCalls.Bare(number);
        bool isLimited = number switch
        {
            IBinaryOperation { OperatorKind: BinaryOperatorKind.And or BinaryOperatorKind.Remainder } => true,
            IBinaryOperation { OperatorKind: BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift } shift => IsFarShift(shift),
            IInvocationOperation call => call.TargetMethod.Name is "Min" or "Clamp" or "Log2" or "PopCount" or "LeadingZeroCount" or "TrailingZeroCount",
            _ => false,
        };
        ISymbol[] wide = [.. Leaves(number).Select(SymbolOf).Where(symbol => symbol is not null).Select(symbol => symbol!)];
        return isLimited || !Leaves(number).Any(IsWide) || wide.Any(symbol => IsLookedAt(symbol, number));
    }

    /// <summary>What a calculation starts from, out of its conversions.</summary>
    private static IEnumerable<IOperation> Leaves(IOperation number)
    {
        number = LibraryCalls.Bare(number);
        return number switch
        {
            IBinaryOperation binary => Leaves(binary.LeftOperand).Concat(Leaves(binary.RightOperand)),
            IUnaryOperation unary => Leaves(unary.Operand),
            _ => [number],
        };
    }

    private static bool IsWide(IOperation leaf) => !leaf.ConstantValue.HasValue && leaf.Type?.SpecialType
        is SpecialType.System_Int64 or SpecialType.System_UInt64 or SpecialType.System_IntPtr or SpecialType.System_UIntPtr;

    private static ISymbol? SymbolOf(IOperation leaf) => leaf switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IMemberReferenceOperation member => member.Member,
        _ => null,
    };

    /// <summary>Whether the member compares the number with something, limits it, or uses its upper half, too.</summary>
    private static bool IsLookedAt(ISymbol symbol, IOperation number)
    {
        IOperation root = number;
        while (root.Parent is IOperation parent)
        {
            root = parent;
        }

        return root.Descendants().Any(one => one switch
        {
            IBinaryOperation binary => (IsRelation(binary.OperatorKind) || IsFarShift(binary)) && Mentions(binary, symbol),
            IIsPatternOperation matches => Mentions(matches.Value, symbol),
            ISwitchExpressionOperation choice => Mentions(choice.Value, symbol),
            IInvocationOperation call => (call.TargetMethod.Name.StartsWith("ThrowIf", StringComparison.Ordinal) || call.TargetMethod.ContainingType.Name is "Math" or "Debug")
                && Mentions(call, symbol),
            _ => false,
        });
    }

    private static bool Mentions(IOperation operation, ISymbol symbol) =>
        operation.DescendantsAndSelf().Any(one => SymbolEqualityComparer.Default.Equals(SymbolOf(one), symbol));

    private static bool IsRelation(BinaryOperatorKind kind) => kind is BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual
        or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual;

    private static bool IsFarShift(IBinaryOperation shift) =>
        shift.OperatorKind is BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift
        && (shift.RightOperand.ConstantValue.Value is not int places || places >= IndexBits);
}
