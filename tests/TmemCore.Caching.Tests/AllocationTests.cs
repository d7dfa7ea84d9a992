using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>What the interfaces force is all that is allocated: the array of a get, and the task around it.</summary>
[Collection(nameof(Alone))]
public class AllocationTests
{
    private const int Rounds = 2000;

    public static TheoryData<Place, int> Lengths
    {
        get
        {
            TheoryData<Place, int> data = [];
            foreach (Place place in Enum.GetValues<Place>())
            {
                foreach (int length in (int[])[0, 200, 4096, 70_000])
                {
                    data.Add(place, length);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Calls_with_buffers_allocate_nothing(Place place, int length)
    {
        await using var test = new TestCache(place, capacityBytes: 16L << 20);
        TmemCache cache = test.Cache;
        ReadOnlySequence<byte> value = Segments.Split(Segments.Bytes(length), 1000, 20_000, 5);
        DistributedCacheEntryOptions sliding = new() { SlidingExpiration = TimeSpan.FromHours(1) };
        var writer = new ArrayBufferWriter<byte>(1 << 20);

        void Play(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                writer.ResetWrittenCount();
                cache.Set("a key of usual length, as most are", value, i % 2 == 0 ? TestCache.Forever : sliding);
                _ = cache.SetAsync("another", value, TestCache.Forever).IsCompletedSuccessfully;
                cache.TryGet("a key of usual length, as most are", writer);
                _ = cache.TryGetAsync("another", writer).IsCompletedSuccessfully;
                cache.Get("none of it");
                _ = cache.GetAsync("none of it").IsCompletedSuccessfully;
                _ = cache.RefreshAsync("another").IsCompletedSuccessfully;
                _ = cache.RemoveAsync("another").IsCompletedSuccessfully;
            }
        }

        Assert.InRange(Allocated(Play), 0, Rounds);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(70_000)]
    public async Task A_get_allocates_the_value_and_nothing_else(int length)
    {
        await using var test = new TestCache();
        TmemCache cache = test.Cache;
        cache.Set("key", Segments.Bytes(length), TestCache.Forever);

        long allocated = Allocated(rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                cache.Get("key");
            }
        });

        int array = (length + 24 + 7) & ~7;
        Assert.InRange(allocated, (long)array * Rounds, ((long)array * Rounds) + Rounds);
    }

    /// <summary>What this thread allocates in so many rounds, when it has done as many before.</summary>
    private static long Allocated(Action<int> play)
    {
        play(Rounds);
        long before = GC.GetAllocatedBytesForCurrentThread();
        play(Rounds);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
