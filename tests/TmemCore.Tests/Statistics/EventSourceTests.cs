using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using TmemCore.Statistics;
using Xunit;

namespace TmemCore.Tests.Statistics;

/// <summary>
/// Tests of sums over all hosts of the process, which fall where another test hands a host over within the process: before, both have counted what it had.
/// </summary>
[CollectionDefinition(nameof(EventSourceTests), DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "What xunit calls it.")]
public sealed class EventSourceTestsCollection;

/// <summary>The event source, and that neither it nor the meter costs anything while nobody listens. In one class: tests of one run in turns.</summary>
[Collection(nameof(EventSourceTests))]
public sealed class EventSourceTests
{
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Fact]
    public async Task Counters_are_made_when_somebody_listens_and_not_before()
    {
        using var host = new TmemHost(Hosts.Small with { Name = "polled" });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        pool.Put(1, 1, _buffer);
        Assert.False(TmemEventSource.IsPolled);

        using var listener = new CounterListener();
        Assert.True(TmemEventSource.IsPolled);
        IReadOnlyDictionary<string, double> values = await listener.First;

        string[] names = ["evictions", "flushes", "get-hits", "gets", "memory-committed", "pages", "put-refusals", "puts"];
        Assert.Equal(names, values.Keys.Order());
        Assert.True(values["pages"] >= 1);
        Assert.True(values["memory-committed"] >= host.CommittedBytes);
        Assert.All(values.Values, value => Assert.True(value >= 0));
        string page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Statistics", "metrics.md"));
        Assert.All(names, name => Assert.Contains($"| `{name}` |", page, StringComparison.Ordinal));
        RequireSumsToOutliveHosts();
    }

    [Fact]
    public void Totals_of_hosts_that_are_gone_leave_levels_out()
    {
        var totals = new EventTotals(1, 2, 3, 4, 5, 6, 7, 8);
        Assert.Equal(new EventTotals(1, 2, 6, 8, 10, 12, 14, 16), totals.And(totals.WithoutLevels));
        var statistics = new HostStatistics
        {
            Pages = 1,
            CommittedBytes = 2,
            Puts = 3,
            Refusals = new() { Cap = 4 },
            Gets = 5,
            GetHits = 6,
            Flushes = 7,
            Evictions = 8,
        };
        Assert.Equal(totals, EventTotals.Of(statistics));
    }

    [Fact]
    public void Operations_allocate_nothing_and_instruments_are_off_while_nobody_listens()
    {
        using var host = new TmemHost(Hosts.Small with { Name = "unheard", ClientMetrics = true });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        Operate(pool, 5000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Operate(pool, 50_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(host.GetStatistics().Latency.Put.Samples > 20);

        using var listener = new MetricsListener(enables: false);
        Assert.NotEmpty(listener.Instruments);
        Assert.All(listener.Instruments, instrument => Assert.True(instrument.IsObservable));
        Assert.Empty(listener.Collect("unheard"));
    }

    private static void RequireSumsToOutliveHosts()
    {
        const long Puts = 1L << 40;
        var host = new TmemHost(Hosts.Small);
        Inside.Shards(host.Store)[0].Record.Puts = Puts;
        Assert.InRange(HostRegistry.ReadTotals().Puts, Puts, 2 * Puts);
        host.Dispose();
        Assert.InRange(HostRegistry.ReadTotals().Puts, Puts, 2 * Puts);
    }

    private void Operate(PersistentPool pool, uint rounds)
    {
        for (uint i = 0; i < rounds; i++)
        {
            pool.Put(1, i % 100, _buffer);
            pool.Get(1, i % 200, _buffer);
            pool.FlushPage(1, i % 10);
        }
    }

    /// <summary>Enables the source, and waits until each counter has told a value.</summary>
    private sealed class CounterListener : EventListener
    {
        private const int Counters = 8;

        private readonly ConcurrentDictionary<string, double> _values = new();
        private readonly TaskCompletionSource<IReadOnlyDictionary<string, double>> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<IReadOnlyDictionary<string, double>> First => _first.Task;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == TmemEventSource.SourceName)
            {
                EnableEvents(eventSource, EventLevel.Informational, EventKeywords.All, new Dictionary<string, string?> { ["EventCounterIntervalSec"] = "0.05" });
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData is { EventName: "EventCounters", Payload: [IDictionary<string, object> payload, ..] })
            {
                string key = payload.ContainsKey("Mean") ? "Mean" : "Increment";
                _values[(string)payload["Name"]] = Convert.ToDouble(payload[key], null);
                if (_values.Count == Counters)
                {
                    _first.TrySetResult(_values);
                }
            }
        }
    }
}
