using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using TmemCore.Tests;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>A local cache in front of one that several nodes share.</summary>
public sealed class FrontTests : IDisposable
{
    private readonly FakeClock _time = new();
    private readonly TmemCache _store;
    private readonly SharedCache _shared;
    private readonly List<ServiceProvider> _nodes = [];

    public FrontTests()
    {
        _store = new TmemCache(null, _time);
        _shared = new SharedCache(_store);
    }

    public static TheoryData<bool, bool> Kinds => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    public void Dispose()
    {
        _nodes.ForEach(static node => node.Dispose());
        _store.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_miss_is_filled_from_the_shared_cache_once(bool hasBuffers, bool isAsync)
    {
        IBufferDistributedCache front = Node(hasBuffers, out TmemCache local);
        _store.Set("key", Segments.Bytes(9000), TestCache.Forever);

        Assert.Equal(Segments.Bytes(9000), await Get(front, "key", isAsync));
        Assert.Equal(Segments.Bytes(9000), await Get(front, "key", isAsync));
        Assert.Equal(1, _shared.Gets);
        Assert.Equal(Segments.Bytes(9000), await Read(front, "key", isAsync));
        Assert.Equal(1, _shared.Gets);
        local.Remove("key");
        Assert.Equal(Segments.Bytes(9000), await Read(front, "key", isAsync));
        Assert.Equal(Segments.Bytes(9000), await Read(front, "key", isAsync));
        Assert.Equal(2, _shared.Gets);
        Assert.Null(await Get(front, "none", isAsync));
        Assert.Null(await Read(front, "none", isAsync));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_set_and_a_removal_are_seen_by_other_nodes_at_once_when_they_have_nothing(bool hasBuffers, bool isAsync)
    {
        IBufferDistributedCache one = Node(hasBuffers, out TmemCache local), two = Node(hasBuffers, out _);

        await Set(one, "key", [1], new(), isAsync, asSequence: false);
        Assert.Equal([1], local.Get("key")!);
        Assert.Equal([1], (await Get(two, "key", isAsync))!);
        await Set(one, "other", [2], new(), isAsync, asSequence: true);
        Assert.Equal([2], local.Get("other")!);
        Assert.Equal([2], (await Get(two, "other", isAsync))!);
        await Remove(one, "key", isAsync);

        Assert.Null(local.Get("key"));
        Assert.Null(_store.Get("key"));
        Assert.Null(await Get(one, "key", isAsync));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_another_node_sets_is_seen_when_the_local_lifetime_is_over(bool hasBuffers, bool isAsync)
    {
        IBufferDistributedCache one = Node(hasBuffers, out _), two = Node(hasBuffers, out _);
        await Set(one, "key", [1], new(), isAsync, asSequence: true);
        await Get(two, "key", isAsync);
        await Set(one, "key", [2], new(), isAsync, asSequence: true);

        _time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        Assert.Equal([1], (await Get(two, "key", isAsync))!);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal([2], (await Get(two, "key", isAsync))!);
    }

    [Fact]
    public void A_value_ends_here_no_later_than_its_own_time()
    {
        IBufferDistributedCache front = Node(true, out TmemCache local);
        front.Set("absolute", [1], new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(10) });
        front.Set("sliding", [2], new() { SlidingExpiration = TimeSpan.FromSeconds(10) });
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.NotNull(local.Get("absolute"));
        Assert.Null(local.Get("sliding"));

        // The read goes there, and renews it there.
        Assert.NotNull(front.Get("sliding"));
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(front.Get("absolute"));
        Assert.NotNull(_store.Get("sliding"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_failure_of_the_shared_cache_is_the_callers_and_leaves_nothing_stale(bool hasBuffers, bool isAsync)
    {
        IBufferDistributedCache front = Node(hasBuffers, out TmemCache local);
        foreach (Func<Task> change in (Func<Task>[])[
            () => Set(front, "key", [2], new(), isAsync, asSequence: false),
            () => Set(front, "key", [2], new(), isAsync, asSequence: true),
            () => Remove(front, "key", isAsync)])
        {
            front.Set("key", [1], new());
            _shared.IsDown = true;

            await Assert.ThrowsAsync<TimeoutException>(change);

            Assert.Null(local.Get("key"));
            await Assert.ThrowsAsync<TimeoutException>(() => Get(front, "key", isAsync));
            await Assert.ThrowsAsync<TimeoutException>(() => Read(front, "key", isAsync));
            _shared.IsDown = false;
            Assert.Equal([1], (await Get(front, "key", isAsync))!);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_fill_does_not_lay_an_old_value_over_a_set_meanwhile(bool hasBuffers, bool isAsync)
    {
        IBufferDistributedCache front = Node(hasBuffers, out TmemCache local);
        _store.Set("key", [1], new());
        _shared.AfterGet = () => front.Set("key", [2], new());

        Assert.Equal([1], (await Get(front, "key", isAsync))!);

        Assert.Equal([2], front.Get("key")!);
        local.Remove("key");
        _shared.AfterGet = () => front.Remove("key");
        Assert.Equal([2], (await Read(front, "key", isAsync))!);
        Assert.Null(front.Get("key"));
    }

    [Fact]
    public void Of_two_sets_at_once_none_stays_here_that_might_be_the_older_one()
    {
        IBufferDistributedCache front = Node(true, out TmemCache local);
        _shared.AfterSet = () => front.Set("key", [2], new());

        front.Set("key", [1], new());

        Assert.Null(local.Get("key"));
        Assert.Equal(_store.Get("key"), front.Get("key"));
    }

    [Fact]
    public void A_value_too_long_for_here_is_kept_there_alone()
    {
        var shared = new SharedCache(null);
        using var local = new TmemCache(null, _time);
        var front = new FrontCache(local, shared, new(), _time);
        front.Set("key", [1], new());

        front.Set("key", new byte[TmemCache.MaximumValueBytes + 1], new());

        Assert.Equal(2, shared.Sets);
        Assert.Null(local.Get("key"));
        Assert.Throws<ArgumentException>("key", () => front.Set(new string('k', 70_000), [1], new()));
        Assert.Equal(2, shared.Sets);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refresh_goes_to_the_shared_cache(bool isAsync)
    {
        IBufferDistributedCache front = Node(true, out _);
        front.Set("key", [1], new() { SlidingExpiration = TimeSpan.FromSeconds(50) });
        for (int i = 0; i < 4; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(40));
            if (isAsync)
            {
                await front.RefreshAsync("key");
            }
            else
            {
                front.Refresh("key");
            }
        }

        Assert.Equal([1], front.Get("key")!);
    }

    [Fact]
    public void A_named_cache_may_be_a_front_too()
    {
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(_time);
        collection.AddKeyedSingleton<IDistributedCache>("shared", _shared);
        collection.AddTmemCache("named", o => o.CapacityBytes = 8L << 20).InFrontOf("shared", o => o.LocalLifetime = TimeSpan.FromSeconds(5));
        using ServiceProvider services = collection.BuildServiceProvider();
        IDistributedCache front = services.GetRequiredKeyedService<IDistributedCache>("named");

        front.Set("key", [1], new());

        Assert.Equal([1], _store.Get("key")!);
        Assert.Equal([1], services.GetRequiredKeyedService<TmemCache>("named").Get("key")!);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(services.GetRequiredKeyedService<TmemCache>("named").Get("key"));
        Assert.Null(services.GetService<IDistributedCache>());
    }

    private IBufferDistributedCache Node(bool hasBuffers, out TmemCache local)
    {
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(_time);
        collection.AddKeyedSingleton<IDistributedCache>("shared", hasBuffers ? _shared : new ArraysOnly(_shared));
        collection.AddTmemCache(o => o.CapacityBytes = 8L << 20).InFrontOf("shared");
        ServiceProvider services = collection.BuildServiceProvider();
        _nodes.Add(services);
        local = services.GetRequiredService<TmemCache>();
        Assert.Same(services.GetRequiredService<IDistributedCache>(), services.GetRequiredService<IBufferDistributedCache>());
        return services.GetRequiredService<IBufferDistributedCache>();
    }

    private static async Task<byte[]?> Get(IDistributedCache cache, string key, bool isAsync) => isAsync ? await cache.GetAsync(key) : cache.Get(key);

    private static async Task<byte[]?> Read(IBufferDistributedCache cache, string key, bool isAsync)
    {
        var writer = new ArrayBufferWriter<byte>();
        return (isAsync ? await cache.TryGetAsync(key, writer) : cache.TryGet(key, writer)) ? writer.WrittenSpan.ToArray() : null;
    }

    private static async Task Set(IBufferDistributedCache cache, string key, byte[] value, DistributedCacheEntryOptions options, bool isAsync, bool asSequence)
    {
        switch (isAsync, asSequence)
        {
            case (false, false):
                cache.Set(key, value, options);
                break;
            case (false, true):
                cache.Set(key, new ReadOnlySequence<byte>(value), options);
                break;
            case (true, false):
                await cache.SetAsync(key, value, options);
                break;
            default:
                await cache.SetAsync(key, new ReadOnlySequence<byte>(value), options);
                break;
        }
    }

    private static async Task Remove(IDistributedCache cache, string key, bool isAsync)
    {
        if (isAsync)
        {
            await cache.RemoveAsync(key);
        }
        else
        {
            cache.Remove(key);
        }
    }
}
