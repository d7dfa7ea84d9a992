using TmemCore.Tests;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>Values go when their time is over, by the clock that the cache was given.</summary>
public class ExpirationTests
{
    private readonly FakeClock _time = new();

    public static TheoryData<int> Lengths => [10, 4096, 20_000];

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task An_absolute_expiration_ends_a_value_and_frees_it(int length)
    {
        await using var test = new TestCache(time: _time);
        test.Cache.Set("key", Segments.Bytes(length), new() { AbsoluteExpiration = _time.GetUtcNow() + TimeSpan.FromMinutes(2) });
        _time.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromTicks(1));
        Assert.NotNull(test.Cache.Get("key"));

        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Null(test.Cache.Get("key"));
        Assert.Equal(0, test.Pages);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task A_sliding_expiration_is_renewed_by_a_get_and_a_refresh(int length)
    {
        await using var test = new TestCache(time: _time);
        test.Cache.Set("key", Segments.Bytes(length), new() { SlidingExpiration = TimeSpan.FromMinutes(2) });
        for (int i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromTicks(1));
            Assert.Equal(Segments.Bytes(length), test.Cache.Get("key"));
            _time.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromTicks(1));
            test.Cache.Refresh("key");
        }

        _time.Advance(TimeSpan.FromMinutes(2));
        test.Cache.Refresh("key");
        Assert.Equal(0, test.Pages);
        Assert.Null(test.Cache.Get("key"));
    }

    [Fact]
    public async Task A_sliding_expiration_of_a_key_in_chunks_is_renewed_too()
    {
        await using var test = new TestCache(time: _time);
        string key = new('k', 9000);
        test.Cache.Set(key, [1], new() { SlidingExpiration = TimeSpan.FromMinutes(2) });
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(1.5));
            Assert.NotNull(test.Cache.Get(key));
        }

        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(test.Cache.Get(key));
        Assert.Equal(0, test.Pages);
    }

    [Fact]
    public async Task An_absolute_expiration_comes_before_a_sliding_one()
    {
        await using var test = new TestCache(time: _time);
        test.Cache.Set("key", [1], new() { SlidingExpiration = TimeSpan.FromMinutes(2), AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(3) });
        _time.Advance(TimeSpan.FromMinutes(1.5));
        Assert.NotNull(test.Cache.Get("key"));

        _time.Advance(TimeSpan.FromMinutes(1.5));

        Assert.Null(test.Cache.Get("key"));
    }

    [Fact]
    public async Task A_time_that_has_passed_removes_the_value_from_before()
    {
        await using var test = new TestCache(time: _time);
        test.Cache.Set("key", [1], TestCache.Forever);

        test.Cache.Set("key", [2], new() { AbsoluteExpiration = _time.GetUtcNow() });
        Assert.Null(test.Cache.Get("key"));

        test.Cache.Set("key", [3], new() { AbsoluteExpiration = default(DateTimeOffset) });
        Assert.Null(test.Cache.Get("key"));
    }

    [Fact]
    public async Task The_longest_times_do_not_overflow()
    {
        await using var test = new TestCache(time: _time);
        test.Cache.Set("relative", [1], new() { AbsoluteExpirationRelativeToNow = TimeSpan.MaxValue });
        test.Cache.Set("absolute", [2], new() { AbsoluteExpiration = DateTimeOffset.MaxValue });
        test.Cache.Set("sliding", [3], new() { SlidingExpiration = TimeSpan.MaxValue });
        _time.Advance(TimeSpan.FromDays(10_000));

        Assert.Equal([1], test.Cache.Get("relative")!);
        Assert.Equal([2], test.Cache.Get("absolute")!);
        Assert.Equal([3], test.Cache.Get("sliding")!);
    }

    [Fact]
    public async Task A_clock_that_goes_back_shortens_nothing()
    {
        await using var test = new TestCache(time: _time);
        test.Cache.Set("key", [1], new() { SlidingExpiration = TimeSpan.FromMinutes(2) });
        _time.Advance(TimeSpan.FromHours(-1));
        Assert.NotNull(test.Cache.Get("key"));

        _time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromMinutes(1));

        Assert.NotNull(test.Cache.Get("key"));
    }
}
