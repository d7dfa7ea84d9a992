using System.Globalization;
using System.Text.Json;

namespace TmemCore.CacheBench;

/// <summary>Rows as they come: Markdown, or JSON a line.</summary>
internal static class Tables
{
    public static IEnumerable<PartRow> Densities(string[] names, BenchPlan plan) =>
        from bytes in (int[])[200, 4096, 65_536]
        from isNoise in (bool[])[false, true]
        from name in names
        select PartProcess.Run(PartRun.Density, name, isNoise, bytes, 0, plan);

    public static IEnumerable<PartRow> Hits(string[] names, BenchPlan plan) =>
        from part in (string[])[PartRun.Zipf, PartRun.Scan]
        from isNoise in (bool[])[false, true]
        from name in names
        select PartProcess.RunWithin(part, name, isNoise, plan);

    public static void WriteSpeed(IEnumerable<SpeedRow> rows, bool isJson)
    {
        if (!isJson)
        {
            Console.WriteLine("\n| cache | value bytes | threads | gets/s | sets/s |\n|---|---|---|---|---|");
        }

        foreach (SpeedRow row in rows)
        {
            Console.WriteLine(isJson
                ? JsonSerializer.Serialize(row, PartRowContext.Default.SpeedRow)
                : Line($"| {row.Cache} | {row.ValueBytes:N0} | {row.Threads} | {row.GetsPerSecond:N0} | {row.SetsPerSecond:N0} |"));
        }
    }

    public static void WriteParts(string part, IEnumerable<PartRow> rows, bool isJson)
    {
        if (!isJson)
        {
            Console.WriteLine(part switch
            {
                PartRun.Density => "\n| cache | content | value bytes | bytes of process memory a byte of value |\n|---|---|---|---|",
                PartRun.Churn => "\n| cache | full collections | longest pause, ms | seconds | most MiB taken |\n|---|---|---|---|---|",
                _ => "\n| cache | workload | content | hit ratio | MiB at most | MiB at the end | of these a server | limit, MiB |\n|---|---|---|---|---|---|---|---|",
            });
        }

        foreach (PartRow row in rows)
        {
            Console.WriteLine(isJson ? row.ToJson() : part switch
            {
                PartRun.Density => Line($"| {row.Cache} | {row.Content} | {row.ValueBytes:N0} | {row.ProcessBytes / (double)row.DataBytes:F2} |"),
                PartRun.Churn => Line($"| {row.Cache} | {row.FullCollections} | {row.LongestPauseMilliseconds:F1} | {row.Seconds:F1} | {row.ProcessBytes >> 20} |"),
                _ => Line($"| {row.Cache} | {row.Part} | {row.Content} | {row.HitRatio:P1} | {Mebibytes(row.MostBytes)} | {Mebibytes(row.ProcessBytes)} | {Mebibytes(row.ServerBytes)} | {Mebibytes(row.LimitBytes)} |"),
            });
        }
    }

    private static string Mebibytes(long bytes) => (bytes / (double)(1 << 20)).ToString("F1", CultureInfo.InvariantCulture);

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
