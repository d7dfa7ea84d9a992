using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>
/// What a client can do to another: it cannot take memory beyond its share, nor lower the other's share of hits by more than a twentieth. Calls
/// alternate in one thread, many of the hostile client for each of the other, so that each run is the same.
/// </summary>
public sealed class HostileClientTests
{
    private const int CapacityPages = 2048;
    private const int CallsPerCall = 10;
    private const int Calls = 12_000;

    private readonly byte[] _page = new byte[TmemPool.PageBytes];
    private readonly byte[] _noise = new byte[TmemPool.PageBytes];

    /// <summary>One step of a hostile client, whose pools it makes itself.</summary>
    private delegate void Attack(TmemClient client, List<TmemPool> pools, uint step, byte[] page);

    public static TheoryData<string, EvictionPolicy> Attacks()
    {
        var data = new TheoryData<string, EvictionPolicy>();
        foreach (string name in s_attacks.Keys)
        {
            data.Add(name, EvictionPolicy.LeastRecentlyUsed);
            data.Add(name, EvictionPolicy.S3FifoWithHistory);
        }

        return data;
    }

    private static readonly Dictionary<string, Attack> s_attacks = new()
    {
        ["floods with pages"] = static (client, pools, step, page) => Ephemeral(client, pools).TryPut(step / 64, step, page),
        ["floods with objects of a page"] = static (client, pools, step, page) => Ephemeral(client, pools).TryPut(step, step, page),
        ["floods with pages of one word"] = static (client, pools, step, page) =>
        {
            page.AsSpan().Fill((byte)step);
            Ephemeral(client, pools).TryPut(step, 0, page);
        },
        ["floods with noise"] = static (client, pools, step, page) =>
        {
            Pages.Fill(page, step);
            Ephemeral(client, pools).TryPut(step / 8, step, page);
        },
        ["floods with short entries"] = static (client, pools, step, page) =>
        {
            Pages.Fill(page, step);
            Ephemeral(client, pools).TryPutEntry(step / 8, step, page.AsSpan(0, 1 + (int)(step % 100)), out _);
        },
        ["floods with what never leaves"] = static (client, pools, step, page) => Persistent(client, pools).Put(step / 64, step, page),
        ["fills and destroys pools"] = static (client, pools, step, page) =>
        {
            Ephemeral(client, pools).TryPut(step, step, page);
            if (step % 50 == 49)
            {
                pools[^1].Dispose();
                pools.Clear();
            }
        },
        ["fills and flushes objects"] = static (client, pools, step, page) =>
        {
            Ephemeral(client, pools).TryPut(step / 100, step, page);
            if (step % 100 == 99)
            {
                pools[^1].FlushObject((step / 100) - 20);
            }
        },
        ["puts and takes"] = static (client, pools, step, page) =>
        {
            Ephemeral(client, pools).TryPut(step % 100_000, 0, page);
            Ephemeral(client, pools).Take((step * 7) % 100_000, 0, page);
        },
        ["asks for what is not there"] = static (client, pools, step, page) => Ephemeral(client, pools).Take(step, step, page),
        ["flushes what is not there"] = static (client, pools, step, page) => Ephemeral(client, pools).FlushPage(step, step),
        ["takes its pages again and again"] = static (client, pools, step, page) =>
        {
            // What comes back soon is rated higher by the queues: it must not be rated above what others hold.
            Ephemeral(client, pools).TryPut(step % 900, 0, page);
            Ephemeral(client, pools).Take((step + 450) % 900, 0, page);
        },
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Another_client_keeps_its_hits_and_its_memory(string attack, EvictionPolicy eviction)
    {
        // Half of the host is the other's share: what it finds there alone, it is to find beside anybody.
        long alone = CountHits(CapacityPages / 2, eviction, attack: null);

        long beside = CountHits(CapacityPages, eviction, s_attacks[attack]);

        Assert.InRange(alone, Calls / 4, Calls * 9 / 10);
        Assert.True(beside >= alone * 0.95, $"{beside} hits beside a client that {attack}, {alone} alone, of {Calls} calls.");
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void What_it_takes_is_within_its_share_and_what_it_leaves_are_empty_tables(string attack, EvictionPolicy eviction)
    {
        using var host = new TmemHost(OptionsOf(CapacityPages, eviction));
        RetainingPool other = host.CreateClient().CreateRetainingPool();
        for (uint i = 0; i < CapacityPages / 3; i++)
        {
            Assert.True(other.TryPut(i / 64, i, _page));
        }

        long committed = host.CommittedBytes;
        using (TmemClient hostile = host.CreateClient(new() { PersistentAllowanceBytes = CapacityPages / 4 * TmemPool.PageBytes }))
        {
            var pools = new List<TmemPool>();
            for (uint step = 0; step < 100_000; step++)
            {
                s_attacks[attack](hostile, pools, step, _noise);
            }

            Assert.Equal(CapacityPages / 3, other.PageCount);
            Assert.True(host.CommittedBytes <= host.CapacityBytes);
        }

        Assert.Empty(host.Verify());
        Assert.Equal(CapacityPages / 3, other.PageCount);
        host.Control.GiveBack(host.GetStatistics().FreeFrames * TmemPool.PageBytes);

        // The table of packed pages stays as long as it once was: at most 32 records and descriptors of 16 bytes a frame.
        Assert.InRange(host.CommittedBytes, 0, committed + (host.CapacityBytes / 4) + (host.CapacityBytes / 16));
    }

    private static TmemHostOptions OptionsOf(int pages, EvictionPolicy eviction) => Hosts.Small with
    {
        CapacityBytes = (long)pages * TmemPool.PageBytes,
        Shards = 2,
        Eviction = eviction,
        CompressByDefault = true,
    };

    private static EphemeralPool Ephemeral(TmemClient client, List<TmemPool> pools)
    {
        if (pools.Count == 0)
        {
            pools.Add(client.CreateEphemeralPool());
        }

        return (EphemeralPool)pools[0];
    }

    private static PersistentPool Persistent(TmemClient client, List<TmemPool> pools)
    {
        if (pools.Count == 0)
        {
            pools.Add(client.CreatePersistentPool());
        }

        return (PersistentPool)pools[0];
    }

    /// <summary>Hits of a client that wants some pages often and more of them seldom, beside one that does not want it to have any.</summary>
    private long CountHits(int pages, EvictionPolicy eviction, Attack? attack)
    {
        using var host = new TmemHost(OptionsOf(pages, eviction));
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        TmemClient hostile = host.CreateClient(new() { PersistentAllowanceBytes = CapacityPages / 8 * TmemPool.PageBytes });
        var pools = new List<TmemPool>();
        var random = new Random(11);
        long hits = 0;
        uint step = 0;
        for (int call = -Calls; call < Calls; call++)
        {
            uint wanted = (uint)(CapacityPages * 2 * Math.Pow(random.NextDouble(), 3));
            if (pool.Get(wanted / 64, wanted, _page) == GetResult.Hit)
            {
                hits += call < 0 ? 0 : 1;
            }
            else
            {
                Pages.Fill(_page, wanted);
                pool.TryPut(wanted / 64, wanted, _page);
            }

            for (int i = 0; attack is not null && i < CallsPerCall; i++)
            {
                attack(hostile, pools, step++, _noise);
            }
        }

        return hits;
    }
}
