using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TmemCore.Tidy.Rules;

/// <summary>A file of text, and its syntax when it is C#.</summary>
/// <param name="path">From the root of the repository, with forward slashes.</param>
/// <param name="text">All of it.</param>
internal sealed class SourceFile(string path, string text)
{
    private static readonly CSharpParseOptions s_newest = new(LanguageVersion.Preview, DocumentationMode.Parse);

    /// <summary>Programs that rules are shown: data, in the style of other people.</summary>
    private const string ShownPrograms = "tests/TmemCore.Analyzers.Tests/Corpus/";

    private SyntaxNode? _syntax;

    public string Path { get; } = path;

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public string Text { get; } = text;

    /// <summary>Whether it is code of the project itself.</summary>
    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal) && !IsBelow(ShownPrograms);

    public SyntaxNode Syntax => _syntax ??= CSharpSyntaxTree.ParseText(Text, s_newest, Path).GetRoot();

    public static SourceFile Read(string relativePath) => new(relativePath, File.ReadAllText(Repository.PathOf(relativePath)));

    /// <summary>A finding at the line where a node begins.</summary>
    public static Finding At(SyntaxNodeOrToken place, string message) =>
        new(place.GetLocation()!.GetLineSpan().StartLinePosition.Line + 1, message);

    public bool IsBelow(string folder) => Path.StartsWith(folder, StringComparison.Ordinal);
}
