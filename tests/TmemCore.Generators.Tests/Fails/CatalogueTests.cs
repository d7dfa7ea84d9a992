using Microsoft.CodeAnalysis;
using TmemCore.Analyzers.Abi;

namespace TmemCore.Generators.Tests.Fails;

/// <summary>A rule is whole: it has a page with its title and severity, a line in the release file, and a failing snippet.</summary>
public class CatalogueTests
{
    private static readonly DiagnosticDescriptor[] s_rules =
    [
        .. new AbiDefinitionAnalyzer().SupportedDiagnostics,
        .. new AbiReinterpretationAnalyzer().SupportedDiagnostics,
    ];

    public static TheoryData<string> Ids => [.. s_rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_has_its_page_and_its_line(string id)
    {
        DiagnosticDescriptor rule = s_rules.Single(candidate => candidate.Id == id);
        string page = Read($"{id}.md");
        Assert.StartsWith($"# {id}: {rule.Title}\n", page);
        Assert.Contains($"Severity: {rule.DefaultSeverity.ToString().ToLowerInvariant()}.", page);
        Assert.All(
            (string[])["## Description", "## How to fix", "## When to suppress"], heading => Assert.Contains(heading, page));
        Assert.EndsWith($"/{id}.md", rule.HelpLinkUri);
        Assert.Contains($"{id} | {rule.Category}      | {rule.DefaultSeverity}", Read("AnalyzerReleases.Unshipped.md"));
    }

    [Fact]
    public void Ids_are_unique_and_no_page_is_left_over()
    {
        Assert.Equal(s_rules.Length, s_rules.Select(rule => rule.Id).Distinct().Count());
        string[] pages = [.. Directory.GetFiles(Folder, "TMEM0*.md").Select(Path.GetFileNameWithoutExtension).Order()!];
        Assert.Equal(s_rules.Select(rule => rule.Id).Order(), pages);
    }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Rules");

    private static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));
}
