namespace TmemCore.PageBench;

/// <summary>All rows in order.</summary>
internal static class Bench
{
    /// <summary>The first words of the rows that share one filled store.</summary>
    private static readonly string[] s_sharedRows = ["get", "put over", "put batch", "put sequence", "put threads", "miss", "swap", "flush"];

    public static Report Run(BenchOptions options, TextWriter output)
    {
        var report = new Report(options, output);
        report.Begin();
        if (s_sharedRows.Any(options.WantsAnyOf))
        {
            using var store = new FilledStore(options.Pages);
            SingleRows.Run(options, store, report);
            BatchRows.Run(options, store, report);
            SequenceRows.Run(options, store, report);
            ThreadRows.Run(options, store, report);
            FlushRows.Run(options, store, report);
        }

        EvictionRows.Run(options, report);
        MemoryRows.Run(options, report);
        return report;
    }
}
