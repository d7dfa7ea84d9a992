using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using TmemCore.Analyzers.Pinning;

namespace TmemCore.Analyzers.Usage;

/// <summary>
/// Reports a put into a persistent pool whose answer goes nowhere: it is a statement by itself, or goes to a variable that nothing reads.
/// An answer that is discarded in so many words is left alone. Of many pages put in one call, the count and the answers page by page must
/// both be lost.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class IgnoredPutAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [UseRules.PutIsIgnored];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(AnalyzeStatement, OperationKind.ExpressionStatement);
        context.RegisterOperationAction(AnalyzeVariable, OperationKind.VariableDeclarator);
    }

    private static void AnalyzeStatement(OperationAnalysisContext context)
    {
        IOperation value = ((IExpressionStatementOperation)context.Operation).Operation;
        IOperation made = value is IConditionalAccessOperation access ? access.WhenNotNull : value;
        Report(context, made, value);
    }

    private static void AnalyzeVariable(OperationAnalysisContext context)
    {
        IVariableDeclaratorOperation declarator = (IVariableDeclaratorOperation)context.Operation;
        if (declarator.GetVariableInitializer()?.Value is IInvocationOperation call
            && LocalUses.All(declarator, declarator.Symbol, _ => false))
        {
            Report(context, call, call);
        }
    }

    private static void Report(OperationAnalysisContext context, IOperation made, IOperation shown)
    {
        if (made is IInvocationOperation call && LibraryCalls.IsPersistentPut(call.TargetMethod) && !AreResultsKept(call))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                UseRules.PutIsIgnored, shown.Syntax.GetLocation(), $"{call.TargetMethod.ContainingType.Name}.{call.TargetMethod.Name}"));
        }
    }

    /// <summary>Whether the answers for single pages go to memory that somebody may look at: anything but a variable that only puts write to.</summary>
    private static bool AreResultsKept(IInvocationOperation put)
    {
        if (put.Arguments.FirstOrDefault(one => one.Parameter?.Name == "results") is not IArgumentOperation results)
        {
            return false;
        }

        IOperation memory = PageBuffer.MemoryOf(results.Value);
        return memory is ILocalReferenceOperation reference
            ? !IsFresh(reference) || !LocalUses.All(put, reference.Local, IsOnlyWritten)
            : !PageBuffer.IsFresh(memory);
    }

    private static bool IsFresh(ILocalReferenceOperation reference)
    {
        IOperation root = reference;
        while (root.Parent is IOperation parent)
        {
            root = parent;
        }

        return root.Descendants().OfType<IVariableDeclaratorOperation>().Any(one =>
            SymbolEqualityComparer.Default.Equals(one.Symbol, reference.Local)
            && one.GetVariableInitializer()?.Value is IOperation initial
            && PageBuffer.IsFresh(initial));
    }

    /// <summary>Whether the reference is what a put writes its answers to, whole or in part.</summary>
    private static bool IsOnlyWritten(IOperation reference)
    {
        IOperation value = reference;
        while (value.Parent is IConversionOperation or IInvocationOperation { TargetMethod.Name: "AsSpan" or "Slice" }
            || (value.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: "AsSpan", IsExtensionMethod: true } } part } argument && part.Arguments[0] == argument))
        {
            value = value.Parent!;
        }

        return value.Parent is IArgumentOperation { Parameter: { Name: "results", ContainingSymbol: IMethodSymbol { Name: "PutMany" } } };
    }
}
