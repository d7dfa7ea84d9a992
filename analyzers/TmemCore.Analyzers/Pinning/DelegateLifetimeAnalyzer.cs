using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Pinning;

/// <summary>
/// Reports a function pointer of a delegate that is held by nothing: made in place, or kept in a variable that is used for
/// nothing else. Once the delegate is collected, native code that calls the pointer ends the process.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DelegateLifetimeAnalyzer : DiagnosticAnalyzer
{
    private const string PointerMaker = "GetFunctionPointerForDelegate";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [PinRules.DelegateMayDie];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(Analyze, OperationKind.Invocation);
    }

    private static void Analyze(OperationAnalysisContext context)
    {
        IInvocationOperation call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod is { Name: PointerMaker, ContainingType.Name: "Marshal" } && call.Arguments.Length == 1
            && Dies(Unconverted(call.Arguments[0].Value)))
        {
            context.ReportDiagnostic(Diagnostic.Create(PinRules.DelegateMayDie, call.Syntax.GetLocation()));
        }
    }

    private static bool Dies(IOperation source) => source switch
    {
        IDelegateCreationOperation or IAnonymousFunctionOperation or IMethodReferenceOperation => true,
        ILocalReferenceOperation local => IsMadeInPlace(local) && LocalUses.All(local, local.Local, IsTakingPointer),
        _ => false,
    };

    private static bool IsMadeInPlace(ILocalReferenceOperation reference)
    {
        IOperation root = reference;
        while (root.Parent is IOperation parent)
        {
            root = parent;
        }

        foreach (IOperation operation in root.Descendants())
        {
            if (operation is IVariableDeclaratorOperation declarator && SymbolEqualityComparer.Default.Equals(declarator.Symbol, reference.Local))
            {
                return declarator.GetVariableInitializer()?.Value is { } value
                    && Unconverted(value) is IDelegateCreationOperation or IAnonymousFunctionOperation or IMethodReferenceOperation;
            }
        }

        return false;
    }

    private static bool IsTakingPointer(IOperation reference)
    {
        IOperation? user = reference.Parent;
        while (user is IConversionOperation or IArgumentOperation)
        {
            user = user.Parent;
        }

        return user is IInvocationOperation { TargetMethod.Name: PointerMaker };
    }

    private static IOperation Unconverted(IOperation operation) =>
        operation is IConversionOperation { OperatorMethod: null } conversion ? Unconverted(conversion.Operand) : operation;
}
