using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace TmemCore.Generators.Text;

/// <summary>Names and literals as C# writes them.</summary>
internal static class Identifiers
{
    /// <summary>The identifier, with an at sign where it is a keyword anywhere in the language.</summary>
    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None
            ? "@" + name
            : name;

    public static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture) + "u";

    /// <summary>A string literal with everything but plain ASCII escaped.</summary>
    public static string Literal(string text)
    {
        StringBuilder builder = new("\"");
        foreach (char c in text)
        {
            switch (c)
            {
                case '"' or '\\':
                    builder.Append('\\').Append(c);
                    break;
                case '\n':
                    builder.Append("\\n");
                    break;
                case < ' ' or > '~':
                    builder.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                    break;
                default:
                    builder.Append(c);
                    break;
            }
        }

        return builder.Append('"').ToString();
    }

    /// <summary>Text for an XML comment.</summary>
    public static string Xml(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    /// <summary>A short number of a name that two names of different case do not share, since file names ignore case.</summary>
    public static string Fingerprint(string name)
    {
        uint hash = 2166136261;
        foreach (char c in name)
        {
            hash = unchecked((hash ^ c) * 16777619);
        }

        return hash.ToString("x8", CultureInfo.InvariantCulture);
    }
}
