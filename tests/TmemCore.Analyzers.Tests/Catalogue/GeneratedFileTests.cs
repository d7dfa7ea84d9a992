namespace TmemCore.Analyzers.Tests.Catalogue;

/// <summary>With TMEM_WRITE_RULES=1 in the environment the tests write the files; otherwise they compare them.</summary>
public class GeneratedFileTests
{
    private const string Command = "TMEM_WRITE_RULES=1 dotnet test tests/TmemCore.Analyzers.Tests";

    public static TheoryData<string> Names => [.. GeneratedFiles.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_file_is_what_the_rules_make_it(string name)
    {
        string path = Repository.PathOf(name);
        string written = File.Exists(path) ? File.ReadAllText(path) : "";
        string right = GeneratedFiles.All[name](written);
        if (Environment.GetEnvironmentVariable("TMEM_WRITE_RULES") == "1")
        {
            File.WriteAllText(path, right);
            written = right;
        }

        Assert.True(written == right, $"{name} is not what the rules make it; write it anew with\n{Command}\n\nIt should be:\n{right}");
    }
}
