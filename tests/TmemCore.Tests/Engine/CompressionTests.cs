using TmemCore.Statistics;
using TmemCore.Store;
using TmemCore.Tests.Codecs;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>Pages in fewer bytes than a frame, seen from the face.</summary>
public sealed class CompressionTests
{
    private readonly byte[] _page = new byte[TmemPool.PageBytes];
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];
    private uint _puts;

    public static TheoryData<PageCompression> Codecs => [PageCompression.SameFilled, PageCompression.Lz4, PageCompression.Zstandard];

    private static TmemHostOptions Compressing { get; } = Hosts.Small with { CompressByDefault = true };

    [Theory]
    [InlineData(PageCompression.Lz4, 1.9)]
    [InlineData(PageCompression.Zstandard, 2.4)]
    public void More_pages_fit_than_frames(PageCompression compression, double atLeast)
    {
        long whole = PagesThatFit(PageCompression.None);
        long packed = PagesThatFit(compression);

        Assert.InRange((double)packed / whole, atLeast, 20);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Pages_of_one_word_take_their_descriptors_and_no_more(PageCompression compression)
    {
        using var host = new TmemHost(Compressing with { Compression = compression });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        for (uint i = 0; i < 20_000; i++)
        {
            _page.AsSpan().Fill((byte)i);
            Assert.Equal(PutResult.Stored, pool.Put(1, i, _page));
        }

        for (uint i = 0; i < 20_000; i += 777)
        {
            Assert.Equal(GetResult.Hit, pool.Get(1, i, _buffer));
            Assert.Equal(-1, _buffer.AsSpan().IndexOfAnyExcept((byte)i));
        }

        HostStatistics statistics = host.GetStatistics();
        Assert.Equal(20_000, statistics.PackedPages);
        Assert.Equal(0, statistics.PackedBytes);
        Assert.Equal(0, statistics.PackedFrames);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void Each_setting_stands_above_the_one_before_it()
    {
        using var host = new TmemHost(Hosts.Small with { Compression = PageCompression.Zstandard });
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        Assert.Equal((PageCompression.None, PageCompression.None), (client.Compression, pool.Compression));

        host.Control.SetCompression(client, isOn: true);
        Assert.Equal((PageCompression.Zstandard, PageCompression.Zstandard), (client.Compression, pool.Compression));
        host.SetCompression(PageCompression.SameFilled);
        Assert.Equal((PageCompression.SameFilled, PageCompression.SameFilled), (client.Compression, pool.Compression));
        client.SetCompression(PageCompression.Lz4);
        Assert.Equal((PageCompression.Lz4, PageCompression.Lz4), (client.Compression, pool.Compression));
        Assert.True(pool.TrySetCompression(PageCompression.None));
        Assert.Equal((PageCompression.Lz4, PageCompression.None), (client.Compression, pool.Compression));
        client.SetCompression(null);
        Assert.True(pool.TrySetCompression(null));
        Assert.Equal((PageCompression.None, PageCompression.None), (client.Compression, pool.Compression));

        Assert.Equal(PageCompression.Lz4, host.CreateClient(new TmemClientOptions { Compression = PageCompression.Lz4 }).Compression);
        pool.Dispose();
        Assert.False(pool.TrySetCompression(PageCompression.Lz4));
    }

    [Fact]
    public void Puts_follow_the_setting_that_was_made_last()
    {
        using var host = new TmemHost(Hosts.Small with { Compression = PageCompression.None });
        TmemClient owner = host.CreateClient();
        SharedEphemeralPool shared = owner.Join(Hosts.Uuid);
        TmemClient other = host.CreateClient(new TmemClientOptions { Compression = PageCompression.None });
        SharedEphemeralPool joined = other.Join(Hosts.Uuid);
        Assert.False(IsPacked(shared));

        host.Control.SetCompression(owner, isOn: true);
        Assert.False(IsPacked(shared));
        host.SetCompression(PageCompression.Lz4);
        Assert.True(IsPacked(shared));
        Assert.True(IsPacked(joined));
        host.Control.SetCompression(owner, isOn: false);
        Assert.False(IsPacked(joined));
        owner.SetCompression(PageCompression.Zstandard);
        Assert.True(IsPacked(joined));

        // The owner goes, and the pool follows the one that stays.
        owner.Dispose();
        Assert.False(IsPacked(joined));
        Assert.True(joined.TrySetCompression(PageCompression.SameFilled));
        Assert.False(IsPacked(joined));
        Assert.True(joined.TrySetCompression(PageCompression.Lz4));
        Assert.True(IsPacked(joined));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_setting_that_does_not_exist_is_refused_by_name()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        const PageCompression Strange = (PageCompression)77;

        Assert.Contains("Zstandard", Assert.Throws<ArgumentOutOfRangeException>(() => host.SetCompression(Strange)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => client.SetCompression(Strange));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.TrySetCompression(Strange));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TmemHost(Hosts.Small with { Compression = Strange }));
        Assert.Throws<ArgumentOutOfRangeException>(() => host.CreateClient(new TmemClientOptions { Compression = Strange }));
    }

    [Fact]
    public void Stored_pages_stay_readable_whatever_the_setting_becomes()
    {
        using var host = new TmemHost(Compressing);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        for (uint i = 0; i < 200; i++)
        {
            pool.TrySetCompression((PageCompression)(i % 4));
            pool.Put(1, i, SamplePages.Make((int)i));
        }

        for (uint i = 0; i < 200; i++)
        {
            Assert.Equal(GetResult.Hit, pool.Get(1, i, _buffer));
            Assert.True(_buffer.AsSpan().SequenceEqual(SamplePages.Make((int)i)), $"Page {i} is not what was put.");
        }

        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_host_larger_than_the_caches_packs_pages_too()
    {
        const long capacityBytes = 65 * Hosts.Mebibyte;
        using var host = new TmemHost(Compressing with { CapacityBytes = capacityBytes });
        Assert.True(host.Store.UsesStreaming);
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        for (uint i = 0; i < 100; i++)
        {
            Assert.Equal(PutResult.Stored, pool.Put(1, i, SamplePages.Make((int)i)));
        }

        for (uint i = 0; i < 100; i++)
        {
            Assert.Equal(GetResult.Hit, pool.Get(1, i, _buffer));
            Assert.True(_buffer.AsSpan().SequenceEqual(SamplePages.Make((int)i)), $"Page {i} is not what was put.");
        }
    }

    [Fact]
    public void A_page_is_replaced_by_one_of_any_size()
    {
        using var host = new TmemHost(Compressing);
        TmemClient client = host.CreateClient();
        PersistentPool persistent = client.CreatePersistentPool();
        RetainingPool retaining = client.CreateRetainingPool();
        var random = new Random(5);
        for (uint i = 0; i < 1000; i++)
        {
            persistent.TrySetCompression((PageCompression)random.Next(4));
            retaining.TrySetCompression((PageCompression)random.Next(4));
            byte[] page = SamplePages.Make((int)i);
            uint index = (uint)random.Next(12);
            Assert.Equal(PutResult.Stored, persistent.Put(1, index, page));
            Assert.True(retaining.TryPut(1, index, page));
            Assert.Equal(GetResult.Hit, persistent.Get(1, index, _buffer));
            Assert.True(_buffer.AsSpan().SequenceEqual(page), $"Put {i} over page {index} is not read.");
            Assert.Equal(GetResult.Hit, retaining.Get(1, index, _buffer));
            Assert.True(_buffer.AsSpan().SequenceEqual(page), $"Put {i} over ephemeral page {index} is not read.");
        }

        Assert.Equal(12, persistent.PageCount);
        Assert.Empty(host.Verify());
        persistent.FlushObject(1);
        retaining.FlushObject(1);
        Assert.Equal(0, host.GetStatistics().DataBytes);
        Assert.InRange(client.GetStatistics().PersistentBytes, 0, PoolShardRecord.Cells * 64);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void What_was_freed_in_one_size_is_used_in_another()
    {
        using var host = new TmemHost(Compressing);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        for (int length = 200; length < 3600; length += 200)
        {
            uint stored = 0;
            while (pool.Put(1, stored, PageOf(length, stored)) == PutResult.Stored)
            {
                stored++;
            }

            // Every other page goes, so that hardly a span is empty.
            Assert.InRange(stored, 1000u, 60_000u);
            for (uint i = 0; i < stored; i += 2)
            {
                pool.FlushPage(1, i);
            }

            long bytes = host.GetStatistics().DataBytes;
            uint more = 0;
            while (pool.Put(2, more, PageOf(length + 100, more)) == PutResult.Stored)
            {
                more++;
            }

            // Half of the host is free: whatever the classes, most of it is found again.
            Assert.InRange(host.GetStatistics().DataBytes, bytes * 18 / 10, long.MaxValue);
            Assert.Empty(host.Verify());
            pool.FlushObject(1);
            pool.FlushObject(2);
        }
    }

    [Fact]
    public void A_full_host_evicts_packed_pages_for_whole_ones_and_the_reverse()
    {
        using var host = new TmemHost(Compressing with { Shards = 4 });
        TmemClient client = host.CreateClient();
        RetainingPool pool = client.CreateRetainingPool();
        for (uint round = 0; round < 6; round++)
        {
            bool isWhole = round % 2 == 1;
            for (uint i = 0; i < 6000; i++)
            {
                byte[] page = isWhole ? Pages.Of(i) : SamplePages.Make((int)(i * 2) + 1);
                Assert.True(pool.TryPut(round, i, page, out PutResult result), $"Put {i} of round {round} answered {result}.");
                if (i % 500 == 0)
                {
                    Assert.Equal(GetResult.Hit, pool.Get(round, i, _buffer));
                    Assert.True(_buffer.AsSpan().SequenceEqual(page));
                }
            }

            Assert.Empty(host.Verify());
        }

        Assert.InRange(host.GetStatistics().Evictions, 10_000, 36_000);
    }

    [Fact]
    public void Pages_that_do_not_get_smaller_are_counted_and_soon_not_tried()
    {
        using var host = new TmemHost(Compressing);
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        for (uint i = 0; i < 320 + PoolPacking.PoorRun; i++)
        {
            pool.TryPut(1, i, Pages.Of(i));
        }

        Assert.Equal(PoolPacking.PoorRun + (320 / PoolPacking.ProbeInterval), pool.GetStatistics()!.PutsIncompressible);
        Assert.Equal(0, pool.GetStatistics()!.PackedPages);

        // One that does ends that.
        for (uint i = 0; i < 2 * PoolPacking.ProbeInterval; i++)
        {
            pool.TryPut(2, i, PageOf(300, i));
        }

        Assert.InRange(pool.GetStatistics()!.PackedPages, PoolPacking.ProbeInterval, 2 * PoolPacking.ProbeInterval);
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    public void Lowering_the_limit_compacts_before_it_evicts(int mebibytes)
    {
        using var host = new TmemHost(Compressing with { CapacityBytes = mebibytes * Hosts.Mebibyte });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        uint stored = 0;
        while (host.GetStatistics().Evictions == 0)
        {
            pool.TryPut(1, stored, PageOf(1300 + (int)(stored % 900), stored));
            stored++;
        }

        // Two of three pages go, from everywhere.
        for (uint i = 0; i < stored; i++)
        {
            if (i % 3 != 0)
            {
                pool.FlushPage(1, i);
            }
        }

        long evictions = host.GetStatistics().Evictions;
        host.SetCapacity(mebibytes * Hosts.Mebibyte / 2);

        Assert.Equal(evictions, host.GetStatistics().Evictions);
        Assert.InRange(host.CommittedBytes, 1, mebibytes * Hosts.Mebibyte / 2);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_limit_below_packed_persistent_pages_is_refused()
    {
        using var host = new TmemHost(Compressing with { CapacityBytes = 16 * Hosts.Mebibyte });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        uint stored = 0;
        while (pool.Put(1, stored, PageOf(1500, stored)) == PutResult.Stored)
        {
            stored++;
        }

        Assert.InRange(stored, 8_000u, 12_000u);
        InsufficientMemoryException refusal = Assert.Throws<InsufficientMemoryException>(() => host.SetCapacity(8 * Hosts.Mebibyte));
        Assert.Contains("8,388,608", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(stored, pool.PageCount);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_client_is_charged_what_its_pages_take()
    {
        using var host = new TmemHost(Compressing);
        const long Allowance = 400_000;
        TmemClient client = host.CreateClient(new TmemClientOptions { PersistentAllowanceBytes = Allowance });
        PersistentPool pool = client.CreatePersistentPool();
        uint stored = 0;
        while (pool.Put(1, stored, PageOf(1000, stored)) == PutResult.Stored)
        {
            stored++;
        }

        Assert.InRange(stored, Allowance / 1150, Allowance / 1000);
        Assert.InRange(client.GetStatistics().PersistentBytes, Allowance - 1100, Allowance);

        // What would take more goes, since the old page must not stay; what takes less is welcome.
        Assert.Equal(PutResult.PageDropped, pool.Put(1, 0, Pages.Of(1)));
        Assert.Equal(GetResult.Miss, pool.Get(1, 0, _buffer));
        Assert.Equal(PutResult.Stored, pool.Put(1, 1, PageOf(100, 1)));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_target_that_fails_leaves_a_packed_page_where_it_is()
    {
        using var host = new TmemHost(Compressing);
        EphemeralPool pool = host.CreateClient().CreateEphemeralPool();
        pool.TryPut(1, 1, PageOf(500, 9));
        var target = default(UnwritableTarget);

        Assert.Equal(GetResult.Unwritable, pool.Take(1, 1, ref target));
        Assert.Equal(GetResult.Hit, pool.Take(1, 1, _buffer));
        Assert.True(_buffer.AsSpan().SequenceEqual(PageOf(500, 9)));
        Assert.Equal(GetResult.Empty, pool.Take(1, 1, _buffer));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_source_that_throws_takes_the_older_page_with_it()
    {
        using var host = new TmemHost(Compressing);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        foreach (PageCompression compression in Enum.GetValues<PageCompression>())
        {
            pool.TrySetCompression(PageCompression.Lz4);
            pool.Put(1, 1, PageOf(500, 9));
            pool.TrySetCompression(compression);
            Assert.Throws<TimeoutException>(() =>
            {
                var source = default(ThrowingSource);
                pool.Put(1, 1, ref source);
            });
            Assert.Equal(GetResult.Empty, pool.Get(1, 1, _buffer));
            Assert.Empty(host.Verify());
        }
    }

    [Fact]
    public void Many_threads_pack_evict_and_compact_in_a_small_host()
    {
        using var host = new TmemHost(Compressing with { CapacityBytes = 3 * Hosts.Mebibyte, Shards = 8 });
        var wrong = new List<string>();
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            string? problem = Churn(host, number);
            lock (wrong)
            {
                wrong.AddRange(problem is null ? [] : [problem]);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Empty(wrong);
        Assert.Empty(host.Verify());
        Assert.True(host.GetStatistics().Evictions > 1000);
    }

    /// <summary>Whether a page that can be made smaller is, just now.</summary>
    private bool IsPacked(DroppablePool pool)
    {
        long before = pool.GetStatistics()!.PackedPages;
        Assert.True(pool.TryPut(1, _puts++, PageOf(500, 1)));
        return pool.GetStatistics()!.PackedPages > before;
    }

    private static string? Churn(TmemHost host, int number)
    {
        using TmemClient client = host.CreateClient(new TmemClientOptions { Compression = (PageCompression)(2 + (number % 2)) });
        EphemeralPool pool = client.CreateEphemeralPool();
        var random = new Random(number);
        var buffer = new byte[TmemPool.PageBytes];
        var latest = new int[1500];
        for (int i = 1; i < 12_000 * Hosts.Stress; i++)
        {
            uint handle = (uint)random.Next(latest.Length);
            if (random.Next(3) == 0)
            {
                GetResult result = pool.Take(handle % 40, handle, buffer);
                if (result == GetResult.Hit && !buffer.AsSpan().SequenceEqual(Mixed(number, latest[handle])))
                {
                    return $"Thread {number}: page {handle} is not what put {latest[handle]} put.";
                }
            }
            else
            {
                latest[handle] = i;
                pool.TryPut(handle % 40, handle, Mixed(number, i));
            }
        }

        return null;
    }

    private static byte[] Mixed(int number, int put)
    {
        var page = new byte[TmemPool.PageBytes];
        Pages.FillMixed(page, ((ulong)number << 40) + (ulong)put);
        return page;
    }

    private static long PagesThatFit(PageCompression compression)
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 32 * Hosts.Mebibyte, Compression = compression, CompressByDefault = true });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        uint stored = 0;
        while (pool.Put(stored / 64, stored % 64, SamplePages.Make((int)stored)) == PutResult.Stored)
        {
            stored++;
        }

        Assert.Empty(host.Verify());
        return stored;
    }

    /// <summary>A page of which LZ4 leaves about so many bytes: as many random ones, and zeros.</summary>
    private static byte[] PageOf(int bytes, ulong seed)
    {
        byte[] page = Pages.Of(seed);
        page.AsSpan(bytes).Clear();
        return page;
    }
}
