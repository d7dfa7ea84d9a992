using System.Globalization;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>The whole process stays within the cache's limit, and what it had before.</summary>
[Collection(nameof(Alone))]
public class MemoryTests
{
    private const long CapacityBytes = 64L << 20;

    /// <summary>What the runtime and its compiler may take meanwhile, garbage not counted.</summary>
    private const long SlackBytes = 12L << 20;

    /// <summary>Four slots of 4 bytes for each frame are for values that have left, where other hosts have one.</summary>
    [Fact]
    public void A_cache_of_its_own_remembers_four_times_as_much_of_what_has_left()
    {
        const long Frames = CapacityBytes / TmemPool.PageBytes;
        using var own = new TmemCache(new() { CapacityBytes = CapacityBytes });
        using var host = new TmemHost(new() { CapacityBytes = CapacityBytes, CompressByDefault = true });
        using var guest = new TmemCache(new() { Host = host });
        own.Set("key", [1], TestCache.Forever);
        guest.Set("key", [1], TestCache.Forever);
        long more = ((RetainingPool)own.Store!.Pool).Client.Host.GetStatistics().MetadataBytes - host.GetStatistics().MetadataBytes;
        Assert.InRange(more, 3 * sizeof(uint) * Frames, 3.5 * sizeof(uint) * Frames);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(5_000)]
    [InlineData(300_000)]
    public void Ten_times_the_capacity_may_pass_through(int length)
    {
        byte[] value = new byte[length];
        new Random(1).NextBytes(value);
        using var cache = new TmemCache(new() { CapacityBytes = CapacityBytes });
        cache.Set("warm", value, TestCache.Forever);

        // What tests before this one have left would go back to the system some time later, and hide what the cache takes.
        CollectAll();
        long before = ResidentBytes();
        TmemHost host = ((RetainingPool)cache.Store!.Pool).Client.Host;
        long most = 0, mostHeld = 0, hits = 0;
        long values = 10 * CapacityBytes / length;
        for (long i = 0; i < values; i++)
        {
            BitConverter.TryWriteBytes(value, i);
            cache.Set($"key {i}", value, TestCache.Forever);
            if (i % 64 == 0)
            {
                hits += cache.Get($"key {i}") is not null ? 1 : 0;
            }

            if (i % Math.Max(1, values / 50) == 0)
            {
                // Keys that are garbage lie about until a collection, of which a processor with a large cache sees few: 79 MiB came together where its last level has 300 MiB.
                CollectAll();
                most = Math.Max(most, ResidentBytes());
                mostHeld = Math.Max(mostHeld, host.CommittedBytes);
            }
        }

        // How full the cache was is told by its host: the process may meanwhile give back more of its own than a cache takes.
        Assert.InRange(mostHeld, CapacityBytes * 9 / 10, CapacityBytes);
        Assert.InRange(most - before, long.MinValue, CapacityBytes + SlackBytes);
        Assert.NotEqual(0, hits);
    }

    private static void CollectAll() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    private static long ResidentBytes() => long.Parse(
        File.ReadLines("/proc/self/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) << 10;
}
