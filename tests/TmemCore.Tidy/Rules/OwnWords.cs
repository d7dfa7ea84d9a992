using System.Text.RegularExpressions;

namespace TmemCore.Tidy.Rules;

/// <summary>
/// The project speaks of itself alone: no folder of somebody's machine, no number of a ticket, no address of a package
/// registry, no word about how the work was organised.
/// </summary>
internal sealed class OwnWords : Rule
{
    private static readonly string[] s_texts =
        [".cs", ".csproj", ".props", ".targets", ".sln", ".json", ".md", ".txt", ".sh", ".yml", ".editorconfig", ".globalconfig", "run", "LICENSE"];

    // Some words in two halves, so that the rule does not find itself.
    private static readonly (Regex Pattern, string Message)[] s_banned =
    [
        (new Regex(@"(?<![\w.~-])/(work|home|root|Us" + @"ers)/"), "The path belongs to one machine; write one that works on all."),
        (new Regex(@"\bissues?\s+#?\d|(?<=\s|\()#\d{1,4}\b", RegexOptions.IgnoreCase), "A ticket's number says nothing to a reader; say what it was about."),
        (new Regex(@"\bsess" + @"ions?\b", RegexOptions.IgnoreCase), "How the work was organised is nobody's concern; the daemon's peers have connections."),
        (new Regex(@"nuget\" + @".org|npmjs\" + @".|pypi\" + ".", RegexOptions.IgnoreCase), "The address of a registry depends on where the project is built."),
    ];

    public override bool Covers(SourceFile file) => s_texts.Any(ending => file.Path.EndsWith(ending, StringComparison.Ordinal));

    public override IEnumerable<Finding> Find(SourceFile file)
    {
        foreach ((Regex pattern, string message) in s_banned)
        {
            foreach (Match match in pattern.Matches(file.Text))
            {
                yield return new Finding(file.Text.AsSpan(0, match.Index).Count('\n') + 1, $"\"{match.Value}\": {message}");
            }
        }
    }
}
