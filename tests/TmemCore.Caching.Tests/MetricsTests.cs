using System.Diagnostics.Metrics;
using TmemCore.Tests;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>The instruments tell what happened to the cache that bears the name.</summary>
public class MetricsTests
{
    [Fact]
    public void Requests_bytes_and_evictions_are_counted_by_what_they_were()
    {
        var time = new FakeClock();
        using var host = new TmemHost();
        WatchedPool pool = null!;
        using var cache = new TmemCache(
            new() { ClientFactory = () => new WrappedClient(host.CreateClient(), inner => pool = new WatchedPool(inner)) }, new FixedHash(), time, null, null, "counted");
        using var listener = new Listener("counted");
        cache.Set("key", Segments.Bytes(5000), new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(1) });
        cache.Get("key");
        cache.Get("key");
        cache.Get("none");
        time.Advance(TimeSpan.FromMinutes(1));
        cache.Get("key");
        cache.Set("key", Segments.Bytes(5000), TestCache.Forever);
        pool.FlushPage(FixedHash.ChunksOf(slot: 0), FixedHash.ChunkIndex(slot: 0));
        cache.Get("key");
        pool.RefuseAfter(0);
        cache.Set("key", Segments.Bytes(5000), TestCache.Forever);

        Assert.Equal(2, listener.Sum("tmem.cache.requests", "hit"));
        Assert.Equal(3, listener.Sum("tmem.cache.requests", "miss"));
        Assert.Equal(10_000, listener.Sum("tmem.cache.io", "get"));
        Assert.Equal(10_000, listener.Sum("tmem.cache.io", "set"));
        Assert.Equal(1, listener.Sum("tmem.cache.evictions", "expired"));
        Assert.Equal(1, listener.Sum("tmem.cache.evictions", "incomplete"));
        Assert.Equal(1, listener.Sum("tmem.cache.evictions", "refused"));
    }

    [Fact]
    public void Pages_and_bytes_are_read_when_somebody_asks_and_end_with_the_cache()
    {
        var cache = new TmemCache(new() { CapacityBytes = 1L << 20 }, name: "sized");
        using var listener = new Listener("sized");
        byte[] value = new byte[10_000];
        for (int i = 0; i < 300; i++)
        {
            new Random(i).NextBytes(value);
            cache.Set($"key {i}", value, TestCache.Forever);
        }

        listener.Read();
        Assert.InRange(listener.Sum("tmem.cache.pages", null), 100, 1000);
        Assert.InRange(listener.Sum("tmem.cache.size", null), 500_000, 1L << 20);
        Assert.InRange(listener.Sum("tmem.cache.page.evictions", null), 500, 1200);

        cache.Dispose();
        listener.Clear();
        listener.Read();
        Assert.Equal(0, listener.Sum("tmem.cache.pages", null));
    }

    [Fact]
    public void The_page_has_every_instrument_with_its_unit_and_kind()
    {
        using var cache = new TmemCache(name: "listed");
        using var listener = new Listener("listed");
        string page = File.ReadAllText(Page.Path);

        Assert.NotEmpty(listener.Instruments);
        Assert.All(listener.Instruments, instrument => Assert.Contains($"| `{instrument.Name}` | `{instrument.Unit}` |", page, StringComparison.Ordinal));
    }

    private sealed class Listener : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly List<(string Instrument, string? Attribute, long Value)> _values = [];

        public Listener(string name)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "TmemCore.Caching")
                {
                    Instruments.Add(instrument);
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            {
                if (tags[0].Key == "tmem.cache.name" && (string?)tags[0].Value == name)
                {
                    lock (_values)
                    {
                        _values.Add((instrument.Name, tags.Length > 1 ? (string?)tags[1].Value : null, value));
                    }
                }
            });
            _listener.Start();
        }

        public List<Instrument> Instruments { get; } = [];

        public void Read() => _listener.RecordObservableInstruments();

        public void Clear()
        {
            lock (_values)
            {
                _values.Clear();
            }
        }

        public long Sum(string instrument, string? attribute)
        {
            lock (_values)
            {
                return _values.Where(entry => entry.Instrument == instrument && entry.Attribute == attribute).Sum(static entry => entry.Value);
            }
        }

        public void Dispose() => _listener.Dispose();
    }
}
