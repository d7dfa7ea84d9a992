using System.Text;
using Microsoft.CodeAnalysis;

namespace TmemCore.Analyzers.Tests.Catalogue;

/// <summary>What is made of the rules themselves: the tables in two pages, and the presets.</summary>
internal static class GeneratedFiles
{
    public const string BeginTable = "<!-- rules: made from the rules themselves -->";
    public const string EndTable = "<!-- end of rules -->";

    /// <summary>The files, from the root of the repository, and what makes each of them of its present text.</summary>
    public static IReadOnlyDictionary<string, Func<string, string>> All { get; } = new Dictionary<string, Func<string, string>>
    {
        ["README.md"] = page => WithTable(page, "analyzers/docs/"),
        ["analyzers/docs/README.md"] = page => WithTable(page, ""),
        [Preset("none")] = _ => PresetOf("No rule reports anything.", _ => "none"),
        [Preset("default")] = _ => PresetOf("Each rule as it is without a preset.", DefaultOf),
        [Preset("all-warnings")] = _ => PresetOf("Every rule warns, also those that are off by default.", _ => "warning"),
        [Preset("all-errors")] = _ => PresetOf("Every rule is an error, also those that are off by default.", _ => "error"),
    };

    private static string Preset(string name) => $"analyzers/TmemCore.Package/configuration/{name}.globalconfig";

    private static string WithTable(string page, string folder)
    {
        int begin = page.IndexOf(BeginTable, StringComparison.Ordinal);
        int end = page.IndexOf(EndTable, StringComparison.Ordinal);
        return begin >= 0 && end > begin
            ? page[..(begin + BeginTable.Length)] + "\n\n" + Table(folder) + "\n" + page[end..]
            : throw new FormatException($"The page lacks the lines {BeginTable} and {EndTable}.");
    }

    private static string Table(string folder)
    {
        var table = new StringBuilder("| rule | what it reports | category | severity | fix |\n|---|---|---|---|---|\n");
        foreach (DiagnosticDescriptor rule in RuleBook.Rules)
        {
            string severity = rule.DefaultSeverity.ToString().ToLowerInvariant() + (rule.IsEnabledByDefault ? "" : ", off by default");
            table.Append($"| [{rule.Id}]({folder}{rule.Id}.md) | {rule.Title} | {rule.Category} | {severity} | {(RuleBook.HasFix(rule.Id) ? "yes" : "")} |\n");
        }

        return table.ToString();
    }

    private static string PresetOf(string meaning, Func<DiagnosticDescriptor, string> severityOf)
    {
        var text = new StringBuilder($"# {meaning} Made from the rules themselves.\nis_global = true\nglobal_level = -10\n\n");
        foreach (DiagnosticDescriptor rule in RuleBook.Rules)
        {
            text.Append($"# {rule.Title}\ndotnet_diagnostic.{rule.Id}.severity = {severityOf(rule)}\n");
        }

        return text.ToString();
    }

    private static string DefaultOf(DiagnosticDescriptor rule) => (rule.IsEnabledByDefault, rule.DefaultSeverity) switch
    {
        (false, _) => "none",
        (_, DiagnosticSeverity.Error) => "error",
        (_, DiagnosticSeverity.Warning) => "warning",
        (_, DiagnosticSeverity.Info) => "suggestion",
        _ => "silent",
    };
}
