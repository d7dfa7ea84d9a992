using Xunit;

namespace TmemCore.Tidy.Rules;

public class RuleTests
{
    private static readonly string[] s_top =
        ["README.md", "CHANGELOG.md", "LICENSE", "TmemCore.sln", "global.json", "Directory.Build.props", "Directory.Packages.props", ".editorconfig"];

    private static readonly string[] s_folders = ["src", "generators", "analyzers", "tests", "bench", ".ci", ".github"];

    private static readonly Lazy<SourceFile[]> s_files = new(() =>
        [.. s_top.Concat(s_folders.SelectMany(Repository.FilesBelow)).Select(SourceFile.Read)]);

    public static TheoryData<string> Names => [.. Rule.All.Select(rule => rule.Name)];

    /// <summary>A rule, a path, a text that breaks the rule, and the line where it does.</summary>
    public static TheoryData<string, string, string, int> Broken => new()
    {
        { nameof(FileLength), "src/A/Long.cs", new string('\n', FileLength.MaximumLines) + "class Long;", 501 },
        { nameof(MethodLength), "src/A/C.cs", $"class C\n{{\n    void M()\n    {{{new string('\n', MethodLength.MaximumLines - 1)}    }}\n}}", 3 },
        { nameof(MethodLength), "src/A/C.cs", $"class C\n{{\n    int P\n    {{\n        get\n        {{{new string('\n', 70)}}} }} }}", 5 },
        { nameof(MethodLength), "src/A/Program.cs", $"Run(\n{new string('\n', MethodLength.MaximumLines)});", 1 },
        { nameof(FileName), "src/A/Other.cs", "namespace A;\n\nclass Thing;", 3 },
        { nameof(FileName), "src/A/Other.Facet.cs", "enum Facet;", 1 },
        { nameof(PointerFloor), "src/TmemCore/Store/Shard.cs", "class Shard\n{\n    unsafe void M() { }\n}", 3 },
        { nameof(PointerFloor), "src/TmemCore.Tool/Shard.cs", "class Shard\n{\n    void M(byte* page) { }\n}", 3 },
        { nameof(PointerFloor), "src/TmemCore/Shard.cs", "class Shard\n{\n    delegate*<int> _m;\n}", 3 },
        { nameof(NativeCalls), "src/TmemCore/Memory/Region.cs", "class Region\n{\n    [LibraryImport(\"c\")]\n    static partial int M();\n}", 3 },
        { nameof(NativeCalls), "tests/A/Region.cs", "class Region\n{\n    [System.Runtime.InteropServices.DllImportAttribute(\"c\")] static int M();\n}", 3 },
        { nameof(NativeCalls), "bench/A/Region.cs", "class Region\n{\n    static extern int M();\n}", 3 },
        { nameof(ClocklessTests), "tests/A/T.cs", "class T\n{\n    void M() => Thread.Sleep(10);\n}", 3 },
        { nameof(ClocklessTests), "tests/A/T.cs", "class T\n{\n    bool M() => clock.ElapsedMilliseconds < 10;\n}", 3 },
        { nameof(ClocklessTests), "tests/A/T.cs", "class T\n{\n    void M() => Assert.InRange(Stopwatch.GetElapsedTime(start), low, high);\n}", 3 },
        { nameof(Leftovers), "tests/A/T.cs", "class T\n{\n    [Fact(Skip = \"later\")]\n    void M() { }\n}", 3 },
        { nameof(Leftovers), "src/A/T.cs", "#pragma warning disable CA1000\nclass T;", 1 },
        { nameof(Leftovers), "src/A/T.cs", "// TO" + "DO: finish\nclass T;", 1 },
        { nameof(Leftovers), "src/A/T.cs", "/// <summary>FIX" + "ME</summary>\nclass T;", 1 },
        { nameof(OwnWords), "README.md", "Run\n/ho" + "me/me/tmem", 2 },
        { nameof(OwnWords), "CHANGELOG.md", "Repaired (#" + "12).", 1 },
        { nameof(OwnWords), "src/A/T.cs", "// See is" + "sue 12.", 1 },
        { nameof(OwnWords), ".ci/run", "\n# made in this sess" + "ion", 2 },
        { nameof(OwnWords), "Directory.Build.props", "<Url>https://www.nuget" + ".org/p</Url>", 1 },
    };

    /// <summary>A rule, a path, and a text that keeps the rule though it comes near to breaking it.</summary>
    public static TheoryData<string, string, string> Kept => new()
    {
        { nameof(FileLength), "src/A/Long.cs", new string('\n', FileLength.MaximumLines - 1) + "class Long;\n" },
        { nameof(MethodLength), "src/A/C.cs", $"class C\n{{\n    void M()\n    {{{new string('\n', MethodLength.MaximumLines - 2)}    }}\n}}" },
        { nameof(FileName), "src/A/Thing.Facet.cs", "namespace A;\n\nclass Companion;\n\npartial class Thing;" },
        { nameof(FileName), "src/A/Thing{T}.cs", "class Thing<T>;" },
        { nameof(FileName), "src/A/Program.cs", "return 0;" },
        { nameof(PointerFloor), "src/A/C.cs", "class C\n{\n    // unsafe, in words\n    int M(int x, int y) => x * y;\n}" },
        { nameof(NativeCalls), "src/A/C.cs", "extern alias Other;\n\nclass C;" },
        { nameof(NativeCalls), "tests/A/C.cs", "class C\n{\n    [UnsafeAccessor(UnsafeAccessorKind.Field)]\n    static extern ref int M(Thing thing);\n}" },
        { nameof(ClocklessTests), "tests/A/T.cs", "class T\n{\n    void M() => Console.WriteLine(clock.Elapsed);\n    bool N(int a) => a < 10;\n}" },
        { nameof(Leftovers), "src/A/T.cs", "class T\n{\n    string S => \"TO" + "DO\";\n    void Skip(int Skip = 1) { }\n}" },
        { nameof(OwnWords), "src/A/T.cs", "#if DEBUG\nstring F => \"{0:#0}\"; // an issue of order; obsession; /proc/self; src/work/x\n#endif" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_file_keeps_the_rule(string name)
    {
        Rule rule = RuleOf(name);

        string[] findings = [.. s_files.Value.Where(rule.Covers).SelectMany(
            file => rule.Find(file).Select(finding => $"{file.Path}:{finding.Line}: {finding.Message}"))];

        Assert.True(findings.Length == 0, string.Join('\n', findings.Prepend("")));
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_breaks_the_rule_is_found(string name, string path, string text, int line)
    {
        var file = new SourceFile(path, text);

        Assert.True(RuleOf(name).Covers(file));
        Assert.Contains(RuleOf(name).Find(file), finding => finding.Line == line);
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public void What_keeps_the_rule_is_left_alone(string name, string path, string text)
    {
        var file = new SourceFile(path, text);

        Assert.True(RuleOf(name).Covers(file));
        Assert.Empty(RuleOf(name).Find(file));
    }

    [Theory]
    [InlineData(nameof(PointerFloor), "src/TmemCore/Memory/Arena.cs")]
    [InlineData(nameof(PointerFloor), "src/TmemCore.Server/Native.cs")]
    [InlineData(nameof(PointerFloor), "tests/A/T.cs")]
    [InlineData(nameof(NativeCalls), "src/TmemCore/Memory/Native.cs")]
    [InlineData(nameof(NativeCalls), "tests/TmemCore.Analyzers.Tests/Corpus/Correct/Ring.cs")]
    [InlineData(nameof(ClocklessTests), "bench/A/Row.cs")]
    [InlineData(nameof(OwnWords), "tests/A/trace.gz")]
    public void A_file_that_the_rule_is_not_about_is_left_alone(string name, string path) =>
        Assert.False(RuleOf(name).Covers(new SourceFile(path, "")));

    [Fact]
    public void Every_rule_is_shown_to_find_something()
    {
        string[] shown = [.. Broken.Select(row => (string)row[0]).Distinct()];

        Assert.Equal(Rule.All.Select(rule => rule.Name).Order(), shown.Order());
    }

    [Fact]
    public void The_files_are_the_repositorys()
    {
        Assert.Contains(s_files.Value, file => file.Path == "src/TmemCore/TmemHost.cs");
        Assert.Contains(s_files.Value, file => file.Path == ".ci/run");
        Assert.DoesNotContain(s_files.Value, file => file.Path.Contains("/obj/", StringComparison.Ordinal));
    }

    private static Rule RuleOf(string name) => Rule.All.Single(rule => rule.Name == name);
}
