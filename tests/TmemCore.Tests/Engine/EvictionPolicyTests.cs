using TmemCore.Reclaim;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>Which pages stay when memory is short, by policy.</summary>
public sealed class EvictionPolicyTests
{
    private const int HotPages = 200;

    private readonly byte[] _page = new byte[TmemPool.PageBytes];
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Theory]
    [InlineData(EvictionPolicy.LeastRecentlyUsed, 0, 0)]
    [InlineData(EvictionPolicy.S3Fifo, HotPages * 9 / 10, HotPages)]
    public void A_scan_does_not_displace_what_is_used_often(EvictionPolicy policy, int least, int most)
    {
        using var host = new TmemHost(Hosts.Small with { Eviction = policy });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        for (int round = 0; round < 4; round++)
        {
            for (uint i = 0; i < HotPages; i++)
            {
                Use(pool, 1, i);
            }
        }

        for (uint i = 0; i < 5000; i++)
        {
            pool.TryPut(2 + (i / 64), i % 64, _page);
        }

        int kept = 0;
        for (uint i = 0; i < HotPages; i++)
        {
            kept += pool.Get(1, i, _buffer) == GetResult.Hit ? 1 : 0;
        }

        Assert.InRange(kept, least, most);
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(EvictionPolicy.LeastRecentlyUsed, false)]
    [InlineData(EvictionPolicy.LeastRecentlyUsed, true)]
    [InlineData(EvictionPolicy.S3Fifo, false)]
    [InlineData(EvictionPolicy.S3Fifo, true)]
    public void A_look_keeps_an_entry_no_longer_unless_it_is_counted_afterwards(EvictionPolicy policy, bool isCounted)
    {
        using var host = new TmemHost(Hosts.Small with { Eviction = policy });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        for (uint i = 0; i < HotPages; i++)
        {
            Assert.True(pool.TryPutEntry(1, i, _page.AsSpan(0, 4000), out _));
        }

        for (int round = 0; round < 4; round++)
        {
            for (uint i = 0; i < HotPages; i++)
            {
                Assert.Equal(GetResult.Hit, pool.LookAtEntry(1, i, _buffer, out int length, out bool wouldCount));
                Assert.Equal(4000, length);

                // Three hits are all that the policy tells apart; by age alone each counts.
                Assert.Equal(policy == EvictionPolicy.LeastRecentlyUsed || !isCounted || round < 3, wouldCount);
                if (isCounted)
                {
                    pool.CountAsUsed(1, i);
                }
            }
        }

        for (uint i = 0; i < 5000; i++)
        {
            pool.TryPut(2 + (i / 64), i % 64, _page);
            if (isCounted && policy == EvictionPolicy.LeastRecentlyUsed)
            {
                pool.CountAsUsed(1, i % HotPages);
            }
        }

        int kept = 0;
        for (uint i = 0; i < HotPages; i++)
        {
            kept += pool.LookAtEntry(1, i, _buffer, out _, out _) == GetResult.Hit ? 1 : 0;
        }

        Assert.InRange(kept, isCounted ? HotPages * 9 / 10 : 0, isCounted ? HotPages : HotPages / 10);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_look_and_its_count_find_nothing_where_nothing_is()
    {
        using var host = new TmemHost(Hosts.Small);
        RetainingPool pool = host.CreateClient().CreateRetainingPool();

        pool.CountAsUsed(1, 2);
        Assert.NotEqual(GetResult.Hit, pool.LookAtEntry(1, 2, _buffer, out int length, out bool wouldCount));

        Assert.Equal(0, length);
        Assert.False(wouldCount);
        pool.TryPutEntry(1, 2, [7], out _);
        pool.Dispose();
        pool.CountAsUsed(1, 2);
        Assert.Equal(GetResult.Unavailable, pool.LookAtEntry(1, 2, _buffer, out _, out _));
    }

    [Theory]
    [InlineData(EvictionPolicy.S3Fifo, false)]
    [InlineData(EvictionPolicy.S3FifoWithHistory, true)]
    public void Pages_that_were_taken_before_stay_longer_with_a_history(EvictionPolicy policy, bool stay)
    {
        using var host = new TmemHost(Hosts.Small with { Eviction = policy });
        EphemeralPool pool = host.CreateClient().CreateEphemeralPool();
        for (int round = 0; round < 3; round++)
        {
            for (uint i = 0; i < HotPages; i++)
            {
                pool.TryPut(1, i, _page);
                Assert.Equal(GetResult.Hit, pool.Take(1, i, _buffer));
            }
        }

        for (uint i = 0; i < HotPages; i++)
        {
            pool.TryPut(1, i, _page);
        }

        for (uint i = 0; i < 3000; i++)
        {
            pool.TryPut(2 + (i / 64), i % 64, _page);
        }

        int kept = 0;
        for (uint i = 0; i < HotPages; i++)
        {
            kept += pool.Take(1, i, _buffer) == GetResult.Hit ? 1 : 0;
        }

        // Some are forgotten since others fell on their places in the history.
        Assert.InRange(kept, stay ? HotPages * 3 / 4 : 0, stay ? HotPages : 0);
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void The_engine_misses_about_as_often_as_the_policy_alone(int shards)
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 8 * Hosts.Mebibyte, Shards = shards });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        int[] trace = ZipfWithScans();
        Hosts.FillUp(pool);
        int pages = (int)pool.PageCount;
        int engine = trace.Count(page => !IsFound(pool, (uint)page));
        int alone = MissesOf(new S3Fifo(pages), pages, trace);
        int byAge = MissesOf(new LeastRecentlyUsed(pages), pages, trace);

        // Each shard has queues of its own, and ghosts are kept by their hashes.
        Assert.InRange(engine, alone * 0.95, alone * 1.05);
        Assert.True(alone < byAge, $"S3-FIFO misses {alone} times, the rule of age {byAge} times.");
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(EvictionPolicy.S3Fifo, 1)]
    [InlineData(EvictionPolicy.S3Fifo, 16)]
    [InlineData(EvictionPolicy.S3FifoWithHistory, 1)]
    [InlineData(EvictionPolicy.S3FifoWithHistory, 16)]
    [InlineData(EvictionPolicy.LeastRecentlyUsed, 16)]
    public void Every_structure_stays_sound_under_churn(EvictionPolicy policy, int shards)
    {
        using var host = new TmemHost(Hosts.Small with { Eviction = policy, Shards = shards, CompressByDefault = true });
        var random = new Random(3);
        for (int life = 0; life < 4; life++)
        {
            using TmemClient client = host.CreateClient();
            TmemPool[] pools = [client.CreateRetainingPool(), client.CreateEphemeralPool(), client.Join(Hosts.Uuid)];
            for (int step = 0; step < 20_000; step++)
            {
                Step(pools[random.Next(pools.Length)], random, step);
            }

            Assert.Empty(host.Verify());
            pools[life % 2].Dispose();
            host.SetCapacity((2 + life) * Hosts.Mebibyte / 2);
            Assert.Empty(host.Verify());
            host.SetCapacity(4 * Hosts.Mebibyte);
        }

        Assert.InRange(host.GetStatistics().Evictions, 1000, long.MaxValue);
    }

    [Fact]
    public void A_policy_that_the_profile_does_not_have_or_nobody_has_is_refused()
    {
        ArgumentOutOfRangeException refusal = Assert.Throws<ArgumentOutOfRangeException>(
            () => new TmemHost(Hosts.Xen(40) with { Eviction = EvictionPolicy.S3Fifo }));
        Assert.Contains("LeastRecentlyUsed", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TmemHost(Hosts.Small with { Eviction = (EvictionPolicy)9 }));
        new TmemHost(Hosts.Xen(40) with { Eviction = EvictionPolicy.LeastRecentlyUsed }).Dispose();
    }

    private void Step(TmemPool pool, Random random, int step)
    {
        ulong id = (ulong)random.Next(60);
        uint index = (uint)random.Next(80);
        switch (random.Next(10))
        {
            case < 5:
                Pages.FillMixed(_page, (ulong)step);
                ((DroppablePool)pool).TryPut(id, index, _page);
                break;
            case < 8:
                _ = pool switch
                {
                    RetainingPool retaining => retaining.Get(id, index, _buffer),
                    EphemeralPool ephemeral => ephemeral.Take(id, index, _buffer),
                    _ => ((SharedEphemeralPool)pool).Get(id, index, _buffer),
                };
                break;
            case 8:
                pool.FlushPage(id, index);
                break;
            default:
                if (step % 20 == 0)
                {
                    pool.FlushObject(id);
                }

                break;
        }
    }

    private void Use(RetainingPool pool, ulong id, uint index)
    {
        if (pool.Get(id, index, _buffer) != GetResult.Hit)
        {
            pool.TryPut(id, index, _page);
        }
    }

    private bool IsFound(RetainingPool pool, uint page)
    {
        if (pool.Get(page / 16, page % 16, _buffer) == GetResult.Hit)
        {
            return true;
        }

        pool.TryPut(page / 16, page % 16, _page);
        return false;
    }

    private static int MissesOf(IPageChooser chooser, int pages, int[] trace)
    {
        var slots = new Dictionary<int, int>();
        var free = new Stack<int>(Enumerable.Range(0, pages));
        var names = new int[pages];
        int misses = 0;
        foreach (int page in trace)
        {
            if (slots.TryGetValue(page, out int slot))
            {
                chooser.Use(slot);
                continue;
            }

            misses++;
            byte recalled = chooser.Recall((ulong)page);
            if (free.Count == 0)
            {
                int victim = chooser.Choose();
                chooser.Remove(victim, (ulong)names[victim], PageDeparture.Evicted);
                slots.Remove(names[victim]);
                free.Push(victim);
            }

            slot = free.Pop();
            names[slot] = page;
            slots[page] = slot;
            chooser.Add(slot, recalled);
        }

        return misses;
    }

    /// <summary>Three of four accesses by Zipf's law over 20,000 pages, the others a long scan in pieces.</summary>
    private static int[] ZipfWithScans()
    {
        var random = new Random(1);
        double[] sums = new double[20_000];
        double sum = 0;
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] = sum += 1.0 / (i + 1);
        }

        var trace = new int[200_000];
        int scanned = sums.Length;
        for (int i = 0; i < trace.Length; i++)
        {
            int place = Array.BinarySearch(sums, random.NextDouble() * sum);
            trace[i] = i / 500 % 4 == 3 ? scanned++ : place < 0 ? ~place : place;
        }

        return trace;
    }
}
