using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using TmemCore.Abi;

namespace TmemCore.Analyzers.Tests.Harness;

/// <summary>Compiles snippets against this runtime and TmemCore, and runs rules over them.</summary>
internal static class SceneCompiler
{
    /// <summary>Usings every snippet has, so that it need not repeat them.</summary>
    public const string GlobalUsings = """
        global using System;
        global using System.Buffers;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Runtime.CompilerServices;
        global using System.Runtime.InteropServices;
        global using System.Threading;
        global using System.Threading.Tasks;

        """;

    public const string TmemUsings = """
        global using TmemCore;
        global using TmemCore.Abi;
        global using TmemCore.Hypercalls;

        """;

    private static readonly ImmutableArray<MetadataReference> s_platform =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal)
                || Path.GetFileName(path) is "netstandard.dll" or "mscorlib.dll")
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private static readonly MetadataReference s_tmem = MetadataReference.CreateFromFile(typeof(TmemOp).Assembly.Location);

    private static readonly ImmutableDictionary<string, ReportDiagnostic> s_everyRule = RuleBook.Rules
        .Where(rule => !rule.IsEnabledByDefault)
        .ToImmutableDictionary(rule => rule.Id, _ => ReportDiagnostic.Warn);

    public static IEnumerable<MetadataReference> References(Scene scene) => scene.WithTmemCore ? s_platform.Add(s_tmem) : s_platform;

    public static string Usings(Scene scene) => scene.WithTmemCore ? GlobalUsings + TmemUsings : GlobalUsings;

    public static CSharpParseOptions ParseOptions(Scene scene) => CSharpParseOptions.Default.WithLanguageVersion(scene.Language);

    public static CSharpCompilationOptions CompilationOptions(Scene scene, bool isProgram) => new(
        isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
        allowUnsafe: true,
        nullableContextOptions: NullableContextOptions.Enable,
        specificDiagnosticOptions: scene.EveryRule ? s_everyRule : null);

    public static CSharpCompilation Compile(string source, Scene scene)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(source, ParseOptions(scene), scene.FileName);
        return CSharpCompilation.Create(
            "Snippet",
            [CSharpSyntaxTree.ParseText(Usings(scene), ParseOptions(scene), "Usings.cs"), tree],
            References(scene),
            CompilationOptions(scene, IsProgram(tree)));
    }

    public static bool IsProgram(SyntaxTree tree) => tree.GetRoot().ChildNodes().Any(node => node is GlobalStatementSyntax);

    /// <summary>What the rules say. A rule that throws fails the test.</summary>
    public static async Task<IReadOnlyList<Diagnostic>> AnalyzeAsync(Compilation compilation, Scene scene)
    {
        ConcurrentQueue<Exception> thrown = [];
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions(
                [.. scene.AdditionalFiles.Select(file => new TextFile(file.Key, file.Value))], new SceneOptions(scene.Options)),
            (exception, _, _) => thrown.Enqueue(exception),
            concurrentAnalysis: true,
            logAnalyzerExecutionTime: false);
        ImmutableArray<Diagnostic> found = await compilation
            .WithAnalyzers(RuleBook.Analyzers, options)
            .GetAnalyzerDiagnosticsAsync()
            .ConfigureAwait(false);
        Assert.True(thrown.IsEmpty, $"A rule threw.\n{string.Join('\n', thrown)}");
        Assert.DoesNotContain(found, diagnostic => diagnostic.Id == "AD0001");
        return
        [
            .. found
                .Where(one => !one.IsSuppressed && (scene.Families.Count == 0 || scene.Families.Any(family => one.Id.StartsWith(family, StringComparison.Ordinal))))
                .OrderBy(one => one.Location.SourceSpan.Start)
                .ThenBy(one => one.Id, StringComparer.Ordinal),
        ];
    }

    private sealed class TextFile(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }

    private sealed class SceneOptions(IReadOnlyDictionary<string, string> lines) : AnalyzerConfigOptionsProvider
    {
        private readonly Lines _lines = new(lines);

        public override AnalyzerConfigOptions GlobalOptions => _lines;

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => _lines;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => _lines;
    }

    private sealed class Lines(IReadOnlyDictionary<string, string> lines) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) =>
            lines.TryGetValue(key, out value);
    }
}
