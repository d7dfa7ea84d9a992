using System.Diagnostics.Metrics;
using TmemCore.Statistics;

namespace TmemCore.Tests.Statistics;

/// <summary>Collects what the meter's instruments say, of hosts by their names: other tests have hosts, too.</summary>
internal sealed class MetricsListener : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<Value> _values = [];

    public MetricsListener(bool enables = true)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == TmemMetrics.MeterName)
            {
                Instruments.Add(instrument);
                if (enables)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _values.Add(Value.Of(instrument, value, tags)));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _values.Add(Value.Of(instrument, value, tags)));
        _listener.Start();
    }

    public List<Instrument> Instruments { get; } = [];

    /// <summary>Asks all instruments, and gives what was said of a host.</summary>
    public List<Value> Collect(string host)
    {
        _values.Clear();
        _listener.RecordObservableInstruments();
        return [.. _values.Where(value => (string?)value.Tags[TmemMetrics.HostKey] == host)];
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>A value of an instrument, and its attributes.</summary>
    internal sealed record Value(string Name, double Number, Dictionary<string, object?> Tags)
    {
        public static Value Of(Instrument instrument, double number, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            new(instrument.Name, number, new Dictionary<string, object?>(tags.ToArray()));
    }
}
