using TmemCore.Store;
using TmemCore.Tests.Codecs;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>Entries of several owners that take turns at the places of an object: what the policy remembers is of each, wherever it lies.</summary>
public sealed class EntryTagTests
{
    private const int Objects = 100;

    private readonly byte[] _entry = new byte[TmemPool.PageBytes];
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Theory]
    [InlineData(5, 3, 5, 3, true)]
    [InlineData(5, 3, 5, 40, true)]
    [InlineData(5, 3, 6, 3, false)]
    [InlineData(5, 3, 3, 5, false)]
    [InlineData(5, 3, 0, 3, false)]
    [InlineData(5, 5, 0, 5, false)]
    [InlineData(0, 3, 0, 3, true)]
    [InlineData(0, 3, 0, 40, false)]
    [InlineData(0, 5, 5, 5, false)]
    public void An_entry_is_known_again_by_its_tag_and_without_one_by_its_index(byte tag, uint index, byte tagAfter, uint indexAfter, bool isKnown)
    {
        using var host = new TmemHost(Hosts.Small);
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        for (ulong id = 0; id < Objects; id++)
        {
            Put(pool, id, index, tag);
        }

        Scan(pool, 1200);
        int known = 0;
        for (ulong id = 0; id < Objects; id++)
        {
            Assert.Equal(PageDescriptor.None, Inside.NumberOf(pool, id, index));
            Put(pool, id, indexAfter, tagAfter);
            known += DescriptorOf(pool, id, indexAfter).IsInMain ? 1 : 0;
        }

        // Some are forgotten since others fell on their slots.
        Assert.InRange(known, isKnown ? Objects * 3 / 4 : 0, isKnown ? Objects : 0);
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(5, 3, true)]
    [InlineData(6, 0, false)]
    [InlineData(0, 3, true)]
    public void Who_pushes_another_out_does_not_inherit_its_hits_and_its_queue(byte tag, int hits, bool isInMain)
    {
        using var host = new TmemHost(Hosts.Small);
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        MakeMain(pool, 5);
        ulong age = DescriptorOf(pool, 1, 3).Sequence;

        Put(pool, 1, 3, tag);

        PageDescriptor descriptor = DescriptorOf(pool, 1, 3);
        Assert.Equal((hits, isInMain), (descriptor.Hits, descriptor.IsInMain));
        Assert.Equal(isInMain, descriptor.Sequence == age);
        Assert.Empty(host.Verify());

        // Whoever was pushed out is known again, and takes nothing from the other when it pushes that one out.
        Put(pool, 1, 3, 5);
        descriptor = DescriptorOf(pool, 1, 3);
        Assert.Equal((hits, true), (descriptor.Hits, descriptor.IsInMain));
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(EvictionPolicy.LeastRecentlyUsed)]
    [InlineData(EvictionPolicy.S3Fifo)]
    public void Who_pushes_another_out_is_as_young_as_it_is(EvictionPolicy policy)
    {
        using var host = new TmemHost(Hosts.Small with { Eviction = policy });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        Put(pool, 1, 1, tag: 5);
        Put(pool, 1, 2, tag: 6);
        Put(pool, 1, 1, tag: 7);

        Assert.True(DescriptorOf(pool, 1, 1).Sequence > DescriptorOf(pool, 1, 2).Sequence);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_tag_stays_when_the_entry_is_made_smaller_while_it_is_cold()
    {
        var clock = new FakeClock();
        using var host = new TmemHost(Hosts.Small with
        {
            CapacityBytes = 16 * Hosts.Mebibyte,
            CompressByDefault = true,
            ColdCompression = PageCompression.Zstandard,
            ColdClock = clock,
        });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        for (uint i = 0; i < 200; i++)
        {
            Assert.True(pool.TryPutEntry(1, i, (byte)(i + 1), SamplePages.Make(4).AsSpan(0, 3000), out _));
        }

        for (int walk = 0; walk < 2; walk++)
        {
            clock.Advance(host.Options.ColdAfter);
            while (host.Store.RecompressStep() == TimeSpan.Zero)
            {
            }
        }

        Assert.Equal(200, host.GetStatistics().ColdPages);
        for (uint i = 0; i < 200; i++)
        {
            Assert.Equal((byte)(i + 1), TagOf(pool, 1, i));
        }

        Assert.Empty(host.Verify());
    }

    [Fact]
    public void An_entry_of_any_length_has_its_tag_but_one_of_a_page()
    {
        using var host = new TmemHost(Hosts.Small);
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        foreach (int length in (int[])[1, 100, 4095, TmemPool.PageBytes, 3800, TmemPool.PageBytes, 60])
        {
            _entry.AsSpan().Fill((byte)length);
            Assert.True(pool.TryPutEntry(1, 1, 9, _entry.AsSpan(0, length), out _));

            Assert.Equal(length == TmemPool.PageBytes ? 0 : 9, TagOf(pool, 1, 1));
            Assert.Equal(GetResult.Hit, pool.GetEntry(1, 1, _buffer, out int found));
            Assert.Equal(_entry.AsSpan(0, length), _buffer.AsSpan(0, found));
            Assert.Empty(host.Verify());
        }
    }

    [Fact]
    public void More_slots_for_what_has_left_remember_more_of_short_entries() =>
        Assert.True(CountKnown(ghostsPerFrame: 4) > 1.5 * CountKnown(ghostsPerFrame: 1));

    [Theory]
    [InlineData(EvictionPolicy.LeastRecentlyUsed, 0)]
    [InlineData(EvictionPolicy.S3Fifo, 0)]
    [InlineData(EvictionPolicy.S3Fifo, 7)]
    public void A_full_host_where_entries_push_each_other_out_stays_sound(EvictionPolicy policy, int failsOneIn)
    {
        const int Steps = 30_000;
        var random = new Random(12);
        bool mayFail = false;
        using var host = new TmemHost(Hosts.Small with
        {
            Eviction = policy,
            FailAllocation = () => mayFail && failsOneIn != 0 && random.Next(failsOneIn) == 0,
        });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        var newest = new Dictionary<(ulong Id, uint Index), byte>();
        for (int step = 0; step < Steps; step++)
        {
            ulong id = (ulong)random.Next(400);
            uint index = (uint)random.Next(4);
            byte tag = (byte)random.Next(4);
            mayFail = true;
            if (random.Next(3) == 0)
            {
                bool isHit = pool.GetEntry(id, index, _buffer, out int length) == GetResult.Hit;
                Assert.True(!isHit || (length > 1 && _buffer[0] == newest[(id, index)]));
            }
            else
            {
                _entry[0] = tag;
                newest[(id, index)] = tag;
                pool.TryPutEntry(id, index, tag, _entry.AsSpan(0, random.Next(2, 4000)), out _);
            }

            mayFail = false;
            if (step % 3_000 == 0)
            {
                Assert.Empty(host.Verify());
            }
        }

        Assert.Empty(host.Verify());
        Assert.True(host.GetStatistics().Evictions > 0);
    }

    /// <summary>How many of the entries that a full host has just evicted, several to a frame, it knows again.</summary>
    private int CountKnown(int ghostsPerFrame)
    {
        const int Entries = 20_000;
        using var host = new TmemHost(Hosts.Small with { GhostsPerFrame = ghostsPerFrame });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        for (int i = 0; i < Entries; i++)
        {
            Assert.True(pool.TryPutEntry((ulong)(i / 64), (uint)(i % 64), 0, _entry.AsSpan(0, 600), out _));
        }

        int oldest = 0;
        while (Inside.NumberOf(pool, (ulong)(oldest / 64), (uint)(oldest % 64)) == PageDescriptor.None)
        {
            oldest++;
        }

        int known = 0;
        for (int i = Math.Max(oldest - 1_500, 0); i < oldest; i++)
        {
            Assert.True(pool.TryPutEntry((ulong)(i / 64), (uint)(i % 64), 0, _entry.AsSpan(0, 600), out _));
            known += DescriptorOf(pool, (ulong)(i / 64), (uint)(i % 64)).IsInMain ? 1 : 0;
        }

        return known;
    }

    private static PageDescriptor DescriptorOf(RetainingPool pool, ulong id, uint index) =>
        Inside.Shards(pool.Client.Host.Store)[0].Descriptor(Inside.NumberOf(pool, id, index));

    private static byte TagOf(RetainingPool pool, ulong id, uint index)
    {
        PackedPages packed = Inside.Packed(pool.Client.Host.Store);
        uint number = Inside.NumberOf(pool, id, index);
        return number < packed.First ? (byte)0 : packed.TagOf(number);
    }

    /// <summary>Has the entry 3 of object 1 enter the main queue, and be found often there.</summary>
    private void MakeMain(RetainingPool pool, byte tag)
    {
        Put(pool, 1, 3, tag);
        Find(pool);
        Scan(pool, 1200);
        Find(pool);
        Assert.True(DescriptorOf(pool, 1, 3).IsInMain);
    }

    private void Find(RetainingPool pool)
    {
        for (int hit = 0; hit < PageDescriptor.MostHits; hit++)
        {
            Assert.Equal(GetResult.Hit, pool.GetEntry(1, 3, _buffer, out _));
        }
    }

    private void Put(RetainingPool pool, ulong id, uint index, byte tag) => Assert.True(pool.TryPutEntry(id, index, tag, _entry.AsSpan(0, 3000), out _));

    /// <summary>Puts so many pages that what was there before goes, and few enough that it is remembered.</summary>
    private void Scan(RetainingPool pool, uint pages)
    {
        for (uint i = 0; i < pages; i++)
        {
            pool.TryPut(1_000_000 + (i / 64), i % 64, _entry);
        }
    }
}
