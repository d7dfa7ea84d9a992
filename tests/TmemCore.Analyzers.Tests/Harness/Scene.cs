using Microsoft.CodeAnalysis.CSharp;

namespace TmemCore.Analyzers.Tests.Harness;

/// <summary>What surrounds a snippet.</summary>
internal sealed record Scene
{
    public static Scene Default { get; } = new();

    /// <summary>Whether the snippet may fail to compile.</summary>
    public bool MayBeBroken { get; init; }

    public LanguageVersion Language { get; init; } = LanguageVersion.Latest;

    /// <summary>Lines of an .editorconfig, such as <c>tmem_pinning_strict</c>.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Additional files, text by path.</summary>
    public IReadOnlyDictionary<string, string> AdditionalFiles { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether rules that are off by default run.</summary>
    public bool EveryRule { get; init; } = true;

    /// <summary>Whether TmemCore is referred to.</summary>
    public bool WithTmemCore { get; init; } = true;

    /// <summary>Which rules are looked at, by the beginnings of their ids; all of them where empty.</summary>
    public IReadOnlyList<string> Families { get; init; } = [];

    public string FileName { get; init; } = "Snippet.cs";

    public Scene With(string option, string value) =>
        this with { Options = new Dictionary<string, string>(Options) { [option] = value } };
}
