using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TmemCore.Client;

namespace TmemCore.Caching;

/// <summary>
/// A distributed cache whose values lie in local memory outside the garbage collector's heap, compressed and bounded by bytes. A value is 0 bytes to 64 MiB, a
/// key up to 65,535 bytes of UTF-8. Thread-safe. All calls are done when they return: those that end in Async are there for the interfaces. The store may
/// drop any value at any time; a value is returned whole or not at all, and never one that a later set has replaced, also when that set could not be stored.
/// </summary>
/// <example><code>
/// using var cache = new TmemCache(new() { CapacityBytes = 1L &lt;&lt; 30 });
/// cache.Set("key", "value"u8.ToArray(), new() { SlidingExpiration = TimeSpan.FromMinutes(5) });
/// byte[]? value = cache.Get("key");
/// </code></example>
public sealed partial class TmemCache : IBufferDistributedCache, IDisposable
{
    /// <summary>The longest value: 64 MiB.</summary>
    public const int MaximumValueBytes = ValueStore.MaximumValueBytes;

    /// <summary>The longest key, in bytes of UTF-8; a key with a surrogate that stands alone takes two bytes a character.</summary>
    public const int MaximumKeyBytes = CacheKey.MaximumBytes;

    private readonly IKeyHash _hash;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly StoreSource _source;
    private readonly CacheMetrics _metrics;
    private bool _isDisposed;

    /// <summary>Makes a cache.</summary>
    /// <param name="options">Where it keeps its values; null for a host of its own with 64 MiB.</param>
    /// <param name="timeProvider">The time that values expire by; null for the system's.</param>
    /// <param name="loggerFactory">Where lost connections and refused values are told of; null for nowhere.</param>
    /// <param name="meterFactory">Makes the meter; null for one of the cache's own.</param>
    /// <param name="name">The cache's name in metrics.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or two do not go together.</exception>
    /// <exception cref="InsufficientMemoryException">The machine cannot hold the capacity.</exception>
    public TmemCache(
        TmemCacheOptions? options = null,
        TimeProvider? timeProvider = null,
        ILoggerFactory? loggerFactory = null,
        IMeterFactory? meterFactory = null,
        string name = "default")
        : this(options ?? new(), new KeyHash(), timeProvider, loggerFactory, meterFactory, name)
    {
    }

    internal TmemCache(
        TmemCacheOptions options,
        IKeyHash hash,
        TimeProvider? timeProvider,
        ILoggerFactory? loggerFactory,
        IMeterFactory? meterFactory,
        string name,
        Func<ITmemClient, HeadLayout>? layout = null)
    {
        options.Validate();
        Name = name;
        _hash = hash;
        _time = timeProvider ?? TimeProvider.System;
        _log = loggerFactory?.CreateLogger<TmemCache>() ?? NullLogger<TmemCache>.Instance;
        _source = Open(options, name, layout ?? HeadLayout.For);
        _metrics = new CacheMetrics(name, meterFactory, _source);
    }

    /// <summary>The cache's name in metrics.</summary>
    public string Name { get; }

    /// <summary>Where the values are just now, for tests that lose some.</summary>
    internal ValueStore? Store => _source.Known;

    /// <summary>Throws unless a key is one that the cache takes.</summary>
    internal void RequireKey(string key) => CacheKey.Require(key, _hash);

    /// <summary>Ends the cache, and frees its values; its own host, too. Later calls throw.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _metrics.Dispose();
        _source.Dispose();
    }

    private StoreSource Open(TmemCacheOptions options, string name, Func<ITmemClient, HeadLayout> layout)
    {
        if (options.ClientFactory is Func<ITmemClient> factory)
        {
            return new StoreSource(factory, owned: null, _time, _log, layout);
        }

        if (options.SocketPath is string path)
        {
            return new StoreSource(
                options.SharesMemory ? () => TmemConnection.ConnectSharingMemory(path) : () => TmemConnection.Connect(path), owned: null, _time, _log, layout);
        }

        if (options.Host is TmemHost shared)
        {
            return new StoreSource(() => shared.CreateClient(new() { Name = name, Compression = options.Compression }), owned: null, _time, _log, layout);
        }

        var host = new TmemHost(options.HostOptions(name));
        return new StoreSource(() => host.CreateClient(new() { Name = name }), host, _time, _log, layout);
    }
}
