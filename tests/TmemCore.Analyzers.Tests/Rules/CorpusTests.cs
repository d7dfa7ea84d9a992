namespace TmemCore.Analyzers.Tests.Rules;

/// <summary>
/// Programs in the style of real bindings. Those in <c>Corpus/Correct</c> get no report from any rule; those in
/// <c>Corpus/Wrong</c> get theirs exactly at the marks. A file put there is found by itself.
/// </summary>
public class CorpusTests
{
    public const int ProgramsMin = 60;

    public static TheoryData<string> Correct => Files("Correct");

    public static TheoryData<string> Wrong => Files("Wrong");

    [Theory]
    [MemberData(nameof(Correct))]
    public Task Correct_programs_get_no_report(string file) => Verify.QuietAsync(Text("Correct", file));

    [Theory]
    [MemberData(nameof(Wrong))]
    public Task Wrong_programs_are_reported_where_they_are_wrong(string file)
    {
        string marked = Text("Wrong", file);
        Assert.NotEmpty(Markup.Read(marked).Expected);
        return Verify.ReportsAsync(null, marked);
    }

    [Fact]
    public void There_are_enough_of_both()
    {
        Assert.True(Correct.Count >= ProgramsMin);
        Assert.True(Wrong.Count >= ProgramsMin);
    }

    internal static string Text(string kind, string file) =>
        File.ReadAllText(Repository.PathOf("tests", "TmemCore.Analyzers.Tests", "Corpus", kind, file));

    internal static IEnumerable<string> Names(string kind) =>
        Directory.GetFiles(Repository.PathOf("tests", "TmemCore.Analyzers.Tests", "Corpus", kind), "*.cs")
            .Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private static TheoryData<string> Files(string kind) => [.. Names(kind)];
}
