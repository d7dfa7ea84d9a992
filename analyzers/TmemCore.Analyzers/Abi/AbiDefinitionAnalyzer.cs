using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using TmemCore.Generators.Models;
using TmemCore.Generators.Parsing;

namespace TmemCore.Analyzers.Abi;

/// <summary>
/// Reports why a definition is passed over by the generator. It reads definitions with the generator's own parsers, so that
/// what one skips the other explains.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AbiDefinitionAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [.. AbiDescriptors.ByKind.Values];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            ConcurrentBag<(OpSummary Op, INamedTypeSymbol Symbol)> ops = [];
            ConcurrentBag<FamilyModel> families = [];
            start.RegisterSymbolAction(symbol => Analyze(symbol, ops, families), SymbolKind.NamedType);
            start.RegisterCompilationEndAction(end => ReportClashes(end, ops, families));
        });
    }

    private static void Analyze(
        SymbolAnalysisContext context,
        ConcurrentBag<(OpSummary Op, INamedTypeSymbol Symbol)> ops,
        ConcurrentBag<FamilyModel> families)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.Symbol;
        ProblemList problems = new();
        if (type.Attribute(AbiNames.StructShort) is not null)
        {
            StructParser.Check(type, problems);
        }

        if (type.Attribute(AbiNames.OpShort) is not null && OpParser.Parse(type, problems) is OpModel op)
        {
            ops.Add((op.Summary, type));
        }

        if (type.Attribute(AbiNames.FamilyShort) is not null && FamilyParser.Parse(type, problems) is FamilyModel family)
        {
            families.Add(family);
        }

        HashSet<string> said = [];
        foreach (Problem problem in problems.All)
        {
            Diagnostic diagnostic = Diagnostic.Create(
                AbiDescriptors.ByKind[problem.Kind],
                Where(problem.Symbol, type),
                problem.Hint is string hint ? ImmutableDictionary<string, string?>.Empty.Add(RuleIdentifiers.Hint, hint) : null,
                problem.Arguments);
            if (said.Add(diagnostic.ToString()))
            {
                context.ReportDiagnostic(diagnostic);
            }
        }
    }

    private static void ReportClashes(
        CompilationAnalysisContext context,
        ConcurrentBag<(OpSummary Op, INamedTypeSymbol Symbol)> ops,
        ConcurrentBag<FamilyModel> families)
    {
        foreach (FamilyModel family in families)
        {
            var members = ops.Where(entry => entry.Op.FamilyName == family.Type.FullName)
                .OrderBy(entry => entry.Op.Number)
                .ThenBy(entry => entry.Op.Range.Since)
                .ThenBy(entry => entry.Op.FullName, System.StringComparer.Ordinal)
                .ToArray();
            foreach ((OpSummary op, string reason) in FamilyRules.Clashes(family, members.Select(entry => entry.Op).ToArray()))
            {
                INamedTypeSymbol symbol = members.First(entry => entry.Op == op).Symbol;
                context.ReportDiagnostic(Diagnostic.Create(
                    AbiDescriptors.NumberIsTaken, Where(symbol, symbol), op.DisplayName, reason));
            }
        }
    }

    /// <summary>The symbol's own place, or the type's where the symbol is of another assembly.</summary>
    private static Location Where(ISymbol symbol, INamedTypeSymbol type) =>
        (SymbolEqualityComparer.Default.Equals(symbol, type) ? MarkedPart(type) : null)
        ?? symbol.Locations.Concat(type.Locations).FirstOrDefault(location => location.IsInSource)
        ?? Location.None;

    /// <summary>The name of a type in that part of it which says what it is.</summary>
    private static Location? MarkedPart(INamedTypeSymbol type)
    {
        SyntaxReference? mark = (type.Attribute(AbiNames.StructShort) ?? type.Attribute(AbiNames.OpShort) ?? type.Attribute(AbiNames.FamilyShort))
            ?.ApplicationSyntaxReference;
        SyntaxReference? part = mark is null ? null : type.DeclaringSyntaxReferences
            .FirstOrDefault(one => one.SyntaxTree == mark.SyntaxTree && one.Span.Contains(mark.Span));
        return part is null ? null : type.Locations
            .FirstOrDefault(location => location.SourceTree == part.SyntaxTree && part.Span.Contains(location.SourceSpan));
    }
}
