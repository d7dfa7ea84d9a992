using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using TmemCore.Tests;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>HybridCache with the cache as its second level, without further code.</summary>
public sealed class HybridCacheTests : IDisposable
{
    private static readonly HybridCacheEntryOptions s_secondLevelOnly = new() { Flags = HybridCacheEntryFlags.DisableLocalCache };

    private readonly FakeClock _time = new();
    private readonly TmemHost _host = new();
    private readonly List<ServiceProvider> _nodes = [];
    private TmemCache? _cache;

    public void Dispose()
    {
        _nodes.ForEach(static node => node.Dispose());
        _host.Dispose();
    }

    [Fact]
    public async Task A_stampede_calls_the_factory_once_and_fills_both_levels()
    {
        HybridCache cache = Node();
        var gate = new TaskCompletionSource();
        int calls = 0;
        Task<string>[] callers = [.. Enumerable.Range(0, 50).Select(_ => cache.GetOrCreateAsync("key", async _ =>
        {
            Interlocked.Increment(ref calls);
            await gate.Task;
            return "value";
        }).AsTask())];
        gate.SetResult();

        Assert.All(await Task.WhenAll(callers), value => Assert.Equal("value", value));

        Assert.Equal(1, calls);

        // Callers have the value before the second level has it. The run's own limit fails a write that never comes.
        while (_cache!.Get("key") is null)
        {
            await Task.Delay(1);
        }
    }

    [Fact]
    public async Task A_second_node_finds_values_of_any_length_in_the_second_level()
    {
        HybridCache one = Node(), two = Node();
        foreach (int length in (int[])[0, 1, 200, 4096, 300_000])
        {
            string text = new('t', length);
            Assert.Equal(text, await one.GetOrCreateAsync($"key {length}", _ => ValueTask.FromResult(text)));

            Assert.Equal(text, await two.GetOrCreateAsync<string>($"key {length}", _ => throw new InvalidOperationException("It is there.")));
        }
    }

    [Fact]
    public async Task An_expired_value_is_made_anew()
    {
        HybridCache cache = Node();
        HybridCacheEntryOptions options = new() { Expiration = TimeSpan.FromMinutes(5), Flags = HybridCacheEntryFlags.DisableLocalCache };
        await cache.GetOrCreateAsync("key", static _ => ValueTask.FromResult(1), options);
        _time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Equal(1, await cache.GetOrCreateAsync("key", static _ => ValueTask.FromResult(2), options));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(3, await cache.GetOrCreateAsync("key", static _ => ValueTask.FromResult(3), options));
    }

    [Fact]
    public async Task A_tag_that_is_removed_ends_its_values_in_the_second_level()
    {
        HybridCache one = Node();
        await one.SetAsync("tagged", 1, s_secondLevelOnly, ["red", "round"]);
        await one.SetAsync("other", 1, s_secondLevelOnly, ["blue"]);
        _time.Advance(TimeSpan.FromSeconds(1));

        await one.RemoveByTagAsync("red");

        _time.Advance(TimeSpan.FromSeconds(1));
        HybridCache two = Node();
        foreach (HybridCache node in (HybridCache[])[one, two])
        {
            Assert.Equal(1, await node.GetOrCreateAsync("other", static _ => ValueTask.FromResult(2), s_secondLevelOnly, ["blue"]));
        }

        Assert.Equal(2, await one.GetOrCreateAsync("tagged", static _ => ValueTask.FromResult(2), s_secondLevelOnly, ["red", "round"]));
        Assert.Equal(2, await two.GetOrCreateAsync("tagged", static _ => ValueTask.FromResult(3), s_secondLevelOnly, ["red", "round"]));
    }

    [Fact]
    public async Task A_removed_value_is_gone_from_both_levels()
    {
        HybridCache cache = Node();
        await cache.SetAsync("key", 1);

        await cache.RemoveAsync("key");

        Assert.Null(_cache!.Get("key"));
        Assert.Equal(2, await cache.GetOrCreateAsync("key", static _ => ValueTask.FromResult(2)));
    }

    [Fact]
    public async Task A_value_that_the_store_has_dropped_is_made_anew()
    {
        HybridCache cache = Node();
        await cache.SetAsync("key", 1, s_secondLevelOnly);
        _cache!.Remove("key");

        Assert.Equal(2, await cache.GetOrCreateAsync("key", static _ => ValueTask.FromResult(2), s_secondLevelOnly));
    }

    [Fact]
    public async Task Values_go_in_and_out_as_buffers()
    {
        var counted = new CountedCache(new TmemCache(new() { Host = _host }));
        await using ServiceProvider services = Services(collection => collection.AddSingleton<IDistributedCache>(counted));
        HybridCache cache = services.GetRequiredService<HybridCache>();

        await cache.SetAsync("key", "value", s_secondLevelOnly);
        await cache.GetOrCreateAsync("key", static _ => ValueTask.FromResult("other"), s_secondLevelOnly);

        Assert.True(counted.Buffers >= 2);
        Assert.Equal(0, counted.Arrays);
    }

    /// <summary>Another process, as far as HybridCache can tell: a first level of its own, and the same second one.</summary>
    private HybridCache Node()
    {
        _cache ??= new TmemCache(new() { Host = _host }, _time);
        ServiceProvider services = Services(collection => collection.AddSingleton<IDistributedCache>(_cache));
        _nodes.Add(services);
        return services.GetRequiredService<HybridCache>();
    }

    private ServiceProvider Services(Action<ServiceCollection> addSecondLevel)
    {
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(_time);
        collection.AddHybridCache();
        addSecondLevel(collection);
        return collection.BuildServiceProvider();
    }

    private sealed class CountedCache(TmemCache inner) : IBufferDistributedCache
    {
        public int Buffers { get; private set; }

        public int Arrays { get; private set; }

        public byte[]? Get(string key)
        {
            Arrays++;
            return inner.Get(key);
        }

        public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => Task.FromResult(Get(key));

        public void Set(string key, byte[] value, DistributedCacheEntryOptions options)
        {
            Arrays++;
            inner.Set(key, value, options);
        }

        public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
        {
            Set(key, value, options);
            return Task.CompletedTask;
        }

        public bool TryGet(string key, IBufferWriter<byte> destination)
        {
            Buffers++;
            return inner.TryGet(key, destination);
        }

        public ValueTask<bool> TryGetAsync(string key, IBufferWriter<byte> destination, CancellationToken token = default) => new(TryGet(key, destination));

        public void Set(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options)
        {
            Buffers++;
            inner.Set(key, value, options);
        }

        public ValueTask SetAsync(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options, CancellationToken token = default)
        {
            Set(key, value, options);
            return default;
        }

        public void Refresh(string key) => inner.Refresh(key);

        public Task RefreshAsync(string key, CancellationToken token = default) => inner.RefreshAsync(key, token);

        public void Remove(string key) => inner.Remove(key);

        public Task RemoveAsync(string key, CancellationToken token = default) => inner.RemoveAsync(key, token);
    }
}
