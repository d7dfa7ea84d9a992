using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using TmemCore.Abi;
using TmemCore.Analyzers.Abi;

namespace TmemCore.Generators.Tests;

/// <summary>Compiles snippets against this runtime and TmemCore itself, and runs the generator and the rules over them.</summary>
internal static class Harness
{
    public static readonly LanguageVersion[] Languages =
        [LanguageVersion.CSharp9, LanguageVersion.CSharp12, LanguageVersion.Latest, LanguageVersion.Preview];

    private static readonly ImmutableArray<MetadataReference> s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal)
                || Path.GetFileName(path) is "netstandard.dll" or "mscorlib.dll")
            .Select(path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(TmemOp).Assembly.Location),
    ];

    public static CSharpCompilation Compile(params string[] sources) => Compile(LanguageVersion.Latest, sources);

    public static CSharpCompilation Compile(LanguageVersion language, params string[] sources) => CSharpCompilation.Create(
        "Snippet",
        sources.Select((source, index) => CSharpSyntaxTree.ParseText(
            source, CSharpParseOptions.Default.WithLanguageVersion(language), $"Snippet{index}.cs")),
        s_references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    public static CSharpGeneratorDriver Driver(LanguageVersion language = LanguageVersion.Latest) => CSharpGeneratorDriver.Create(
        [new AbiGenerator().AsSourceGenerator()],
        parseOptions: CSharpParseOptions.Default.WithLanguageVersion(language),
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>The generated files by name, in the order of their names.</summary>
    public static SortedDictionary<string, string> Generate(params string[] sources)
    {
        GeneratorDriverRunResult result = Driver().RunGenerators(Compile(sources)).GetRunResult();
        Assert.Null(result.Results[0].Exception);
        return new SortedDictionary<string, string>(
            result.Results[0].GeneratedSources.ToDictionary(file => file.HintName, file => file.SourceText.ToString()),
            StringComparer.Ordinal);
    }

    /// <summary>Everything the compiler says of the snippet together with what is generated for it, warnings included.</summary>
    public static IReadOnlyList<Diagnostic> GenerateAndCompile(LanguageVersion language, params string[] sources)
    {
        GeneratorDriver driver = Driver(language).RunGeneratorsAndUpdateCompilation(
            Compile(language, sources), out Compilation compilation, out ImmutableArray<Diagnostic> own);
        Assert.Empty(own);
        Assert.Null(driver.GetRunResult().Results[0].Exception);
        return [.. compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)];
    }

    /// <summary>What the rules say of the snippet, generated code included, in the order of the source.</summary>
    public static async Task<IReadOnlyList<Diagnostic>> AnalyzeAsync(LanguageVersion language, params string[] sources)
    {
        Driver(language).RunGeneratorsAndUpdateCompilation(Compile(language, sources), out Compilation compilation, out _);
        ImmutableArray<Diagnostic> found = await compilation
            .WithAnalyzers([new AbiDefinitionAnalyzer(), new AbiReinterpretationAnalyzer()])
            .GetAnalyzerDiagnosticsAsync();
        return [.. found.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start).ThenBy(diagnostic => diagnostic.Id)];
    }
}
