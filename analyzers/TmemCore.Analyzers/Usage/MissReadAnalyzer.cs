using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Usage;

/// <summary>
/// Reports a buffer that is read although the page was not found, or although nobody asked whether it was. Only what is sure is reported:
/// the buffer is a variable with memory of its own that nothing touched before the get, and the first that touches it afterwards reads it.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MissReadAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [UseRules.MissIsRead];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(Analyze, OperationKind.Invocation);
    }

    private static void Analyze(OperationAnalysisContext context)
    {
        IInvocationOperation get = (IInvocationOperation)context.Operation;
        if (!LibraryCalls.IsGet(get.TargetMethod)
            || get.Arguments.FirstOrDefault(one => one.Parameter?.Name == "buffer") is not IArgumentOperation argument
            || PageBuffer.Find(argument, get) is not PageBuffer buffer)
        {
            return;
        }

        if (get.Parent is IExpressionStatementOperation statement)
        {
            if (buffer.Uses.FirstOrDefault() is IOperation use && PageBuffer.IsRead(use) && MissPaths.Follows(statement, use))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    UseRules.MissIsRead, get.Syntax.GetLocation(), $"The result of this get is ignored, and '{buffer.Name}' is read as if the page were there"));
            }

            return;
        }

        ReportMissPaths(context, get, buffer);
    }

    private static void ReportMissPaths(OperationAnalysisContext context, IInvocationOperation get, PageBuffer buffer)
    {
        if (buffer.IsOlderThanTurn)
        {
            return;
        }

        foreach (IOperation path in MissPaths.Of(get))
        {
            IEnumerable<IOperation> onTheWay = buffer.Uses.Where(use => use.Syntax.SpanStart < path.Parent!.Syntax.SpanStart);
            IOperation? first = buffer.Uses.FirstOrDefault(use => path.Syntax.Span.Contains(use.Syntax.Span));
            if (!onTheWay.Any() && first is not null && PageBuffer.IsRead(first) && !PageBuffer.IsReturned(first))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    UseRules.MissIsRead, first.Syntax.GetLocation(), $"'{buffer.Name}' is read where the page was not found, so that nothing was written to it"));
            }
        }
    }
}
