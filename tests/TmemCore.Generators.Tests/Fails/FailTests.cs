using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TmemCore.Generators.Tests.Compiles;

namespace TmemCore.Generators.Tests.Fails;

/// <summary>What the generator passes over the rules explain, and nothing generated ever adds an error.</summary>
public class FailTests
{
    private const string Usings = "using System;\nusing TmemCore;\nusing TmemCore.Abi;\n";

    public static TheoryData<string> Failing => [.. FailingSnippets.All.Keys];

    public static TheoryData<string> Clashing => [.. FailingSnippets.Clashing.Keys];

    public static TheoryData<string> Everything => [.. FailingSnippets.All.Keys, .. Snippets.Compiling.Keys];

    [Theory]
    [MemberData(nameof(Failing))]
    public async Task The_rule_says_why(string name)
    {
        (string rule, string says, string source) = FailingSnippets.All[name];
        IReadOnlyList<Diagnostic> found = await Harness.AnalyzeAsync(LanguageVersion.Latest, Usings + source);
        Assert.Contains(found, diagnostic => diagnostic.Id == rule
            && diagnostic.GetMessage().Contains(says, StringComparison.Ordinal)
            && diagnostic.Location.IsInSource);
        Assert.DoesNotContain(found, diagnostic => diagnostic.Id == "AD0001");
    }

    [Theory]
    [MemberData(nameof(Failing))]
    public void What_is_generated_adds_no_error(string name)
    {
        string source = Usings + FailingSnippets.All[name].Source;
        string[] before = [.. Errors(Harness.Compile(source).GetDiagnostics())];
        string[] after = [.. Errors(Harness.GenerateAndCompile(LanguageVersion.Latest, source))];
        Assert.Empty(after.Except(before));
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task A_type_is_either_generated_or_reported(string name)
    {
        string source = FailingSnippets.All.TryGetValue(name, out var failing)
            ? Usings + failing.Source
            : Snippets.Compiling[name].Source;
        IReadOnlyList<Diagnostic> found = await Harness.AnalyzeAsync(LanguageVersion.Latest, source);
        SortedDictionary<string, string> files = Harness.Generate(source);
        int types = 0;
        foreach (TypeDeclarationSyntax type in CSharpSyntaxTree.ParseText(source).GetRoot().DescendantNodes()
            .OfType<TypeDeclarationSyntax>().Where(IsAnnotated))
        {
            types++;
            bool generated = files.Keys.Any(file => file.Split('.')[^4].Split('_')[0] == Plain(type));
            bool reported = found.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error
                && diagnostic.Id != "TMEM003"
                && type.Span.Contains(diagnostic.Location.SourceSpan));
            Assert.True(generated != reported, $"{type.Identifier.Text}: generated {generated}, reported {reported}");
        }

        Assert.True(types > 0);
    }

    [Theory]
    [MemberData(nameof(Clashing))]
    public async Task Ops_that_clash_leave_their_family_out(string name)
    {
        (string says, string source) = FailingSnippets.Clashing[name];
        IReadOnlyList<Diagnostic> found = await Harness.AnalyzeAsync(LanguageVersion.Latest, Usings + source);
        Diagnostic only = Assert.Single(found);
        Assert.Equal("TMEM007", only.Id);
        Assert.Contains(says, only.GetMessage());
        Assert.DoesNotContain(Harness.Generate(Usings + source).Keys, file => file.StartsWith("Ops.", StringComparison.Ordinal));
        Assert.Empty(Harness.GenerateAndCompile(LanguageVersion.Latest, Usings + source));
    }

    [Fact]
    public async Task An_older_language_is_refused_with_the_line_to_change()
    {
        const string Source = "using TmemCore.Abi;\n[AbiStruct(\"s\")] public partial struct S { [AbiField(\"x\")] public uint X; }";
        IReadOnlyList<Diagnostic> found = await Harness.AnalyzeAsync(LanguageVersion.CSharp8, Source);
        Assert.Equal("TMEM009", Assert.Single(found).Id);
        Assert.Contains("LangVersion", found[0].GetMessage());
        Assert.Empty(Harness.Driver(LanguageVersion.CSharp8)
            .RunGenerators(Harness.Compile(LanguageVersion.CSharp8, Source)).GetRunResult().GeneratedTrees);
    }

    [Theory]
    [InlineData("TMEM003", "[AbiStruct(\"s\"), AbiSize(4, 8)] public partial struct S { [AbiField(\"x\")] public uint X; }")]
    [InlineData("TMEM004", "[AbiStruct(\"s\")] public partial struct S { [AbiField(\"x\")] public byte X; [AbiField(\"y\")] public uint Y; }")]
    [InlineData("TMEM006", "[AbiStruct(\"s\")] public partial struct S { [AbiField(\"x\", Form = AbiForm.Word)] public ulong X; }")]
    [InlineData("TMEM008", "class C { PutPageOp M(byte[] bytes) => System.Runtime.InteropServices.MemoryMarshal.Read<PutPageOp>(bytes); }")]
    [InlineData("TMEM008", "class C { int M(ref byte first) => System.Runtime.CompilerServices.Unsafe.As<byte, TmemOp>(ref first).PoolId; }")]
    public async Task A_harmless_slip_is_reported_and_generated_all_the_same(string rule, string source)
    {
        IReadOnlyList<Diagnostic> found = await Harness.AnalyzeAsync(LanguageVersion.Latest, Usings + source);
        Assert.Equal(rule, Assert.Single(found).Id);
        Assert.Empty(Errors(Harness.GenerateAndCompile(LanguageVersion.Latest, Usings + source)));
    }

    [Fact]
    public async Task Broken_code_never_breaks_generator_or_rules()
    {
        Random random = new(20_240_917);
        string[] sources = [.. Snippets.Compiling.Values.Select(entry => entry.Source)];
        for (int round = 0; round < 120; round++)
        {
            string broken = DeleteTokens(sources[round % sources.Length], random, 1 + (round % 4));
            Harness.Generate(broken);
            IReadOnlyList<Diagnostic> found = await Harness.AnalyzeAsync(LanguageVersion.Latest, broken);
            Assert.DoesNotContain(found, diagnostic => diagnostic.Id == "AD0001");
        }
    }

    private static string DeleteTokens(string source, Random random, int count)
    {
        for (int i = 0; i < count; i++)
        {
            SyntaxToken[] tokens = [.. CSharpSyntaxTree.ParseText(source).GetRoot().DescendantTokens()];
            SyntaxToken token = tokens[random.Next(tokens.Length)];
            source = source.Remove(token.SpanStart, token.Span.Length);
        }

        return source;
    }

    private static bool IsAnnotated(TypeDeclarationSyntax type) => type.AttributeLists.SelectMany(list => list.Attributes)
        .Any(attribute => attribute.Name.ToString().Split('.')[^1] is "AbiStruct" or "AbiOp" or "AbiFamily");

    /// <summary>The name as file names have it.</summary>
    private static string Plain(TypeDeclarationSyntax type) => new string(
        [.. type.Identifier.ValueText.Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_')]).Split('_')[0];

    private static IEnumerable<string> Errors(IEnumerable<Diagnostic> diagnostics) => diagnostics
        .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
        .Select(diagnostic => diagnostic.Id + diagnostic.Location.SourceSpan);
}
