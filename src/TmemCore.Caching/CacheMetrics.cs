using System.Diagnostics.Metrics;
using TmemCore.Statistics;

namespace TmemCore.Caching;

/// <summary>
/// A cache's instruments, in the manner of .NET's own for its memory cache. Nothing is counted while nobody listens.
/// </summary>
internal sealed class CacheMetrics : IDisposable
{
    public const string MeterName = "TmemCore.Caching";
    private const string NameKey = "tmem.cache.name";
    private const string ResultKey = "tmem.cache.request.result";
    private const string ReasonKey = "tmem.cache.eviction.reason";
    private const string DirectionKey = "tmem.cache.io.direction";

    private readonly Meter _meter;
    private readonly bool _isOwn;
    private readonly KeyValuePair<string, object?> _name;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _evictions;
    private readonly Counter<long> _io;
    private StoreSource? _source;

    /// <summary>Makes the instruments known.</summary>
    /// <param name="name">The cache's name.</param>
    /// <param name="factory">Makes the meter; null for one of the cache's own.</param>
    /// <param name="source">Where sizes are read.</param>
    public CacheMetrics(string name, IMeterFactory? factory, StoreSource source)
    {
        _source = source;
        _name = new(NameKey, name);
        _isOwn = factory is null;
        string? version = typeof(CacheMetrics).Assembly.GetName().Version?.ToString(fieldCount: 3);
        _meter = factory?.Create(MeterName, version) ?? new Meter(MeterName, version);
        _requests = _meter.CreateCounter<long>("tmem.cache.requests", "{request}", "Gets, by what they found.");
        _evictions = _meter.CreateCounter<long>("tmem.cache.evictions", "{entry}", "Values that were found to be gone or could not be kept.");
        _io = _meter.CreateCounter<long>("tmem.cache.io", "By", "Bytes of values, got and set.");
        _meter.CreateObservableUpDownCounter("tmem.cache.pages", () => Read(static s => s.Pages), "{page}", "Pages and entries now, heads of values included.");
        _meter.CreateObservableUpDownCounter("tmem.cache.size", () => Read(static s => s.DataBytes + s.MetadataBytes), "By", "What they take, descriptors and index included.");
        _meter.CreateObservableCounter("tmem.cache.page.evictions", () => Read(static s => s.Evictions), "{page}", "Pages and entries that the store has dropped.");
    }

    /// <summary>Counts a get.</summary>
    /// <param name="outcome">What it found.</param>
    /// <param name="bytes">On a hit, the value's length.</param>
    public void Count(ReadOutcome outcome, long bytes)
    {
        bool isHit = outcome == ReadOutcome.Hit;
        if (_requests.Enabled)
        {
            _requests.Add(1, _name, new(ResultKey, isHit ? "hit" : "miss"));
        }

        if (isHit && _io.Enabled)
        {
            _io.Add(bytes, _name, new(DirectionKey, "get"));
        }
    }

    /// <summary>Counts a value that a get or a refresh has found to be gone in part or in time.</summary>
    public void CountGone(ReadOutcome outcome)
    {
        if (outcome is ReadOutcome.Expired or ReadOutcome.Incomplete)
        {
            CountEviction(outcome == ReadOutcome.Expired ? "expired" : "incomplete");
        }
    }

    /// <summary>Counts a set.</summary>
    /// <param name="isStored">Whether the value is stored.</param>
    /// <param name="bytes">Its length.</param>
    public void CountSet(bool isStored, long bytes)
    {
        if (!isStored)
        {
            CountEviction("refused");
        }
        else if (_io.Enabled)
        {
            _io.Add(bytes, _name, new(DirectionKey, "set"));
        }
    }

    /// <summary>Ends the cache's series.</summary>
    public void Dispose()
    {
        _source = null;
        if (_isOwn)
        {
            _meter.Dispose();
        }
    }

    private void CountEviction(string reason)
    {
        if (_evictions.Enabled)
        {
            _evictions.Add(1, _name, new(ReasonKey, reason));
        }
    }

    /// <summary>A daemon's client is not told what its pages take.</summary>
    private IEnumerable<Measurement<long>> Read(Func<PoolStatistics, long> read)
    {
        try
        {
            return (_source?.Known?.Pool as RetainingPool)?.GetStatistics() is PoolStatistics statistics ? [new(read(statistics), _name)] : [];
        }
        catch (ObjectDisposedException)
        {
            return [];
        }
    }
}
