using System.Diagnostics;
using System.Globalization;

namespace TmemCore.CacheBench;

/// <summary>This program again, with one cache and one part.</summary>
internal static class PartProcess
{
    public static PartRow Run(string part, string cache, bool isNoise, int valueBytes, long limitBytes, BenchPlan plan)
    {
        string program = Environment.ProcessPath!;
        List<string> arguments =
        [
            "--part", part, "--cache", cache, "--value", valueBytes.ToString(CultureInfo.InvariantCulture), "--limit", limitBytes.ToString(CultureInfo.InvariantCulture),
        ];
        if (isNoise)
        {
            arguments.Add("--noise");
        }

        if (plan.IsQuick)
        {
            arguments.Add("--quick");
        }

        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? PartRow.Parse(output) with { Part = part, Cache = cache, Content = isNoise ? "noise" : "records" }
            : throw new InvalidOperationException($"The part {part} of {cache} ended with {process.ExitCode}.");
    }

    /// <summary>
    /// Runs a part about hits so that the process takes as much as it may at any time, whatever the cache's own limit has to be for that: five tries at most, of which the
    /// one counts that came nearest from below, or the last.
    /// </summary>
    public static PartRow RunWithin(string part, string cache, bool isNoise, BenchPlan plan)
    {
        long limit = PartRun.HitBytes;
        PartRow? best = null;
        for (int attempt = 0; attempt < 5; attempt++)
        {
            PartRow row = Run(part, cache, isNoise, PartRun.HitValueBytes, limit, plan);
            bool fits = row.MostBytes <= PartRun.HitBytes * 1.05;
            if (fits && row.MostBytes >= PartRun.HitBytes * 0.95)
            {
                return row;
            }

            best = best is null || (fits && row.MostBytes > best.MostBytes) || best.MostBytes > PartRun.HitBytes * 1.05 ? row : best;
            limit = Math.Max(TmemHostOptions.MinimumCapacityBytes, (long)(limit * ((double)PartRun.HitBytes / row.MostBytes)));
        }

        return best!;
    }
}
