using System.Text.RegularExpressions;

namespace TmemCore.Analyzers.Tests.Catalogue;

/// <summary>
/// The examples of a page are run: under its heading "Examples", code after a line "Wrong:" is reported by the rule, and code
/// after a line "Right:" by none.
/// </summary>
public partial class PageExampleTests
{
    public static TheoryData<string, int> Wrong => Examples("Wrong");

    public static TheoryData<string, int> Right => Examples("Right");

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task The_wrong_example_is_reported(string id, int index) =>
        Assert.Contains(await Verify.FindAsync(CodeOf(id, "Wrong")[index], Scene.Default), one => one.Id == id);

    [Theory]
    [MemberData(nameof(Right))]
    public Task The_right_example_is_quiet(string id, int index) => Verify.QuietAsync(CodeOf(id, "Right")[index]);

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

    private static string[] CodeOf(string id, string kind)
    {
        string path = Repository.PathOf("analyzers", "docs", id + ".md");
        string page = File.Exists(path) ? File.ReadAllText(path) : "";
        int examples = page.IndexOf("\n## Examples\n", StringComparison.Ordinal);
        return examples < 0
            ? []
            : [.. Example().Matches(page[examples..]).Where(match => match.Groups[1].Value == kind).Select(match => match.Groups[2].Value)];
    }

    [GeneratedRegex(@"^(Wrong|Right):\n\n```csharp\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Example();
}
