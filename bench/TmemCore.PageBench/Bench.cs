namespace TmemCore.PageBench;

/// <summary>All rows in order.</summary>
internal static class Bench
{
    /// <summary>The rows that share one filled store.</summary>
    private static readonly string[] s_sharedRows =
    [
        "get", "put over", "miss", "miss object", "get batch", "put batch", "get sequence", "put sequence", "swap sequence",
        "get threads", "put threads", TailRows.GetName, TailRows.PutName, MeterRow.Name, "flush page", "flush object",
    ];

    public static Report Run(BenchOptions options, TextWriter output)
    {
        var report = new Report(options, output);
        report.Begin();
        if (s_sharedRows.Any(options.Wants))
        {
            using var store = new FilledStore(options.Pages);
            SingleRows.Run(options, store, report);
            BatchRows.Run(options, store, report);
            SequenceRows.Run(options, store, report);
            ThreadRows.Run(options, store, report);
            TailRows.Run(options, store, report);
            MeterRow.Run(options, store, report);
            FlushRows.Run(options, store, report);
        }

        CodecRows.Run(options, report);
        EvictionRows.Run(options, report);
        MemoryRows.Run(options, report);
        HostileRows.Run(options, report);
        PackedRows.Run(options, report);
        if (!options.IsQuick)
        {
            FillRow.Run(options, report);
            ChurnRows.Run(options, report);
            LargeRows.Run(options, report);
        }

        return report;
    }
}
