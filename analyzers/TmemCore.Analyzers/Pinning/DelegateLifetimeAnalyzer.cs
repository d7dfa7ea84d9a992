using System.Collections.Immutable;
using System.Linq;
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
            && Dies(Unconverted(call.Arguments[0].Value), context.ContainingSymbol))
        {
            context.ReportDiagnostic(Diagnostic.Create(PinRules.DelegateMayDie, call.Syntax.GetLocation()));
        }
    }

    private static bool Dies(IOperation source, ISymbol member) => source is ILocalReferenceOperation local
        ? InitialOf(local) is IOperation initial && IsMadeAnew(Unconverted(initial), member) && LocalUses.All(local, local.Local, IsTakingPointer)
        : IsMadeAnew(source, member);

    /// <summary>
    /// Whether a delegate is made that nothing else knows of. Those of lambdas that capture nothing the compiler keeps in a static field,
    /// except in static constructors, which run once, and in initializers of static fields.
    /// </summary>
    private static bool IsMadeAnew(IOperation source, ISymbol member)
    {
        bool runsOnce = member is IMethodSymbol { MethodKind: MethodKind.StaticConstructor } or IFieldSymbol { IsStatic: true } or IPropertySymbol { IsStatic: true };
        return source switch
        {
            IDelegateCreationOperation { IsImplicit: false, Target: not IAnonymousFunctionOperation } => true,
            IDelegateCreationOperation made => IsMadeAnew(made.Target, member),
            IAnonymousFunctionOperation lambda => runsOnce || LambdaCaptures.Any(lambda),
            IMethodReferenceOperation => true,
            _ => false,
        };
    }

    private static IOperation? InitialOf(ILocalReferenceOperation reference)
    {
        IOperation root = reference;
        while (root.Parent is IOperation parent)
        {
            root = parent;
        }

        return root.Descendants().OfType<IVariableDeclaratorOperation>()
            .FirstOrDefault(declarator => SymbolEqualityComparer.Default.Equals(declarator.Symbol, reference.Local))
            ?.GetVariableInitializer()?.Value;
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
