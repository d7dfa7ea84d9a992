using System;
using System.Collections.Generic;
using System.Globalization;

namespace TmemCore.Generators.Layout;

/// <summary>Reads the text form of a structure of bit-fields, such as <c>frozen:1 compress:1</c>.</summary>
internal static class BitFields
{
    /// <summary>The bytes of the smallest unsigned integer that holds all bits.</summary>
    public static int UnitBytes(string bits)
    {
        int total = 0;
        foreach ((_, int width) in Parse(bits) ?? [])
        {
            total += width;
        }

        return total <= 8 ? 1 : total <= 16 ? 2 : total <= 32 ? 4 : 8;
    }

    /// <summary>The names and widths, or null where the text has another form or more than 64 bits.</summary>
    public static IReadOnlyList<(string Name, int Width)>? Parse(string bits)
    {
        List<(string, int)> fields = [];
        int total = 0;
        foreach (string part in bits.Split([' '], StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = part.IndexOf(':');
            if (colon <= 0
                || !CNames.IsIdentifier(part.Substring(0, colon))
                || !int.TryParse(part.Substring(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int width)
                || width is < 1 or > 64)
            {
                return null;
            }

            total += width;
            fields.Add((part.Substring(0, colon), width));
        }

        return total is >= 1 and <= 64 ? fields : null;
    }
}
