using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using TmemCore.Analyzers.Pinning;

namespace TmemCore.Analyzers.Usage;

/// <summary>
/// Reports a put into a persistent pool whose answer goes nowhere: it is a statement by itself, or goes to a variable that nothing reads.
/// An answer that is discarded in so many words is left alone.
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
        if (made is IInvocationOperation call && LibraryCalls.IsPersistentPut(call.TargetMethod))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                UseRules.PutIsIgnored, shown.Syntax.GetLocation(), $"{call.TargetMethod.ContainingType.Name}.{call.TargetMethod.Name}"));
        }
    }
}
