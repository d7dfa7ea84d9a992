using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using TmemCore.Analyzers.Usage;

namespace TmemCore.Analyzers.Tests.Rules;

public class ReservedFieldSuppressorTests
{
    private const string Source = """
        public struct Header
        {
            [AbiField("kind")] private uint _kind;
            [AbiField("pad")] private uint _reserved;
            private uint _forgotten;
            private uint _unassigned;

            public readonly uint Sum() => _kind + _unassigned;
        }
        """;

    [Theory]
    [InlineData("CS0169", "_reserved", true)]
    [InlineData("CS0169", "_forgotten", false)]
    [InlineData("CS0649", "_kind", true)]
    [InlineData("CS0649", "_unassigned", false)]
    [InlineData("IDE0044", "_kind", true)]
    [InlineData("IDE0044", "_forgotten", false)]
    [InlineData("IDE0051", "_reserved", true)]
    [InlineData("IDE0051", "_unassigned", false)]
    public async Task Advice_is_suppressed_for_fields_of_a_binary_structure_alone(string id, string field, bool isSuppressed)
    {
        CSharpCompilation compilation = SceneCompiler.Compile(Source, Scene.Default);
        Diagnostic advice = Assert.Single(await ReportsAsync(compilation), one => one.Id == id && TextOf(one) == field);
        Assert.Equal(isSuppressed, advice.IsSuppressed);
        string[] reasons = [.. advice.GetSuppressionInfo(compilation)?.ProgrammaticSuppressions.Select(one => one.Descriptor.Id) ?? []];
        Assert.Equal(isSuppressed ? ["TMEMS001"] : [], reasons);
    }

    [Fact]
    public async Task Nothing_is_suppressed_where_the_library_is_not_referred_to()
    {
        string source = Source.Replace("[AbiField(\"kind\")] ", "", StringComparison.Ordinal).Replace("[AbiField(\"pad\")] ", "", StringComparison.Ordinal);
        Assert.DoesNotContain(await ReportsAsync(SceneCompiler.Compile(source, Scene.Default with { WithTmemCore = false })), one => one.IsSuppressed);
    }

    private static string TextOf(Diagnostic diagnostic) =>
        diagnostic.Location.SourceTree!.ToString().Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length);

    private static async Task<ImmutableArray<Diagnostic>> ReportsAsync(CSharpCompilation compilation)
    {
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false, reportSuppressedDiagnostics: true);
        return await compilation
            .WithAnalyzers([new EditorAdvice(), new ReservedFieldSuppressor()], options)
            .GetAllDiagnosticsAsync();
    }

    /// <summary>Gives every field the advice of an editor.</summary>
    [SuppressMessage("MicrosoftCodeAnalysisCorrectness", "RS1001", Justification = "It stands in for the editor and is in no package.")]
    [SuppressMessage("MicrosoftCodeAnalysisCorrectness", "RS1036", Justification = "It stands in for the editor and is in no package.")]
    [SuppressMessage("MicrosoftCodeAnalysisReleaseTracking", "RS2008", Justification = "It stands in for the editor and is in no package.")]
    private sealed class EditorAdvice : DiagnosticAnalyzer
    {
        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. new[] { "IDE0044", "IDE0051" }.Select(id =>
            new DiagnosticDescriptor(id, "Advice", "Advice", "Style", DiagnosticSeverity.Info, isEnabledByDefault: true))];

        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.EnableConcurrentExecution();
            context.RegisterSymbolAction(
                field => SupportedDiagnostics.ToList().ForEach(rule => field.ReportDiagnostic(Diagnostic.Create(rule, field.Symbol.Locations[0]))),
                SymbolKind.Field);
        }
    }
}
