using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace TmemCore.PageBench;

/// <summary>Gets while somebody listens to the meter, against the same gets while nobody does; and what it takes to collect it.</summary>
internal static class MeterRow
{
    public const string Name = "get metered";

    public static void Run(BenchOptions options, FilledStore store, Report report)
    {
        if (!options.Wants(Name))
        {
            return;
        }

        int[] order = store.Order;
        Row row = Paired.Run(
            options,
            Name,
            must: null,
            "",
            order.Length,
            (from, count) => store.Get(order, from, count, store.Buffer),
            (from, count) => Listened(store, from, count));
        string note = string.Create(
            CultureInfo.InvariantCulture,
            $"a get while the meter is listened to, relative to one while nobody listens; to collect it takes {CollectMicroseconds(options.Rounds):N0} µs");
        report.Add(row with { Note = note });
    }

    private static int Listened(FilledStore store, int from, int count)
    {
        using MeterListener listener = Listen();
        return store.Get(store.Order, from, count, store.Buffer);
    }

    private static double CollectMicroseconds(int rounds)
    {
        using MeterListener listener = Listen();
        var times = new double[rounds];
        for (int round = 0; round < rounds; round++)
        {
            long begin = Stopwatch.GetTimestamp();
            listener.RecordObservableInstruments();
            times[round] = Paired.Ns(begin, Stopwatch.GetTimestamp()) / 1000;
        }

        return Paired.Median(times);
    }

    private static MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, self) =>
            {
                if (instrument.Meter.Name == "TmemCore")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
        listener.Start();
        return listener;
    }
}
