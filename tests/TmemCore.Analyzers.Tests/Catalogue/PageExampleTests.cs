using System.Text.RegularExpressions;

namespace TmemCore.Analyzers.Tests.Catalogue;

/// <summary>
/// The examples of a page are run: under its heading "Examples", code after a line "Wrong:" is reported by the rule, and code
/// after a line "Right:" by none. Options of the project's own that are shown there hold for the examples.
/// </summary>
public partial class PageExampleTests
{
    public static TheoryData<string, int> Wrong => Examples("Wrong");

    public static TheoryData<string, int> Right => Examples("Right");

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task The_wrong_example_is_reported(string id, int index) =>
        Assert.Contains(await Verify.FindAsync(CodeOf(id, "Wrong")[index], SceneOf(id)), one => one.Id == id);

    [Theory]
    [MemberData(nameof(Right))]
    public Task The_right_example_is_quiet(string id, int index) => Verify.QuietAsync(CodeOf(id, "Right")[index], SceneOf(id));

    [Fact]
    public void Pages_with_one_kind_have_the_other() =>
        Assert.Equal(Wrong.Select(row => row[0]).Distinct(), Right.Select(row => row[0]).Distinct());

    private static TheoryData<string, int> Examples(string kind)
    {
        TheoryData<string, int> rows = [];
        foreach (string id in RuleBook.Rules.Select(rule => rule.Id))
        {
            for (int i = 0; i < CodeOf(id, kind).Length; i++)
            {
                rows.Add(id, i);
            }
        }

        return rows;
    }

    private static string[] CodeOf(string id, string kind) =>
        [.. Example().Matches(ExamplesOf(id)).Where(match => match.Groups[1].Value == kind).Select(match => match.Groups[2].Value)];

    private static Scene SceneOf(string id) => Option().Matches(ExamplesOf(id))
        .Aggregate(Scene.Default, (scene, option) => scene.With(option.Groups[1].Value, option.Groups[2].Value));

    private static string ExamplesOf(string id)
    {
        string path = Repository.PathOf("analyzers", "docs", id + ".md");
        string page = File.Exists(path) ? File.ReadAllText(path) : "";
        int examples = page.IndexOf("\n## Examples\n", StringComparison.Ordinal);
        return examples < 0 ? "" : page[examples..];
    }

    [GeneratedRegex(@"^(Wrong|Right):\n\n```csharp\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Example();

    [GeneratedRegex(@"^(tmem_\w+) = (.*)$", RegexOptions.Multiline)]
    private static partial Regex Option();
}
