using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Internal;
using Microsoft.Extensions.Options;
using TmemCore.Tests;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>The same calls at the same times find the same as in .NET's own distributed cache in memory.</summary>
public class DifferentialTests
{
    private const int Calls = 4000;
    private const int Keys = 12;

    public static TheoryData<Place, int> Runs
    {
        get
        {
            TheoryData<Place, int> data = [];
            for (int seed = 1; seed <= 8; seed++)
            {
                data.Add(Place.Own, seed);
            }

            data.Add(Place.Socket, 9);
            data.Add(Place.SharedMemory, 10);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Random_calls_find_the_same(Place place, int seed)
    {
        var time = new FakeClock();
        await using var test = new TestCache(place, time);
        var model = new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions
        {
            Clock = new Clock(time),
            SizeLimit = 1L << 30,
            ExpirationScanFrequency = TimeSpan.FromDays(1),
        }));
        var random = new Random(seed);
        int found = 0;
        for (int call = 0; call < Calls; call++)
        {
            string key = $"key {random.Next(Keys)}";
            switch (random.Next(10))
            {
                case < 3:
                    byte[] value = Segments.Bytes(random.Next(4) == 0 ? random.Next(20_000) : random.Next(300), call);
                    DistributedCacheEntryOptions options = RandomOptions(random, time.GetUtcNow());
                    test.Cache.Set(key, Segments.Split(value, 1 + random.Next(9000)), options);
                    model.Set(key, value, options);
                    break;
                case < 7:
                    byte[]? expected = model.Get(key);
                    byte[]? actual = Get(test.Cache, key, random.Next(2) == 0);
                    found += expected is null ? 0 : 1;
                    Assert.True(
                        expected.AsSpan().SequenceEqual(actual) && (expected is null) == (actual is null),
                        $"seed {seed}, call {call}: {actual?.Length} bytes and not {expected?.Length}");
                    break;
                case 7:
                    test.Cache.Refresh(key);
                    model.Refresh(key);
                    break;
                case 8 when random.Next(4) == 0:
                    test.Cache.Remove(key);
                    model.Remove(key);
                    break;
                default:
                    time.Advance(TimeSpan.FromSeconds(random.Next(20)));
                    break;
            }
        }

        Assert.InRange(found, Calls / 20, Calls);
    }

    private static byte[]? Get(TmemCache cache, string key, bool intoWriter)
    {
        if (!intoWriter)
        {
            return cache.Get(key);
        }

        var writer = new ArrayBufferWriter<byte>();
        return cache.TryGet(key, writer) ? writer.WrittenSpan.ToArray() : null;
    }

    private static DistributedCacheEntryOptions RandomOptions(Random random, DateTimeOffset now)
    {
        var options = new DistributedCacheEntryOptions();
        if (random.Next(3) == 0)
        {
            options.AbsoluteExpiration = (now + TimeSpan.FromSeconds(random.Next(-5, 60))).ToOffset(TimeSpan.FromHours(random.Next(-3, 4)));
        }

        if (random.Next(3) == 0)
        {
            options.AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(random.Next(1, 60));
        }

        if (random.Next(2) == 0)
        {
            options.SlidingExpiration = TimeSpan.FromSeconds(random.Next(1, 40));
        }

        return options;
    }

    private sealed class Clock(TimeProvider time) : ISystemClock
    {
        public DateTimeOffset UtcNow => time.GetUtcNow();
    }
}
