using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TmemCore.Tests;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>One line adds a cache; what is wrong with it is told at the start.</summary>
public class ServiceTests
{
    [Fact]
    public async Task One_line_adds_it_as_everything_that_others_ask_for()
    {
        await using ServiceProvider services = new ServiceCollection().AddTmemCache(o => o.CapacityBytes = 8L << 20).Services.BuildServiceProvider();

        TmemCache cache = services.GetRequiredService<TmemCache>();

        Assert.Same(cache, services.GetRequiredService<IDistributedCache>());
        Assert.Same(cache, services.GetRequiredService<IBufferDistributedCache>());
        cache.Set("key", [1], TestCache.Forever);
        Assert.Equal([1], cache.Get("key")!);
    }

    [Fact]
    public async Task It_comes_before_what_was_added_earlier()
    {
        await using ServiceProvider services = new ServiceCollection().AddDistributedMemoryCache().AddTmemCache().Services.BuildServiceProvider();

        Assert.IsType<TmemCache>(services.GetRequiredService<IDistributedCache>());
    }

    [Fact]
    public async Task Named_caches_are_keyed_and_apart()
    {
        ServiceCollection collection = new();
        collection.AddTmemCache("one", o => o.CapacityBytes = 8L << 20);
        collection.AddTmemCache("two", o => o.CapacityBytes = 8L << 20);
        await using ServiceProvider services = collection.BuildServiceProvider();
        TmemCache one = services.GetRequiredKeyedService<TmemCache>("one");

        one.Set("key", [1], TestCache.Forever);

        Assert.Equal("one", one.Name);
        Assert.Same(one, services.GetRequiredKeyedService<IDistributedCache>("one"));
        Assert.Same(one, services.GetRequiredKeyedService<IBufferDistributedCache>("one"));
        Assert.Null(services.GetRequiredKeyedService<IDistributedCache>("two").Get("key"));
        Assert.Null(services.GetService<IDistributedCache>());
    }

    [Fact]
    public async Task The_time_is_the_services()
    {
        var time = new FakeClock();
        await using ServiceProvider services = new ServiceCollection().AddSingleton<TimeProvider>(time).AddTmemCache().Services.BuildServiceProvider();
        TmemCache cache = services.GetRequiredService<TmemCache>();
        cache.Set("key", [1], new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(1) });

        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(cache.Get("key"));
    }

    [Fact]
    public async Task It_goes_with_the_services_and_a_host_of_others_does_not()
    {
        using var host = new TmemHost();
        ServiceCollection collection = new();
        collection.AddTmemCache(o => o.Host = host);
        collection.AddTmemCache("own", static _ => { });
        ServiceProvider services = collection.BuildServiceProvider();
        TmemCache shared = services.GetRequiredService<TmemCache>();
        TmemCache own = services.GetRequiredKeyedService<TmemCache>("own");
        services.GetRequiredService<IDistributedCache>().Set("key", [1], TestCache.Forever);
        Assert.Equal(1, host.GetStatistics().Clients);

        await services.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => own.Get("key"));
        Assert.Throws<ObjectDisposedException>(() => shared.Get("key"));
        Assert.Equal((0, 0L), (host.GetStatistics().Clients, host.GetStatistics().Pages));
    }

    public static TheoryData<string, Action<TmemCacheOptions>, string[]> Wrong => new()
    {
        { "", o => o.CapacityBytes = 5, ["without a name", "CapacityBytes", " 5", "1,048,576"] },
        { "thumbs", o => o.CapacityBytes = 5, ["\"thumbs\"", "CapacityBytes", " 5", "1,048,576"] },
        { "", o => o.CapacityBytes = 1L << 43, ["CapacityBytes", "8,796,093,022,208", "bytes"] },
        { "", o => o.Compression = (PageCompression)77, ["Compression", "77"] },
        { "", o => o.Governor = new() { FloorBytes = 1L << 40 }, ["FloorBytes", "1099511627776", "67,108,864"] },
        { "", o => o.SocketPath = "", ["SocketPath", "\"\"", "path"] },
        { "", o => o.SharesMemory = true, ["SharesMemory", "True", "SocketPath"] },
        { "", o => (o.SocketPath, o.ClientFactory) = ("x", static () => null!), ["ClientFactory", "SocketPath", "at most one"] },
        { "", o => (o.SocketPath, o.Governor) = ("x", new()), ["Governor", "SocketPath", "null"] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_is_wrong_is_told_at_the_start(string name, Action<TmemCacheOptions> configure, string[] words)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        if (name.Length == 0)
        {
            builder.Services.AddTmemCache(configure);
        }
        else
        {
            builder.Services.AddTmemCache(name, configure);
        }

        using IHost app = builder.Build();

        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());

        Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(86_401)]
    public async Task A_wrong_local_lifetime_is_told_at_the_start(int seconds)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTmemCache().InFrontOf("shared", o => o.LocalLifetime = TimeSpan.FromSeconds(seconds));
        using IHost app = builder.Build();

        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());

        Assert.Contains($"LocalLifetime is {TimeSpan.FromSeconds(seconds)}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cache_without_services_checks_its_options_too() =>
        Assert.Throws<ArgumentOutOfRangeException>("CapacityBytes", () => new TmemCache(new() { CapacityBytes = 1 }));

    [Fact]
    public void A_name_is_not_empty_and_no_cache_is_in_front_of_itself()
    {
        var services = new ServiceCollection();

        Assert.Throws<ArgumentException>("name", () => services.AddTmemCache("", static _ => { }));
        Assert.Throws<ArgumentException>("sharedKey", () => services.AddTmemCache("a", static _ => { }).InFrontOf("a"));
    }
}
