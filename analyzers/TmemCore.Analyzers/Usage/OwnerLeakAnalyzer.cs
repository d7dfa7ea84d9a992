using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using TmemCore.Analyzers.Pinning;

namespace TmemCore.Analyzers.Usage;

/// <summary>
/// Reports a host, a client or a pool that stays in its variable and is never disposed. What belongs to a host or client of the same
/// member goes with it and is left alone; so is what is handed to anybody.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OwnerLeakAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [UseRules.OwnerIsNeverDisposed];

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
            && Loss(LibraryCalls.Bare(value)) is string loss
            && !LocalUses.IsUsing(declarator)
            && LocalUses.All(declarator, declarator.Symbol, reference => StaysHere(reference, declarator) && !IsDisposed(reference)))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                UseRules.OwnerIsNeverDisposed, declarator.Symbol.Locations[0], declarator.Symbol.Name, loss));
        }
    }

    /// <summary>What is lost if the value is not disposed; null if it is none of ours, or goes with an owner of the same member.</summary>
    private static string? Loss(IOperation value) => value switch
    {
        IObjectCreationOperation made when LibraryCalls.Is(made.Type, "TmemCore", "TmemHost") =>
            "its memory stays taken",
        IInvocationOperation { Instance: not (null or ILocalReferenceOperation or IInvocationOperation) } call
            when call.TargetMethod.Name.StartsWith("Create", System.StringComparison.Ordinal) && IsOwner(call.TargetMethod.ContainingType)
                && !IsMakerDisposed(call.Instance) =>
            LibraryCalls.Is(call.Type, "TmemCore", "TmemClient") ? "its pools and its place at the host stay taken"
            : LibraryCalls.IsPool(call.Type) ? "its pages and its place at the client stay taken"
            : null,
        _ => null,
    };

    /// <summary>Whether the member disposes what the value was made by, a parameter or a field: the value goes with it.</summary>
    private static bool IsMakerDisposed(IOperation maker)
    {
        IOperation root = maker;
        while (root.Parent is IOperation parent)
        {
            root = parent;
        }

        return SymbolOf(maker) is ISymbol symbol && root.Descendants().Any(one => one switch
        {
            IInvocationOperation { TargetMethod.Name: "Dispose", Instance: IOperation disposed } => IsOf(disposed, symbol),
            IUsingOperation { Resources: IOperation resources } => IsOf(LibraryCalls.Bare(resources), symbol),
            IVariableDeclaratorOperation declarator => LocalUses.IsUsing(declarator)
                && declarator.GetVariableInitializer()?.Value is IOperation initial && IsOf(LibraryCalls.Bare(initial), symbol),
            _ => false,
        });
    }

    private static bool IsOf(IOperation operation, ISymbol symbol) => SymbolEqualityComparer.Default.Equals(SymbolOf(operation), symbol);

    private static ISymbol? SymbolOf(IOperation operation) => operation switch
    {
        IParameterReferenceOperation parameter => parameter.Parameter,
        IMemberReferenceOperation member => member.Member,
        IConditionalAccessInstanceOperation instance when ConditionOf(instance) is IOperation before && before != instance => SymbolOf(before),
        _ => null,
    };

    /// <summary>What stands before the question mark of a conditional access.</summary>
    private static IOperation ConditionOf(IOperation instance)
    {
        IOperation at = instance;
        while (at.Parent is IOperation parent && !(parent is IConditionalAccessOperation access && access.WhenNotNull == at))
        {
            at = parent;
        }

        return (at.Parent as IConditionalAccessOperation)?.Operation ?? at;
    }

    /// <summary>Whether a use hands neither the object nor what belongs to it to anybody else.</summary>
    private static bool StaysHere(IOperation reference, IVariableDeclaratorOperation declarator)
    {
        IOperation? function = reference;
        while (function is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation))
        {
            function = function.Parent;
        }

        return (function is null || function.Syntax.Span.Contains(declarator.Syntax.Span)) && StaysHere(reference);
    }

    private static bool StaysHere(IOperation value) => value.Parent switch
    {
        IInvocationOperation call => call.Instance == value
            && (value is ILocalReferenceOperation || call.TargetMethod.Name != "Dispose")
            && !call.Arguments.Any(argument => argument.Parameter is { RefKind: RefKind.Out } parameter && IsOwner(parameter.Type))
            && (!IsOwner(call.Type) || ResultStaysHere(call)),
        IPropertyReferenceOperation property => property.Instance == value && (!IsOwner(property.Type) || ResultStaysHere(property)),
        _ => false,
    };

    private static bool ResultStaysHere(IOperation result) => result.Parent switch
    {
        IExpressionStatementOperation => true,
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation inner } =>
            LocalUses.All(inner, inner.Symbol, reference => StaysHere(reference, inner)),
        _ => StaysHere(result),
    };

    private static bool IsDisposed(IOperation reference) => reference.Parent is IInvocationOperation { TargetMethod.Name: "Dispose" };

    /// <summary>Whether who holds the value can reach the host, client or pool by it.</summary>
    private static bool IsOwner(ITypeSymbol? type) =>
        LibraryCalls.Is(type, "TmemCore", "TmemHost")
        || LibraryCalls.Is(type, "TmemCore", "TmemClient")
        || LibraryCalls.Is(type, "TmemCore", "ITmemClient")
        || LibraryCalls.Is(type, "TmemCore", "TmemControl")
        || LibraryCalls.IsPool(type);
}
