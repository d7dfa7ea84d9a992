using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TmemCore.Generators.Tests.Compiles;

/// <summary>Everything here must generate code, at every language version, and compile without a warning.</summary>
public class CompileTests
{
    public static TheoryData<string, LanguageVersion> Matrix()
    {
        TheoryData<string, LanguageVersion> data = [];
        foreach (string name in Snippets.Compiling.Keys)
        {
            foreach (LanguageVersion language in Harness.Languages)
            {
                data.Add(name, language);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Generated_code_compiles_without_a_warning(string name, LanguageVersion language)
    {
        (string source, int files, LanguageVersion lowest) = Snippets.Compiling[name];
        if (language < lowest)
        {
            language = lowest;
        }

        Assert.Empty(Harness.GenerateAndCompile(language, source));
        Assert.Equal(files, Harness.Generate(source).Count);
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task The_rules_have_nothing_to_say_of_it(string name, LanguageVersion language)
    {
        (string source, _, LanguageVersion lowest) = Snippets.Compiling[name];
        Assert.Empty(await Harness.AnalyzeAsync(language < lowest ? lowest : language, source));
    }

    [Fact]
    public void A_definition_split_over_assemblies_is_read_from_metadata()
    {
        // The op's home is TmemCore's own structure, of which only metadata is at hand.
        string text = Harness.Generate(Snippets.Compiling["OpInTmemOp"].Source)
            .Single(file => file.Key.StartsWith("MyApp.PinPageOp", StringComparison.Ordinal)).Value;
        Assert.Contains("public const int MaxSize = 56;", text);
        Assert.Contains("WriteUInt64LittleEndian(bytes.Slice(48), this.Frame);", text);
    }

    [Fact]
    public void The_documents_of_generated_members_are_complete()
    {
        string source = Snippets.Compiling["OpInTmemOp"].Source;
        CSharpParseOptions options = CSharpParseOptions.Default.WithDocumentationMode(DocumentationMode.Diagnose);
        Compilation compilation = Harness.Compile().AddSyntaxTrees(CSharpSyntaxTree.ParseText(source, options));
        foreach ((string file, string text) in Harness.Generate(source))
        {
            compilation = compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText(text, options, file));
        }

        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Dispatchers_leave_locals_uncleared_where_the_project_allows_unsafe_blocks(bool allowed)
    {
        const string source = """
            using TmemCore.Abi;
            [AbiFamily(typeof(TmemOp))] public static partial class MyOps { }
            [AbiOp(typeof(MyOps), 200)] public partial struct PinOp { public int PoolId { get; set; } }
            """;
        CSharpCompilation compilation = Harness.Compile(source);
        compilation = compilation.WithOptions(compilation.Options.WithAllowUnsafe(allowed));
        Harness.Driver().RunGeneratorsAndUpdateCompilation(compilation, out Compilation whole, out _);
        Assert.DoesNotContain(whole.GetDiagnostics(), static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
        Assert.Equal(allowed, whole.SyntaxTrees.Any(static tree => tree.ToString().Contains("SkipLocalsInit", StringComparison.Ordinal)));
    }
}
