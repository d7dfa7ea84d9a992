namespace TmemCore.PageBench;

/// <summary>All rows in order.</summary>
internal static class Bench
{
    public static Report Run(BenchOptions options, TextWriter output)
    {
        var report = new Report(options, output);
        report.Begin();
        using (var store = new FilledStore(options.Pages))
        {
            SingleRows.Run(options, store, report);
            SequenceRows.Run(options, store, report);
            ThreadRows.Run(options, store, report);
            FlushRows.Run(options, store, report);
        }

        EvictionRows.Run(options, report);
        MemoryRows.Run(options, report);
        return report;
    }
}
