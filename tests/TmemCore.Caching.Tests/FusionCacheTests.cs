using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using TmemCore.Tests;
using Xunit;
using ZiggyCreatures.Caching.Fusion;

namespace TmemCore.Caching.Tests;

/// <summary>FusionCache with the cache as its second level, without further code.</summary>
public sealed class FusionCacheTests : IDisposable
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    /// <summary>FusionCache reads the system's clock, and tells the second level times by it.</summary>
    private readonly FakeClock _time = new(DateTimeOffset.UtcNow);
    private readonly TmemCache _store;
    private readonly SharedCache _shared;
    private readonly List<ServiceProvider> _nodes = [];

    public FusionCacheTests()
    {
        _store = new TmemCache(null, _time);
        _shared = new SharedCache(_store);
    }

    public void Dispose()
    {
        _nodes.ForEach(static node => node.Dispose());
        _store.Dispose();
    }

    [Fact]
    public async Task A_stampede_calls_the_factory_once()
    {
        IFusionCache cache = Node();
        var gate = new TaskCompletionSource();
        int calls = 0;
        Task<string>[] callers = [.. Enumerable.Range(0, 50).Select(_ => cache.GetOrSetAsync<string>("key", async (_, _) =>
        {
            Interlocked.Increment(ref calls);
            await gate.Task;
            return "value";
        }).AsTask())];
        gate.SetResult();

        Assert.All(await Task.WhenAll(callers), value => Assert.Equal("value", value));

        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_second_node_finds_values_of_any_length()
    {
        IFusionCache one = Node(), two = Node();
        foreach (int length in (int[])[0, 200, 4096, 300_000])
        {
            string text = new('t', length);
            await one.SetAsync($"key {length}", text);

            Assert.Equal(text, await two.GetOrSetAsync<string>($"key {length}", (_, _) => throw new InvalidOperationException("It is there.")));
        }
    }

    [Fact]
    public async Task An_expired_value_is_gone_for_a_node_without_it()
    {
        await Node().SetAsync("key", 1, options => options.SetDuration(TimeSpan.FromMinutes(5)));
        Assert.Equal(1, await Node().GetOrSetAsync<int>("key", (_, _) => Task.FromResult(2)));

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(3, await Node().GetOrSetAsync<int>("key", (_, _) => Task.FromResult(3)));
    }

    [Fact]
    public async Task Fail_safe_gives_the_expired_value_of_the_second_level_when_the_factory_fails()
    {
        IFusionCache one = Node();
        await one.SetAsync("key", 1, options => options.SetDuration(TimeSpan.FromTicks(1)).SetFailSafe(true, 2 * s_hour));

        // By its own clock, the value is over when the next tick has come.
        await Task.Delay(1);
        IFusionCache two = Node();
        int value = await two.GetOrSetAsync<int>(
            "key", (_, _) => throw new TimeoutException("The database does not answer."), options => options.SetFailSafe(true, 2 * s_hour));

        Assert.Equal(1, value);
        await Assert.ThrowsAsync<TimeoutException>(async () => await two.GetOrSetAsync<int>(
            "none", (_, _) => throw new TimeoutException("The database does not answer."), options => options.SetFailSafe(true, 2 * s_hour)));
    }

    [Fact]
    public async Task Tags_end_values_on_every_node()
    {
        IFusionCache one = Node();
        await one.SetAsync("tagged", 1, tags: ["red"]);
        await one.SetAsync("other", 1, tags: ["blue"]);

        await one.RemoveByTagAsync("red");

        IFusionCache two = Node();
        Assert.Equal(2, await two.GetOrSetAsync<int>("tagged", (_, _) => Task.FromResult(2), tags: ["red"]));
        Assert.Equal(1, await two.GetOrSetAsync<int>("other", (_, _) => Task.FromResult(2), tags: ["blue"]));
    }

    [Fact]
    public async Task Auto_recovery_sets_what_could_not_be_set()
    {
        IFusionCache one = Node();
        _shared.IsDown = true;
        await one.SetAsync("key", 1);
        Assert.Null(await Node().GetOrDefaultAsync<int?>("key"));

        _shared.IsDown = false;

        // The run's own limit fails a recovery that never comes.
        while (await Node().GetOrDefaultAsync<int?>("key") != 1)
        {
            await Task.Delay(5);
        }
    }

    [Fact]
    public async Task A_removed_value_is_gone_for_every_node()
    {
        IFusionCache one = Node();
        await one.SetAsync("key", 1);

        await one.RemoveAsync("key");

        Assert.Null(await Node().GetOrDefaultAsync<int?>("key"));
    }

    private IFusionCache Node()
    {
        var collection = new ServiceCollection();
        collection.AddSingleton<IDistributedCache>(_shared);
        collection.AddFusionCache()
            .WithOptions(options =>
            {
                options.AutoRecoveryDelay = TimeSpan.FromMilliseconds(20);
                options.DefaultEntryOptions.Duration = s_hour;
            })
            .WithRegisteredDistributedCache()
            .WithSystemTextJsonSerializer();
        ServiceProvider services = collection.BuildServiceProvider();
        _nodes.Add(services);
        return services.GetRequiredService<IFusionCache>();
    }
}
