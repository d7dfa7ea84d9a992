using System.Globalization;

namespace TmemCore.Tests;

/// <summary>One mapping of this process as Linux describes it.</summary>
internal sealed record SystemMapping(ulong Begin, ulong End, long ResidentBytes, string[] Flags);

/// <summary>Reads <c>/proc/self/smaps</c>.</summary>
internal static class Smaps
{
    /// <summary>The mappings inside a range of addresses.</summary>
    public static IReadOnlyList<SystemMapping> Of(ulong address, long bytes)
    {
        var mappings = new List<SystemMapping>();
        (ulong Begin, ulong End) range = default;
        long resident = 0;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            if (TryParseRange(line, out (ulong Begin, ulong End) next))
            {
                range = next;
            }
            else if (line.StartsWith("Rss:", StringComparison.Ordinal))
            {
                resident = long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
            }
            else if (line.StartsWith("VmFlags:", StringComparison.Ordinal) && range.Begin < address + (ulong)bytes && range.End > address)
            {
                mappings.Add(new SystemMapping(range.Begin, range.End, resident, line["VmFlags:".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)));
            }
        }

        return mappings;
    }

    private static bool TryParseRange(string line, out (ulong Begin, ulong End) range)
    {
        range = default;
        string[] ends = line.Split(' ')[0].Split('-');
        if (ends.Length != 2
            || !ulong.TryParse(ends[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong begin)
            || !ulong.TryParse(ends[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong end))
        {
            return false;
        }

        range = (begin, end);
        return true;
    }
}
