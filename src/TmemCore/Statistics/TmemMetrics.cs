using System.Diagnostics.Metrics;
using System.Globalization;

namespace TmemCore.Statistics;

/// <summary>
/// The meter TmemCore: one for the process, whose instruments ask every living host when they are asked. Hosts are told apart by
/// <see cref="HostKey"/>; nothing is counted for the meter, and nothing is done while nobody listens.
/// </summary>
internal static class TmemMetrics
{
    public const string MeterName = "TmemCore";
    public const string HostKey = "tmem.host.name";
    private const string ClientKey = "tmem.client.id";
    private const string KindKey = "tmem.pool.kind";
    private const string FormKey = "tmem.page.form";
    private const string RefusalKey = "tmem.refusal.reason";
    private const string EvictionKey = "tmem.eviction.reason";
    private const string ResultKey = "tmem.get.result";
    private const string OperationKey = "tmem.operation";
    private const string QuantileKey = "tmem.quantile";

    private static readonly Meter s_meter = CreateMeter();

    /// <summary>A value under one attribute.</summary>
    private readonly record struct Reading(string Attribute, long Value);

    /// <summary>Makes the instruments known, once for the process.</summary>
    public static void Publish() => _ = s_meter;

    private static Meter CreateMeter()
    {
        var meter = new Meter(MeterName, typeof(TmemMetrics).Assembly.GetName().Version?.ToString(fieldCount: 3));
        AddLevels(meter);
        AddCounters(meter);
        AddColdCounters(meter);
        AddGovernorCounters(meter);
        AddDurations(meter);
        AddClients(meter);
        return meter;
    }

    private static void AddLevels(Meter meter)
    {
        Level(meter, "tmem.pages", "{page}", "Pages now.", KindKey, KindsOf);
        Level(meter, "tmem.packed.pages", "{page}", "Pages kept in fewer bytes than a frame now.", FormKey, PackedPagesOf);
        Level(meter, "tmem.packed.size", "By", "What these are kept in.", FormKey, PackedBytesOf);
        Level(meter, "tmem.cold.pages", "{page}", "Pages now that were made smaller while they were cold.", static s => s.ColdPages);
        Level(meter, "tmem.objects", "{object}", "Objects now.", static s => s.Objects);
        Level(meter, "tmem.clients", "{client}", "Clients now.", static s => s.Clients);
        Level(meter, "tmem.memory.limit", "By", "The most memory that the host may hold.", static s => s.CapacityBytes);
        Level(meter, "tmem.memory.target", "By", "The most that it may hold just now.", static s => s.Memory.TargetBytes);
        Level(meter, "tmem.memory.committed", "By", "Memory that the host holds.", static s => s.CommittedBytes);
        Level(meter, "tmem.memory.metadata", "By", "Of it, tables, descriptors and index.", static s => s.MetadataBytes);
        Level(meter, "tmem.memory.data", "By", "What pages take, without descriptors and index.", static s => s.DataBytes);
    }

    private static void AddCounters(Meter meter)
    {
        Counter(meter, "tmem.puts", "{operation}", "Puts.", static s => s.Puts);
        Counter(meter, "tmem.put.refusals", "{operation}", "Puts that stored nothing.", RefusalKey, static s => RefusalsOf(s.Refusals));
        Counter(meter, "tmem.gets", "{operation}", "Gets and takes.", ResultKey, static s => [new("hit", s.GetHits), new("miss", s.Gets - s.GetHits)]);
        Counter(meter, "tmem.flushes", "{operation}", "Flushes of pages and objects.", static s => s.Flushes);
        Counter(meter, "tmem.evictions", "{page}", "Pages evicted.", EvictionKey, EvictionsOf);
        Counter(meter, "tmem.operations.failed", "{operation}", "Operations that gave an error.", static s => s.FailedOperations);
        Counter(meter, "tmem.copies.failed", "{page}", "Pages that a source could not give or a target not take.", static s => s.FailedCopies);
        Counter(meter, "tmem.memory.returned", "By", "Memory given back to the system on request.", static s => s.FramesGivenBack * TmemPool.PageBytes);
    }

    private static void AddColdCounters(Meter meter)
    {
        Counter(meter, "tmem.cold.recompressions", "{page}", "Pages made smaller while they were cold.", static s => s.ColdRecompressions);
        Counter(meter, "tmem.cold.saved", "By", "What that saved.", static s => s.ColdBytesSaved);
        Counter(meter, "tmem.cold.reads", "{operation}", "Gets of such pages.", static s => s.ColdReads);
        meter.CreateObservableCounter("tmem.cold.time", ReadColdTimes, "s", "Time spent on it.");
    }

    private static void AddGovernorCounters(Meter meter)
    {
        Counter(meter, "tmem.governor.growths", "{reading}", "Readings that raised the target.", static s => s.Memory.Growths);
        Counter(meter, "tmem.governor.shrinks", "{reading}", "Readings that had memory given back.", static s => s.Memory.Shrinks);
        Counter(meter, "tmem.governor.returned", "By", "Memory that these gave back to the system.", static s => s.Memory.ReturnedBytes);
    }

    private static void AddDurations(Meter meter)
    {
        meter.CreateObservableGauge("tmem.operation.duration", ReadDurations, "s", "Quantiles of how long sampled operations took, since the host was made.");
        meter.CreateObservableCounter("tmem.operation.samples", ReadSamples, "{operation}", "Operations whose duration was sampled.");
    }

    private static void AddClients(Meter meter)
    {
        meter.CreateObservableUpDownCounter(
            "tmem.client.memory", () => ReadClients(KindKey, static c => [new("ephemeral", c.EphemeralBytes), new("persistent", c.PersistentBytes)]), "By", "What a client's pages take, descriptors and index included.");
        meter.CreateObservableCounter(
            "tmem.client.put.refusals", () => ReadClients(RefusalKey, static c => RefusalsOf(c.Refusals)), "{operation}", "A client's puts that stored nothing.");
        meter.CreateObservableCounter(
            "tmem.client.get.hits", () => ReadClients(KindKey, static c => [new("ephemeral", c.EphemeralHits), new("persistent", c.PersistentHits)]), "{operation}", "A client's gets that found a page.");
        meter.CreateObservableCounter(
            "tmem.client.evictions", () => ReadClients(key: null, static c => [new("", c.Evictions)]), "{page}", "A client's pages that were evicted.");
    }

    private static void Level(Meter meter, string name, string unit, string description, Func<HostStatistics, long> read) =>
        Level(meter, name, unit, description, key: null, s => [new("", read(s))]);

    private static void Level(Meter meter, string name, string unit, string description, string? key, Func<HostStatistics, Reading[]> read) =>
        meter.CreateObservableUpDownCounter(name, () => ReadHosts(key, read), unit, description);

    private static void Counter(Meter meter, string name, string unit, string description, Func<HostStatistics, long> read) =>
        Counter(meter, name, unit, description, key: null, s => [new("", read(s))]);

    private static void Counter(Meter meter, string name, string unit, string description, string? key, Func<HostStatistics, Reading[]> read) =>
        meter.CreateObservableCounter(name, () => ReadHosts(key, read), unit, description);

    private static List<Measurement<long>> ReadHosts(string? key, Func<HostStatistics, Reading[]> read)
    {
        var measurements = new List<Measurement<long>>();
        foreach ((TmemHost host, string name) in HostRegistry.Living())
        {
            if (host.Store.TryReadStatistics(withLatency: false) is HostStatistics statistics)
            {
                foreach (Reading reading in read(statistics))
                {
                    measurements.Add(key is null
                        ? new(reading.Value, NameOf(name))
                        : new(reading.Value, NameOf(name), new(key, reading.Attribute)));
                }
            }
        }

        return measurements;
    }

    private static List<Measurement<long>> ReadClients(string? key, Func<ClientStatistics, Reading[]> read)
    {
        var measurements = new List<Measurement<long>>();
        foreach ((TmemHost host, string name) in HostRegistry.Living().Where(static entry => entry.Host.Options.ClientMetrics))
        {
            host.Store.VisitClientStatistics(client =>
            {
                foreach (Reading reading in read(client))
                {
                    KeyValuePair<string, object?> id = new(ClientKey, client.Id);
                    measurements.Add(key is null
                        ? new(reading.Value, NameOf(name), id)
                        : new(reading.Value, NameOf(name), id, new(key, reading.Attribute)));
                }
            });
        }

        return measurements;
    }

    private static List<Measurement<double>> ReadColdTimes()
    {
        var measurements = new List<Measurement<double>>();
        foreach ((TmemHost host, string name) in HostRegistry.Living())
        {
            if (host.Store.TryReadStatistics(withLatency: false) is HostStatistics statistics)
            {
                measurements.Add(new(statistics.ColdWorkTime.TotalSeconds, NameOf(name)));
            }
        }

        return measurements;
    }

    private static List<Measurement<double>> ReadDurations()
    {
        var measurements = new List<Measurement<double>>();
        foreach ((string name, string operation, LatencyHistogram histogram) in Histograms().Where(static entry => entry.Histogram.Samples > 0))
        {
            foreach (double part in (ReadOnlySpan<double>)[0.5, 0.99, 0.999])
            {
                measurements.Add(new(
                    histogram.QuantileNanoseconds(part) / 1e9,
                    NameOf(name),
                    new(OperationKey, operation),
                    new(QuantileKey, part.ToString(CultureInfo.InvariantCulture))));
            }
        }

        return measurements;
    }

    private static List<Measurement<long>> ReadSamples() =>
        [.. Histograms().Select(static entry => new Measurement<long>(entry.Histogram.Samples, NameOf(entry.Host), new(OperationKey, entry.Operation)))];

    private static IEnumerable<(string Host, string Operation, LatencyHistogram Histogram)> Histograms()
    {
        foreach ((TmemHost host, string name) in HostRegistry.Living())
        {
            if (host.Store.TryReadStatistics(withLatency: true) is HostStatistics statistics)
            {
                yield return (name, "put", statistics.Latency.Put);
                yield return (name, "get", statistics.Latency.Get);
                yield return (name, "flush_page", statistics.Latency.PageFlush);
                yield return (name, "flush_object", statistics.Latency.ObjectFlush);
            }
        }
    }

    private static KeyValuePair<string, object?> NameOf(string name) => new(HostKey, name);

    private static Reading[] KindsOf(HostStatistics s) => [new("ephemeral", s.EphemeralPages), new("persistent", s.Pages - s.EphemeralPages)];

    private static Reading[] PackedPagesOf(HostStatistics s) =>
    [
        new("same_filled", s.Packed.SameFilledPages),
        new("lz4", s.Packed.Lz4Pages),
        new("zstandard", s.Packed.ZstandardPages),
        new("plain", s.Packed.PlainEntries),
    ];

    private static Reading[] PackedBytesOf(HostStatistics s) =>
    [
        new("lz4", s.Packed.Lz4Bytes),
        new("zstandard", s.Packed.ZstandardBytes),
        new("plain", s.Packed.PlainEntryBytes),
    ];

    private static Reading[] RefusalsOf(PutRefusals refusals) =>
    [
        new("memory", refusals.Memory),
        new("metadata", refusals.Metadata),
        new("reserve", refusals.Reserve),
        new("allowance", refusals.Allowance),
        new("reservations", refusals.Reservations),
        new("cap", refusals.Cap),
        new("frozen", refusals.Frozen),
        new("unreadable", refusals.Unreadable),
        new("migration", refusals.Migration),
        new("unavailable", refusals.Unavailable),
    ];

    private static Reading[] EvictionsOf(HostStatistics s) =>
    [
        new("memory", s.EvictionReasons.Memory),
        new("weight", s.EvictionReasons.Weight),
        new("metadata", s.EvictionReasons.Metadata),
        new("reserve", s.EvictionReasons.Reserve),
        new("cap", s.EvictionReasons.Cap),
        new("capacity", s.EvictionReasons.Capacity),
        new("give_back", s.EvictionReasons.GiveBack),
        new("governor", s.EvictionReasons.Governor),
    ];
}
