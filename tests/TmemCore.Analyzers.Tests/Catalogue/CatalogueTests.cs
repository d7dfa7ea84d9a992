using Microsoft.CodeAnalysis;

namespace TmemCore.Analyzers.Tests.Catalogue;

/// <summary>A rule is whole: an id in its family's range, a page, a help link to it, and a line in the release file.</summary>
public class CatalogueTests
{
    private static readonly (string Category, int First, int Last)[] s_ranges =
    [
        ("Abi", 1, 99),
        ("Pinning", 101, 199),
        ("Usage", 201, 299),
        ("HotPath", 301, 399),
    ];

    private static readonly string[] s_headings = ["## Description", "## How to fix", "## When to suppress"];

    public static TheoryData<string> Ids => [.. RuleBook.Rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_id_lies_in_the_range_of_its_category(string id)
    {
        DiagnosticDescriptor rule = RuleOf(id);
        Assert.Matches("^TMEM[0-9]{3}$", id);
        (string category, int first, int last) = Assert.Single(s_ranges, range => range.Category == rule.Category);
        Assert.True(
            int.Parse(id.AsSpan(4), null) >= first && int.Parse(id.AsSpan(4), null) <= last, $"{id} is no id of {category}: {first} to {last}.");
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_rule_has_a_page(string id)
    {
        DiagnosticDescriptor rule = RuleOf(id);
        string page = File.ReadAllText(Repository.PathOf("analyzers", "docs", id + ".md"));
        Assert.StartsWith($"# {id}: {rule.Title}\n", page);
        Assert.Contains($"Category: {rule.Category}. Severity: {rule.DefaultSeverity.ToString().ToLowerInvariant()}", page);
        Assert.Equal(!rule.IsEnabledByDefault, page.Contains(", off by default.", StringComparison.Ordinal));
        Assert.All(s_headings, heading => Assert.Contains($"\n{heading}\n", page));
        Assert.Contains("\n```", page);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_help_link_leads_to_the_page(string id)
    {
        Assert.Equal($"analyzers/docs/{id}.md", RuleOf(id).HelpLinkUri);
        Assert.True(File.Exists(Repository.PathOf("analyzers", "docs", id + ".md")));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_release_files_have_a_line(string id)
    {
        DiagnosticDescriptor rule = RuleOf(id);
        string[] cells = Assert.Single(ReleaseLines(), line => line[0] == id);
        Assert.Equal(rule.Category, cells[1]);
        Assert.Equal(rule.IsEnabledByDefault ? rule.DefaultSeverity.ToString() : "Disabled", cells[2]);
    }

    [Fact]
    public void Ids_are_unique() =>
        Assert.Equal(RuleBook.Rules.Length, RuleBook.Rules.Select(rule => rule.Id).Distinct().Count());

    [Fact]
    public void No_page_and_no_line_is_left_over()
    {
        string[] ids = [.. RuleBook.Rules.Select(rule => rule.Id)];
        string[] pages = [.. Directory.GetFiles(Repository.PathOf("analyzers", "docs"), "TMEM*.md").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!];
        Assert.Equal(ids, pages);
        Assert.Equal(ids, ReleaseLines().Select(line => line[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Fixes_are_for_rules_that_exist() => Assert.All(
        RuleBook.Fixers.SelectMany(fixer => fixer.FixableDiagnosticIds),
        id => Assert.Contains(RuleBook.Rules, rule => rule.Id == id));

    private static DiagnosticDescriptor RuleOf(string id) => RuleBook.Rules.First(rule => rule.Id == id);

    private static IEnumerable<string[]> ReleaseLines() => new[] { "Shipped", "Unshipped" }
        .SelectMany(name => File.ReadLines(Repository.PathOf("analyzers", "TmemCore.Analyzers", $"AnalyzerReleases.{name}.md")))
        .Where(line => line.StartsWith("TMEM", StringComparison.Ordinal))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries));
}
