using System.Globalization;

namespace TmemCore.Tool;

/// <summary>Sizes as people write them: <c>256MiB</c>, <c>1.5GiB</c>, <c>65536</c>.</summary>
internal static class ByteSize
{
    private static readonly string[] s_units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>What a size looks like, for messages.</summary>
    public const string Forms = "bytes, or a number with KiB, MiB, GiB or TiB, such as 256MiB";

    /// <summary>Reads a size.</summary>
    /// <param name="text">A number, perhaps with a unit.</param>
    /// <param name="bytes">The size in bytes, rounded down.</param>
    /// <returns>False when it is no size, is negative or too large for 63 bits.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        string trimmed = text.Trim();
        int digits = 0;
        while (digits < trimmed.Length && (char.IsAsciiDigit(trimmed[digits]) || trimmed[digits] == '.'))
        {
            digits++;
        }

        string unit = trimmed[digits..].TrimStart();
        int power = unit.Length == 0 ? 0 : Array.FindIndex(s_units, known => known.Equals(unit, StringComparison.OrdinalIgnoreCase));
        if (power < 0
            || !decimal.TryParse(trimmed.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            || number > long.MaxValue / (1L << (10 * power)))
        {
            return false;
        }

        bytes = (long)(number * (1L << (10 * power)));
        return true;
    }

    /// <summary>Writes a size with the largest unit that it reaches.</summary>
    /// <param name="bytes">The size.</param>
    public static string Format(long bytes)
    {
        int power = 0;
        double number = bytes;
        while (number >= 1024 && power < s_units.Length - 1)
        {
            number /= 1024;
            power++;
        }

        string form = power == 0 || number == Math.Floor(number) ? "F0" : "F1";
        return $"{number.ToString(form, CultureInfo.InvariantCulture)} {s_units[power]}";
    }
}
