using System.Diagnostics;
using System.Globalization;

namespace TmemCore.PageBench;

/// <summary>Four million pages: what a get costs more than among few, and how long it takes to be rid of them all.</summary>
internal static class LargeRows
{
    private const string GrowthName = "growth";
    private const string HostName = "flush all host";
    private const string PoolName = "flush all pool";

    private const int SmallPages = 1 << 16;
    private const int LargePages = 1 << 22;
    private const long NeededBytes = 18L << 30;
    private const double MostGrowth = 1.10;
    private const double MostSeconds = 2;

    public static void Run(BenchOptions options, Report report)
    {
        if (options.Wants(GrowthName) || options.Wants(HostName))
        {
            if (IsShort(options, report, GrowthName, MostGrowth) | IsShort(options, report, HostName, MostSeconds))
            {
                return;
            }

            using var store = new FilledStore(LargePages);
            if (options.Wants(GrowthName))
            {
                report.Add(Growth(options, store));
            }

            if (options.Wants(HostName))
            {
                report.Add(Seconds(HostName, "dispose of a host", store.Host.Dispose));
            }
        }

        if (options.Wants(PoolName) && !IsShort(options, report, PoolName, MostSeconds))
        {
            using var store = new FilledStore(LargePages);
            report.Add(Seconds(PoolName, "destroy a pool", store.Pool.Dispose));
        }
    }

    /// <summary>Small and large, copy and get, one stretch of each in turns.</summary>
    private static Row Growth(BenchOptions options, FilledStore large)
    {
        using var small = new FilledStore(SmallPages);
        var ratios = new double[options.Rounds];
        var times = new double[options.Rounds];
        int smallAt = 0;
        int largeAt = 0;
        for (int round = -2; round < options.Rounds; round++)
        {
            double copyGrowth = TimeOf(large.CopyOut, large, ref largeAt) / TimeOf(small.CopyOut, small, ref smallAt);
            double getNs = TimeOf(large.Get, large, ref largeAt);
            double getGrowth = getNs / TimeOf(small.Get, small, ref smallAt);
            if (round >= 0)
            {
                ratios[round] = getGrowth / copyGrowth;
                times[round] = getNs;
            }
        }

        return new Row(
            GrowthName, Paired.Median(times), Paired.Median(ratios), null, null, null, MostGrowth, AtLeast: false,
            string.Create(CultureInfo.InvariantCulture, $"get, from {SmallPages:N0} to {LargePages:N0} pages, relative to the copy's growth"));
    }

    private static double TimeOf(Func<int[], int, int, byte[], int> work, FilledStore store, ref int at) => Paired.Time(
        (from, count) => work(store.Order, from, count, store.Buffer),
        Paired.Next(ref at, Paired.StretchOperations, store.Pages),
        Paired.StretchOperations);

    private static Row Seconds(string name, string what, Action flush)
    {
        long begin = Stopwatch.GetTimestamp();
        flush();
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return new Row(
            name, seconds * 1e9 / LargePages, seconds, null, null, null, MostSeconds, AtLeast: false,
            string.Create(CultureInfo.InvariantCulture, $"seconds to {what} of {LargePages:N0} pages"));
    }

    /// <summary>Whether the machine cannot spare the memory just now; a row that is wanted says so then.</summary>
    private static bool IsShort(BenchOptions options, Report report, string name, double must)
    {
        long available = AvailableBytes();
        if (available >= NeededBytes)
        {
            return false;
        }

        if (options.Wants(name))
        {
            report.Add(new Row(
                name, null, double.NaN, null, null, null, must, AtLeast: false,
                string.Create(CultureInfo.InvariantCulture, $"not measured: it takes {NeededBytes >> 30} GiB, and {available >> 30} are free")));
        }

        return true;
    }

    private static long AvailableBytes()
    {
        const string key = "MemAvailable:";
        string? line = File.Exists("/proc/meminfo")
            ? File.ReadLines("/proc/meminfo").FirstOrDefault(static l => l.StartsWith(key, StringComparison.Ordinal))
            : null;
        return line is null
            ? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes
            : long.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) << 10;
    }
}
