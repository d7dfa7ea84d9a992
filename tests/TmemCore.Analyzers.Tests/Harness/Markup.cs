using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace TmemCore.Analyzers.Tests.Harness;

/// <summary>
/// Reads source in which the places of expected reports are marked: <c>[|...|]</c> for the rule the test is about,
/// <c>{|TMEM101:...|}</c> for a rule by its id. Marks may lie within each other.
/// </summary>
internal static class Markup
{
    public sealed record Expectation(string Id, TextSpan Span);

    public static (string Source, IReadOnlyList<Expectation> Expected) Read(string marked, string? id = null)
    {
        var source = new StringBuilder(marked.Length);
        var open = new Stack<(string Id, int Start, string Close)>();
        List<Expectation> expected = [];
        for (int i = 0; i < marked.Length;)
        {
            if (string.CompareOrdinal(marked, i, "[|", 0, 2) == 0)
            {
                open.Push((id ?? throw new FormatException("A mark [| needs the id the test is about."), source.Length, "|]"));
                i += 2;
            }
            else if (string.CompareOrdinal(marked, i, "{|", 0, 2) == 0)
            {
                int colon = marked.IndexOf(':', i);
                open.Push((marked[(i + 2)..colon], source.Length, "|}"));
                i = colon + 1;
            }
            else if (open.Count > 0 && string.CompareOrdinal(marked, i, open.Peek().Close, 0, 2) == 0)
            {
                (string rule, int start, _) = open.Pop();
                expected.Add(new Expectation(rule, TextSpan.FromBounds(start, source.Length)));
                i += 2;
            }
            else
            {
                source.Append(marked[i++]);
            }
        }

        return open.Count == 0
            ? (source.ToString(), expected)
            : throw new FormatException($"The mark of {open.Peek().Id} is not closed.");
    }
}
