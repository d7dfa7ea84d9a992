using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace TmemCore.Analyzers.Tests.Harness;

/// <summary>
/// Runs every rule over a snippet and compares what they say with the <see cref="Markup">marks</see> in it. The snippet must
/// compile, unless its scene says otherwise, and no rule may throw.
/// </summary>
internal static partial class Verify
{
    /// <summary>No rule has anything to say.</summary>
    public static Task QuietAsync(string source, Scene? scene = null) => ReportsAsync(null, source, scene);

    /// <summary>Exactly the marked places are reported.</summary>
    public static async Task ReportsAsync(string? id, string marked, Scene? scene = null)
    {
        scene ??= Scene.Default;
        (string source, IReadOnlyList<Markup.Expectation> expected) = Markup.Read(marked, id);
        Compare(source, expected, await FindAsync(source, scene));
    }

    /// <summary>All reports about a snippet without marks.</summary>
    public static async Task<IReadOnlyList<Diagnostic>> FindAsync(string source, Scene scene)
    {
        CSharpCompilation compilation = SceneCompiler.Compile(source, scene);
        if (!scene.MayBeBroken)
        {
            Diagnostic[] errors = [.. compilation.GetDiagnostics().Where(one => one.Severity == DiagnosticSeverity.Error)];
            Assert.True(errors.Length == 0, $"The snippet does not compile.\n{string.Join('\n', errors.AsEnumerable())}\n\n{source}");
        }

        return await SceneCompiler.AnalyzeAsync(compilation, scene);
    }

    private static void Compare(string source, IReadOnlyList<Markup.Expectation> expected, IReadOnlyList<Diagnostic> found)
    {
        string[] wanted = [.. expected.OrderBy(one => one.Span.Start).ThenBy(one => one.Id).Select(one => Line(source, one.Id, one.Span))];
        string[] got = [.. found.Select(one => Line(source, one.Id, one.Location.SourceSpan))];
        if (!wanted.Order(StringComparer.Ordinal).SequenceEqual(got.Order(StringComparer.Ordinal)))
        {
            Assert.Fail(
                $"Expected\n{List(wanted)}\nfound\n{List(got)}\nin full\n{List(found.Select(one => one.ToString()))}\n\n{source}");
        }
    }

    private static string List(IEnumerable<string> lines) =>
        string.Join('\n', lines.DefaultIfEmpty("nothing").Select(line => "    " + line));

    private static string Line(string source, string id, TextSpan span)
    {
        LinePosition start = SourceText.From(source).Lines.GetLinePosition(span.Start);
        return $"({start.Line + 1},{start.Character + 1}) {id} '{source.Substring(span.Start, span.Length)}'";
    }
}
