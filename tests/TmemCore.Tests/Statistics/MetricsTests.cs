using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.CompilerServices;
using TmemCore.Statistics;
using TmemCore.Store;
using Xunit;

namespace TmemCore.Tests.Statistics;

/// <summary>The meter: what its instruments say, of which host, and that its page says the same.</summary>
[Collection(nameof(MetricsTests))]
public sealed class MetricsTests
{
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Fact]
    public void Instruments_say_what_the_statistics_say()
    {
        using TmemHost host = CreateBusy("says");
        using var listener = new MetricsListener();
        List<MetricsListener.Value> values = listener.Collect("says");
        HostStatistics s = host.GetStatistics();

        Assert.Equal(s.EphemeralPages, Of(values, "tmem.pages", "tmem.pool.kind", "ephemeral"));
        Assert.Equal(s.Pages - s.EphemeralPages, Of(values, "tmem.pages", "tmem.pool.kind", "persistent"));
        Assert.Equal(s.Packed.Lz4Pages, Of(values, "tmem.packed.pages", "tmem.page.form", "lz4"));
        Assert.Equal(s.Packed.ZstandardPages, Of(values, "tmem.packed.pages", "tmem.page.form", "zstandard"));
        Assert.Equal(s.Packed.SameFilledPages, Of(values, "tmem.packed.pages", "tmem.page.form", "same_filled"));
        Assert.Equal(s.Packed.PlainEntries, Of(values, "tmem.packed.pages", "tmem.page.form", "plain"));
        Assert.Equal(s.PackedBytes, values.Where(value => value.Name == "tmem.packed.size").Sum(value => value.Number));
        Assert.Equal((s.Objects, s.Clients), (Of(values, "tmem.objects"), Of(values, "tmem.clients")));
        Assert.Equal((s.CapacityBytes, s.CommittedBytes), (Of(values, "tmem.memory.limit"), Of(values, "tmem.memory.committed")));
        Assert.Equal((s.MetadataBytes, s.DataBytes), (Of(values, "tmem.memory.metadata"), Of(values, "tmem.memory.data")));
        Assert.Equal((s.Puts, s.Flushes), (Of(values, "tmem.puts"), Of(values, "tmem.flushes")));
        Assert.Equal(s.GetHits, Of(values, "tmem.gets", "tmem.get.result", "hit"));
        Assert.Equal(s.Gets - s.GetHits, Of(values, "tmem.gets", "tmem.get.result", "miss"));
        Assert.Equal((s.FailedOperations, s.FailedCopies), (Of(values, "tmem.operations.failed"), Of(values, "tmem.copies.failed")));
        Assert.Equal(s.FramesGivenBack * 4096, Of(values, "tmem.memory.returned"));
        Assert.True(s.Packed.Lz4Pages > 0 && s.FramesGivenBack > 0 && s.FailedCopies > 0 && s.Flushes > 0);
    }

    [Fact]
    public void Each_reason_has_the_name_of_its_property()
    {
        using var host = new TmemHost(Hosts.Small with { Name = "reasons" });
        using var listener = new MetricsListener();
        ref ShardRecord record = ref Inside.Shards(host.Store)[0].Record;
        record.Evictions = 1000;
        for (int i = 0; i < RefusalCounts.Length; i++)
        {
            record.Refusals[i] = 10 + (ulong)i;
        }

        for (int i = 0; i < EvictionCounts.Length; i++)
        {
            record.OtherEvictions[i] = i == (int)EvictionReason.Memory ? 0 : 20 + (ulong)i;
        }

        List<MetricsListener.Value> values = listener.Collect("reasons");
        HostStatistics s = host.GetStatistics();

        RequireReasons(values, "tmem.put.refusals", "tmem.refusal.reason", s.Refusals);
        RequireReasons(values, "tmem.evictions", "tmem.eviction.reason", s.EvictionReasons);
        Assert.Equal((18, 1000), (s.Refusals.Migration, s.EvictionReasons.Total));
    }

    [Fact]
    public void Durations_are_quantiles_of_the_samples()
    {
        using TmemHost host = CreateBusy("durations");
        using var listener = new MetricsListener();
        List<MetricsListener.Value> values = listener.Collect("durations");
        LatencyStatistics latency = host.GetStatistics().Latency;

        Assert.Equal(latency.Get.Samples, Of(values, "tmem.operation.samples", "tmem.operation", "get"));
        Assert.Equal(latency.ObjectFlush.Samples, Of(values, "tmem.operation.samples", "tmem.operation", "flush_object"));
        Assert.True(latency.Put.Samples > 0 && latency.PageFlush.Samples == 0);
        List<MetricsListener.Value> durations = [.. values.Where(value => value.Name == "tmem.operation.duration")];
        Assert.DoesNotContain(durations, value => (string?)value.Tags["tmem.operation"] == "flush_page");
        foreach (double part in new[] { 0.5, 0.99, 0.999 })
        {
            MetricsListener.Value put = Assert.Single(durations, value =>
                (string?)value.Tags["tmem.operation"] == "put" && (string?)value.Tags["tmem.quantile"] == part.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(latency.Put.QuantileNanoseconds(part) / 1e9, put.Number);
        }
    }

    [Fact]
    public void Hosts_are_told_apart_and_vanish_with_their_disposal()
    {
        using var listener = new MetricsListener();
        using var first = new TmemHost(Hosts.Small with { Name = "twin" });
        var second = new TmemHost(Hosts.Small with { Name = "twin" });
        first.CreateClient().CreatePersistentPool().Put(1, 1, _buffer);

        Assert.Equal(1, Of(listener.Collect("twin"), "tmem.puts"));
        Assert.Equal(0, Of(listener.Collect("twin-2"), "tmem.puts"));
        second.Dispose();
        second.Dispose();
        Assert.Empty(listener.Collect("twin-2"));
        Assert.NotEmpty(listener.Collect("twin"));
        using var third = new TmemHost(Hosts.Small with { Name = "twin" });
        Assert.NotEmpty(listener.Collect("twin-2"));
    }

    [Fact]
    public void A_host_without_a_name_gets_a_number_and_an_empty_name_is_refused()
    {
        using var first = new TmemHost(Hosts.Small);
        using var second = new TmemHost(Hosts.Small);
        string[] names = [NameOf(first), NameOf(second)];

        Assert.All(names, name => Assert.InRange(int.Parse(name, CultureInfo.InvariantCulture), 1, 10_000));
        Assert.NotEqual(names[0], names[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TmemHost(Hosts.Small with { Name = "" }));
    }

    [Fact]
    public void A_host_that_nobody_has_is_not_kept()
    {
        Leave("left");
        for (int i = 0; i < 100 && Lives("left"); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(Lives("left"));

        // Methods of their own, so that no slot of this one's holds a host.
        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Leave(string name)
        {
            _ = new TmemHost(Hosts.Small with { Name = name });
            Assert.True(Lives(name));
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static bool Lives(string name) => HostRegistry.Living().Exists(entry => entry.Name == name);
    }

    [Fact]
    public void Clients_are_told_only_where_that_is_wanted()
    {
        using var listener = new MetricsListener();
        using TmemHost quiet = CreateBusy("quiet");
        using TmemHost open = CreateBusy("open", clientMetrics: true);
        Assert.True(open.TryGetClient(7, out TmemClient? client));
        ClientStatistics s = client.GetStatistics();

        Assert.DoesNotContain(listener.Collect("quiet"), value => value.Name.StartsWith("tmem.client.", StringComparison.Ordinal));
        List<MetricsListener.Value> values = [.. listener.Collect("open").Where(value => value.Tags.TryGetValue("tmem.client.id", out object? id) && (int)id! == 7)];
        Assert.Equal(s.EphemeralBytes, Of(values, "tmem.client.memory", "tmem.pool.kind", "ephemeral"));
        Assert.Equal(s.PersistentBytes, Of(values, "tmem.client.memory", "tmem.pool.kind", "persistent"));
        Assert.Equal(s.EphemeralHits, Of(values, "tmem.client.get.hits", "tmem.pool.kind", "ephemeral"));
        Assert.Equal(s.PersistentHits, Of(values, "tmem.client.get.hits", "tmem.pool.kind", "persistent"));
        Assert.Equal(s.Evictions, Of(values, "tmem.client.evictions"));
        RequireReasons(values, "tmem.client.put.refusals", "tmem.refusal.reason", s.Refusals);
        Assert.True(s.PersistentHits > 0 && s.Evictions > 0);
        client.Dispose();
        Assert.DoesNotContain(listener.Collect("open"), value => value.Tags.TryGetValue("tmem.client.id", out object? id) && (int)id! == 7);
    }

    [Fact]
    public async Task Hosts_come_and_go_while_instruments_are_asked()
    {
        using var listener = new MetricsListener();
        Task hosts = Task.Run(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                using var host = new TmemHost(Hosts.Small with { Name = "flicker", ClientMetrics = true, MaxClients = 4 });
                host.CreateClient().CreatePersistentPool().Put(1, 1, _buffer);
            }
        });
        int collections = 0;
        do
        {
            Assert.All(listener.Collect("flicker").Where(value => value.Name == "tmem.puts"), value => Assert.InRange(value.Number, 0, 1));
            collections++;
        }
        while (!hosts.IsCompleted);

        await hosts;
        Assert.True(collections > 0);
        Assert.Empty(listener.Collect("flicker"));
    }

    [Fact]
    public void The_page_names_every_instrument_as_it_is()
    {
        using TmemHost host = CreateBusy("page", clientMetrics: true);
        using var listener = new MetricsListener();
        List<MetricsListener.Value> values = listener.Collect("page");
        string[] page = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Statistics", "metrics.md"));
        string[][] rows = [.. page.Where(line => line.StartsWith("| `tmem.", StringComparison.Ordinal)).Select(CellsOf).Where(cells => cells.Length == 6)];

        Assert.Equal(
            listener.Instruments.Select(instrument => $"{instrument.Name} {instrument.Unit} {KindOf(instrument)}"),
            rows.Select(cells => $"{cells[0].Trim('`')} {cells[1].Trim('`')} {cells[2]}"));
        foreach (string[] cells in rows)
        {
            string name = cells[0].Trim('`');
            MetricsListener.Value[] told = [.. values.Where(value => value.Name == name)];
            Assert.True(told.Length > 0, name);
            string[] keys = [.. cells[3].Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(key => key.Trim('`')).Append(TmemMetrics.HostKey).Order()];
            Assert.All(told, value => Assert.Equal(keys, value.Tags.Keys.Order()));
            Assert.NotEmpty(cells[4]);
            Assert.Contains(name.Replace('.', '_'), cells[5], StringComparison.Ordinal);
            Assert.False(string.IsNullOrEmpty(listener.Instruments.Single(instrument => instrument.Name == name).Description));
        }
    }

    [Fact]
    public void The_page_names_every_value_of_an_attribute()
    {
        using TmemHost host = CreateBusy("values");
        using var listener = new MetricsListener();
        string page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Statistics", "metrics.md"));
        foreach (IGrouping<string, KeyValuePair<string, object?>> attribute in listener.Collect("values").SelectMany(value => value.Tags).GroupBy(tag => tag.Key))
        {
            string row = page.Split('\n').Last(line => line.StartsWith($"| `{attribute.Key}` |", StringComparison.Ordinal));
            Assert.All(
                attribute.Select(tag => (string)tag.Value!).Where(_ => attribute.Key != TmemMetrics.HostKey).Distinct(),
                value => Assert.Contains($"`{value}`", row, StringComparison.Ordinal));
        }
    }

    private static string[] CellsOf(string line) => [.. line.Trim('|', ' ').Split(" | ").SelectMany(static cell => cell == "" ? [cell] : cell.Split(" |  | ")).Select(cell => cell.Trim())];

    private static string KindOf(Instrument instrument) => instrument switch
    {
        ObservableCounter<long> or ObservableCounter<double> => "counter",
        ObservableUpDownCounter<long> => "up-down counter",
        ObservableGauge<double> => "gauge",
        _ => instrument.GetType().Name,
    };

    private static string NameOf(TmemHost host) => HostRegistry.Living().Single(entry => entry.Host == host).Name;

    private static double Of(List<MetricsListener.Value> values, string name, string? key = null, string? attribute = null) =>
        Assert.Single(values, value => value.Name == name && (key is null || (string?)value.Tags[key] == attribute)).Number;

    /// <summary>Each number of a record is told under the name of its property, in small letters, and no other is.</summary>
    private static void RequireReasons(List<MetricsListener.Value> values, string name, string key, object reasons)
    {
        var told = values.Where(value => value.Name == name).ToDictionary(value => ((string)value.Tags[key]!).Replace("_", "", StringComparison.Ordinal), value => (long)value.Number);
        var counted = reasons.GetType().GetProperties()
            .Where(property => property.PropertyType == typeof(long) && property.Name != "Total")
            .ToDictionary(property => property.Name.ToLowerInvariant(), property => (long)property.GetValue(reasons)!);
        Assert.Equal(counted.OrderBy(pair => pair.Key), told.OrderBy(pair => pair.Key));
    }

    /// <summary>A host of which something has been asked of every kind but flushes of a page.</summary>
    private TmemHost CreateBusy(string name, bool clientMetrics = false)
    {
        var host = new TmemHost(Hosts.Small with { Name = name, ClientMetrics = clientMetrics, CompressByDefault = true });
        TmemClient client = host.CreateClient(new() { Id = 7 });
        PersistentPool persistent = client.CreatePersistentPool();
        RetainingPool retaining = client.CreateRetainingPool();
        var unreadable = default(UnreadableSource);
        for (uint i = 0; i < 3000; i++)
        {
            Pages.FillMixed(_buffer, i);
            persistent.Put(i % 9, i % 50, _buffer);
            retaining.TryPut(i / 9, i, _buffer);
            persistent.Get(i % 9, i % 100, _buffer);
            retaining.FlushObject(i % 3);
        }

        persistent.PutEntry(99, 0, _buffer.AsSpan(0, 99));
        persistent.Put(1, 1, ref unreadable);
        host.Control.GiveBack(host.CapacityBytes / 4);
        host.Control.Freeze(client);
        persistent.Put(77, 77, _buffer);
        return host;
    }
}
