using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using TmemCore.Analyzers.Abi;
using TmemCore.CodeFixes.Abi;

namespace TmemCore.Analyzers.Tests.Harness;

/// <summary>Every rule and every fix there is. A new one needs no entry anywhere.</summary>
internal static class RuleBook
{
    public static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } = MakeAll<DiagnosticAnalyzer>(typeof(AbiDefinitionAnalyzer).Assembly);

    public static ImmutableArray<CodeFixProvider> Fixers { get; } = MakeAll<CodeFixProvider>(typeof(MakePartialFixer).Assembly);

    public static ImmutableArray<DiagnosticDescriptor> Rules { get; } =
        [.. Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).Distinct().OrderBy(rule => rule.Id, StringComparer.Ordinal)];

    public static bool HasFix(string id) => Fixers.Any(fixer => fixer.FixableDiagnosticIds.Contains(id));

    private static ImmutableArray<T> MakeAll<T>(Assembly assembly) =>
    [
        .. assembly.GetTypes()
            .Where(type => !type.IsAbstract && typeof(T).IsAssignableFrom(type))
            .OrderBy(type => type.FullName, StringComparer.Ordinal)
            .Select(type => (T)Activator.CreateInstance(type)!),
    ];
}
