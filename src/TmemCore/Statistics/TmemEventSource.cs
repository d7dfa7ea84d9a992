using System.Diagnostics.Tracing;

namespace TmemCore.Statistics;

/// <summary>
/// The event source TmemCore: counters for dotnet-counters and its like, over all hosts of the process. The counters are made when somebody
/// enables the source for the first time, and polled only while it is enabled.
/// </summary>
[EventSource(Name = SourceName)]
internal sealed class TmemEventSource : EventSource
{
    public const string SourceName = "TmemCore";

    private static readonly TmemEventSource s_source = new();

    private DiagnosticCounter[] _counters = [];

    private TmemEventSource()
    {
    }

    /// <summary>Whether somebody polls, or has.</summary>
    public static bool IsPolled => s_source._counters.Length != 0;

    /// <summary>Makes the source known, once for the process.</summary>
    public static void Publish() => _ = s_source;

    /// <inheritdoc/>
    protected override void OnEventCommand(EventCommandEventArgs command)
    {
        if (command.Command == EventCommand.Enable && _counters.Length == 0)
        {
            _counters = CreateCounters();
        }
    }

    private DiagnosticCounter[] CreateCounters() =>
    [
        Level("pages", "Pages", "", static totals => totals.Pages),
        Level("memory-committed", "Memory committed", "By", static totals => totals.CommittedBytes),
        Rate("puts", "Puts", static totals => totals.Puts),
        Rate("put-refusals", "Puts that stored nothing", static totals => totals.Refusals),
        Rate("gets", "Gets", static totals => totals.Gets),
        Rate("get-hits", "Gets that found a page", static totals => totals.GetHits),
        Rate("flushes", "Flushes", static totals => totals.Flushes),
        Rate("evictions", "Pages evicted", static totals => totals.Evictions),
    ];

    private PollingCounter Level(string name, string title, string unit, Func<EventTotals, long> read) =>
        new(name, this, () => read(HostRegistry.ReadTotals())) { DisplayName = title, DisplayUnits = unit };

    private IncrementingPollingCounter Rate(string name, string title, Func<EventTotals, long> read) =>
        new(name, this, () => read(HostRegistry.ReadTotals())) { DisplayName = title, DisplayRateTimeScale = TimeSpan.FromSeconds(1) };
}
