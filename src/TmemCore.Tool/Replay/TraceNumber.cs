using System.Globalization;

namespace TmemCore.Tool.Replay;

/// <summary>Numbers as traces write them.</summary>
internal static class TraceNumber
{
    /// <summary>Reads a number: decimal, also negative, or hexadecimal after <c>0x</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The number; a negative one as its two's complement.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out ulong value)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        }

        if (!text.StartsWith('-'))
        {
            return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        }

        bool isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long signed);
        value = unchecked((ulong)signed);
        return isNumber;
    }
}
