using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TmemCore.Analyzers.HotPath;

/// <summary>
/// Reports a lock that is taken while one is held that the order declares to come later. The order is a line of <c>.editorconfig</c>;
/// what is held is read within one member, from the text.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LockOrderAnalyzer : DiagnosticAnalyzer
{
    public const string OptionName = "tmem_lock_order";

    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIdentifiers.LocksAreOutOfOrder,
        "Locks taken against the declared order",
        "'{0}' is taken while '{1}' is held, which comes after it in the declared order",
        "HotPath",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: false,
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.LocksAreOutOfOrder));

    private static readonly ConcurrentDictionary<string, string[]> s_orders = new();

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [s_rule];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationBlockAction(Analyze);
    }

    private static void Analyze(OperationBlockAnalysisContext context)
    {
        AnalyzerConfigOptions options = context.Options.AnalyzerConfigOptionsProvider.GetOptions(context.OperationBlocks[0].Syntax.SyntaxTree);
        if (!options.TryGetValue(OptionName, out string? line))
        {
            return;
        }

        string[] order = s_orders.GetOrAdd(line, static text => [.. text.Split(',').Select(name => name.Trim()).Where(name => name.Length > 0)]);
        foreach (IOperation block in context.OperationBlocks)
        {
            List<LockUse> uses = [.. LockUse.In(block).Where(use => RankOf(use.Lock, order) >= 0)];
            foreach (LockUse taken in uses)
            {
                int rank = RankOf(taken.Lock, order);
                if (uses.Find(held => held.IsHeldAt(taken) && RankOf(held.Lock, order) > rank) is LockUse later)
                {
                    context.ReportDiagnostic(Diagnostic.Create(
                        s_rule,
                        taken.Lock.Syntax.GetLocation(),
                        additionalLocations: [later.Lock.Syntax.GetLocation()],
                        order[rank],
                        order[RankOf(later.Lock, order)]));
                }
            }
        }
    }

    /// <summary>The place of a lock in the order, by the field with its type, by the name of the field, or by the type of the lock; below zero if it has none.</summary>
    private static int RankOf(IOperation held, string[] order)
    {
        ISymbol? symbol = LockUse.SymbolOf(held);
        int rank = symbol?.ContainingType is INamedTypeSymbol type ? Array.IndexOf(order, type.Name + "." + symbol.Name) : -1;
        rank = rank < 0 && symbol is not null ? Array.IndexOf(order, symbol.Name) : rank;
        return rank < 0 && held.Type is ITypeSymbol ofLock ? Array.IndexOf(order, ofLock.Name) : rank;
    }
}
