using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using TmemCore.Analyzers.Pinning;

namespace TmemCore.Analyzers.HotPath;

/// <summary>Reports what allocates in a member marked as hot, or in a member of a type marked so. What is thrown is not looked at.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HotPathAllocationAnalyzer : DiagnosticAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIdentifiers.HotPathAllocates,
        "Allocation on a path marked as hot",
        "{0} allocates, and '{1}' is marked as hot",
        "HotPath",
        DiagnosticSeverity.Info,
        isEnabledByDefault: false,
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.HotPathAllocates));

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [s_rule];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName("TmemCore.Abi.HotPathAttribute") is INamedTypeSymbol mark)
            {
                start.RegisterOperationAction(
                    operation => Analyze(operation, mark),
                    OperationKind.ObjectCreation,
                    OperationKind.AnonymousObjectCreation,
                    OperationKind.ArrayCreation,
                    OperationKind.CollectionExpression,
                    OperationKind.Conversion,
                    OperationKind.DelegateCreation,
                    OperationKind.Binary,
                    OperationKind.InterpolatedString,
                    OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol mark)
    {
        if (AllocationOf(context.Operation) is string what
            && HotMember(context.ContainingSymbol, mark) is ISymbol member
            && !IsOffPath(context.Operation))
        {
            context.ReportDiagnostic(Diagnostic.Create(s_rule, context.Operation.Syntax.GetLocation(), what, member.Name));
        }
    }

    private static string? AllocationOf(IOperation operation) => operation switch
    {
        { ConstantValue.HasValue: true } => null,
        IObjectCreationOperation { Type.IsReferenceType: true } made => $"A new {made.Type!.Name}",
        IAnonymousObjectCreationOperation => "An anonymous object",
        IArrayCreationOperation array => IsArrayAllocated(array) ? array.IsImplicit ? "The array of a params parameter" : "A new array" : null,
        ICollectionExpressionOperation { Elements.Length: > 0, Type.IsReferenceType: true } => "A collection",
        IConversionOperation { OperatorMethod: null } conversion when IsBoxing(conversion) => "Boxing",
        IDelegateCreationOperation made => IsDelegateAllocated(made) ? "A delegate" : null,
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String, Parent: not IBinaryOperation } => "Joining strings",
        IInterpolatedStringOperation { Parent: not (IInterpolatedStringHandlerCreationOperation or IBinaryOperation) } => "An interpolated string",
        IInvocationOperation { TargetMethod.ContainingType: { Name: "Enumerable", ContainingNamespace.Name: "Linq" } } => "A query",
        _ => null,
    };

    /// <summary>An empty array of a params parameter is shared, and constants behind a read-only span lie in the program itself.</summary>
    private static bool IsArrayAllocated(IArrayCreationOperation array)
    {
        bool isEmptyParams = array is { IsImplicit: true, Initializer: null or { ElementValues.Length: 0 } };
        bool isOfConstants = array.Initializer?.ElementValues.All(value => value.ConstantValue.HasValue) == true;
        return !isEmptyParams && !(isOfConstants && array.Parent is IConversionOperation { Type.Name: "ReadOnlySpan" });
    }

    private static bool IsBoxing(IConversionOperation conversion) =>
        conversion.Operand.Type is { IsValueType: true, IsRefLikeType: false }
        && conversion.Type is { IsReferenceType: true }
        && conversion.Parent is not (IInterpolationOperation or IBinaryOperation { Type.SpecialType: SpecialType.System_String });

    /// <summary>Delegates of static methods, and of lambdas that capture nothing, are made once and kept.</summary>
    private static bool IsDelegateAllocated(IDelegateCreationOperation made) => made.Target switch
    {
        IMethodReferenceOperation method => method.Instance is not null,
        IAnonymousFunctionOperation lambda => LambdaCaptures.Any(lambda),
        _ => false,
    };

    private static ISymbol? HotMember(ISymbol symbol, INamedTypeSymbol mark)
    {
        ISymbol member = symbol;
        while (member is IMethodSymbol { MethodKind: MethodKind.LocalFunction or MethodKind.AnonymousFunction } && member.ContainingSymbol is ISymbol around)
        {
            member = around;
        }

        ISymbol shown = (member as IMethodSymbol)?.AssociatedSymbol ?? member;
        return IsMarked(member, mark) || IsMarked(shown, mark) || (member.ContainingType is INamedTypeSymbol type && IsMarked(type, mark)) ? shown : null;
    }

    private static bool IsMarked(ISymbol symbol, INamedTypeSymbol mark) =>
        symbol.GetAttributes().Any(one => SymbolEqualityComparer.Default.Equals(one.AttributeClass, mark));

    /// <summary>Whether the value is made elsewhere than on the path: for a throw, for a helper that throws, or for an attribute.</summary>
    private static bool IsOffPath(IOperation operation)
    {
        for (IOperation? at = operation; at is not null; at = at.Parent)
        {
            if (at is IThrowOperation or IAttributeOperation || (at is IInvocationOperation call && call.TargetMethod.Name.StartsWith("Throw", StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }
}
