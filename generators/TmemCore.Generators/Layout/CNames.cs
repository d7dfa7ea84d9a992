using System.Linq;

namespace TmemCore.Generators.Layout;

/// <summary>Names on the C side.</summary>
internal static class CNames
{
    /// <summary>Whether the text is a plain C identifier.</summary>
    public static bool IsIdentifier(string text) =>
        text.Length > 0 && !IsDigit(text[0]) && text.All(c => c == '_' || IsDigit(c) || IsLetter(c));

    /// <summary>Whether the text is an identifier, or two joined by a dot of which the first may be empty.</summary>
    public static bool IsFieldName(string text)
    {
        int dot = text.IndexOf('.');
        return dot < 0
            ? IsIdentifier(text)
            : (dot == 0 || IsIdentifier(text.Substring(0, dot))) && IsIdentifier(text.Substring(dot + 1));
    }

    private static bool IsDigit(char c) => c is >= '0' and <= '9';

    private static bool IsLetter(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');
}
