using Microsoft.Extensions.Logging;
using TmemCore.Server;
using TmemCore.Tests;
using TmemCore.Tool.Tests;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>A cache whose store goes away misses, and works again when there is another.</summary>
public class DaemonTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_daemon_that_ends_costs_the_values_and_no_exception(bool sharesMemory)
    {
        using var folder = new TemporaryFolder();
        string socket = Path.Combine(folder.FullName, "tmem.sock");
        var time = new FakeClock();
        var log = new ListLog();
        using var host = new TmemHost();
        TmemServer first = Serve(host, socket);
        using var cache = new TmemCache(new() { SocketPath = socket, SharesMemory = sharesMemory }, time, log);
        cache.Set("key", Segments.Bytes(9000), TestCache.Forever);
        Assert.NotNull(cache.Get("key"));

        await first.DisposeAsync();

        Assert.Null(cache.Get("key"));
        cache.Set("key", [1], TestCache.Forever);
        cache.Remove("key");
        cache.Refresh("key");
        Assert.Null(cache.Get("key"));
        Assert.Contains(log.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains("lost its store", StringComparison.Ordinal));

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(cache.Get("key"));
        Assert.Contains(log.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains(socket, StringComparison.Ordinal));

        await using TmemServer second = Serve(host, socket);
        Assert.Null(cache.Get("key"));
        time.Advance(TimeSpan.FromSeconds(1));
        cache.Set("key", Segments.Bytes(9000), TestCache.Forever);
        Assert.Equal(Segments.Bytes(9000), cache.Get("key"));
    }

    [Fact]
    public void A_daemon_that_is_not_there_at_the_start_is_told_of_and_tried_again()
    {
        using var folder = new TemporaryFolder();
        var log = new ListLog();
        using var cache = new TmemCache(new() { SocketPath = Path.Combine(folder.FullName, "none.sock") }, loggerFactory: log);

        cache.Set("key", [1], TestCache.Forever);

        Assert.Null(cache.Get("key"));
        Assert.Single(log.Lines, line => line.Level == LogLevel.Warning);
    }

    [Fact]
    public void A_connection_that_breaks_in_the_middle_of_a_set_leaves_nothing_of_it()
    {
        var time = new FakeClock();
        using var host = new TmemHost();
        WatchedPool? pool = null;
        using var cache = new TmemCache(
            new() { ClientFactory = () => new WrappedClient(host.CreateClient(), inner => pool = new WatchedPool(inner)) }, time);
        cache.Set("key", Segments.Bytes(9000), TestCache.Forever);

        pool!.IsBroken = true;
        cache.Set("key", Segments.Bytes(9000, seed: 2), TestCache.Forever);

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(cache.Get("key"));
        cache.Set("key", [3], TestCache.Forever);
        Assert.Equal([3], cache.Get("key")!);
    }

    [Fact]
    public void A_client_that_an_operator_ends_is_replaced()
    {
        var time = new FakeClock();
        using var host = new TmemHost();
        using var cache = new TmemCache(new() { Host = host }, time);
        cache.Set("key", [1], TestCache.Forever);
        Assert.True(host.TryGetClient(0, out TmemClient? client));
        host.Control.Destroy(client);

        Assert.Null(cache.Get("key"));
        time.Advance(TimeSpan.FromSeconds(1));

        cache.Set("key", [2], TestCache.Forever);
        Assert.Equal([2], cache.Get("key")!);
    }

    [Fact]
    public void A_factory_that_fails_otherwise_fails_the_cache() =>
        Assert.Throws<InvalidOperationException>(() => new TmemCache(new() { ClientFactory = static () => throw new InvalidOperationException("No.") }));

    private static TmemServer Serve(TmemHost host, string socket)
    {
        var server = new TmemServer(host, new() { SocketPath = socket, Log = static _ => { } });
        server.Start();
        return server;
    }
}
