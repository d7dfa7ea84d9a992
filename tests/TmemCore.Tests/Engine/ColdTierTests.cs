using TmemCore.Statistics;
using TmemCore.Store;
using TmemCore.Tests.Codecs;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>Pages that nobody uses are made smaller by a denser codec. The tests do the worker's steps, by a clock of their own.</summary>
public sealed partial class ColdTierTests
{
    private const uint Count = 210;

    private readonly FakeClock _clock = new();
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    private TmemHostOptions Cooling => Hosts.Small with
    {
        CapacityBytes = 16 * Hosts.Mebibyte,
        CompressByDefault = true,
        ColdCompression = PageCompression.Zstandard,
        ColdClock = _clock,
    };

    [Fact]
    public void Without_the_option_there_is_no_worker_and_no_page_changes()
    {
        using var host = new TmemHost(new TmemHostOptions { CompressByDefault = true });
        PersistentPool pool = Filled(host);
        long bytes = host.GetStatistics().DataBytes;

        Assert.Equal(PageCompression.None, host.Options.ColdCompression);
        Assert.Null(host.Store.ColdWorker);
        Assert.Throws<InvalidOperationException>(() => host.Store.RecompressStep());
        RequirePages(pool);
        HostStatistics statistics = host.GetStatistics();
        Assert.Equal(bytes, statistics.DataBytes);
        Assert.Equal((0, 0, 0, 0, TimeSpan.Zero), TotalsOf(statistics));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Pages_that_stay_cold_are_made_smaller_and_read_the_same(int shards)
    {
        using var host = new TmemHost(Cooling with { Shards = shards });
        PersistentPool pool = Filled(host);
        HostStatistics before = host.GetStatistics();
        long charged = pool.Client.GetStatistics().PersistentBytes;

        MakeCold(host);

        HostStatistics after = host.GetStatistics();
        Assert.InRange(after.ColdPages, Count / 3, Count);
        Assert.Equal(after.ColdPages, after.ColdRecompressions);
        Assert.Equal(before.DataBytes - after.DataBytes, after.ColdBytesSaved);
        Assert.InRange((double)after.PackedBytes / before.PackedBytes, 0.4, 0.9);
        Assert.Equal(charged - after.ColdBytesSaved, pool.Client.GetStatistics().PersistentBytes);
        Assert.Equal((before.PackedPages, before.Operations), (after.PackedPages, after.Operations));
        Assert.InRange(after.PackedFrames, 1, before.PackedFrames - 1);
        Assert.Empty(host.Verify());
        RequirePages(pool);
        Assert.Equal(after.ColdPages, host.GetStatistics().ColdReads);
    }

    [Fact]
    public void No_page_is_cold_before_its_time()
    {
        using var host = new TmemHost(Cooling with { ColdAfter = TimeSpan.FromSeconds(10) });
        Filled(host);
        Walk(host);
        _clock.Advance(TimeSpan.FromMilliseconds(9_999));

        Assert.Equal(TimeSpan.FromMilliseconds(1), host.Store.RecompressStep());
        Assert.Equal(0, host.GetStatistics().ColdPages);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Walk(host);
        Assert.NotEqual(0, host.GetStatistics().ColdPages);
    }

    [Fact]
    public void What_is_read_or_put_stays_as_it_is()
    {
        using var host = new TmemHost(Cooling);
        PersistentPool read = Filled(host);
        PersistentPool put = Filled(host);
        RetainingPool written = host.CreateClient().CreateRetainingPool();
        written.TryPut(1, 1, SamplePages.Make(3));
        PersistentPool idle = Filled(host);
        long bytes = read.GetStatistics()!.PackedBytes;
        for (int round = 0; round < 3; round++)
        {
            Walk(host);
            RequirePages(read);
            Fill(put);
            var target = default(BlindTarget);
            Assert.Equal(GetResult.Hit, written.Get(1, 1, ref target));
            _clock.Advance(host.Options.ColdAfter);
        }

        Assert.Equal(bytes, read.GetStatistics()!.PackedBytes);
        Assert.Equal(bytes, put.GetStatistics()!.PackedBytes);
        Assert.InRange(idle.GetStatistics()!.PackedBytes, 1, bytes * 9 / 10);
        Assert.Equal(0, host.GetStatistics().ColdReads);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void Each_read_of_a_cold_page_is_counted_whatever_the_kind()
    {
        using var host = new TmemHost(Cooling);
        TmemClient client = host.CreateClient();
        PersistentPool persistent = client.CreatePersistentPool();
        RetainingPool retaining = client.CreateRetainingPool();
        EphemeralPool ephemeral = client.CreateEphemeralPool();
        byte[] page = SamplePages.Make(4);
        persistent.Put(1, 1, page);
        persistent.PutEntry(1, 2, page.AsSpan(0, 3000));
        retaining.TryPut(1, 1, page);
        ephemeral.TryPut(1, 1, page);
        MakeCold(host);
        Assert.Equal(4, host.GetStatistics().ColdPages);

        Assert.Equal(GetResult.Hit, persistent.Get(1, 1, _buffer));
        Assert.Equal(page, _buffer);
        Assert.Equal(GetResult.Hit, persistent.GetEntry(1, 2, _buffer, out int length));
        Assert.Equal(page.AsSpan(0, 3000), _buffer.AsSpan(0, length));
        var target = default(BlindTarget);
        Assert.Equal(GetResult.Hit, retaining.Get(1, 1, ref target));
        Assert.Equal(3, host.GetStatistics().ColdReads);
        Assert.Equal(GetResult.Hit, ephemeral.Take(1, 1, _buffer));
        Assert.Equal(page, _buffer);

        // What was read stays as it is; what was taken is gone.
        Assert.Equal((3, 4), (host.GetStatistics().ColdPages, host.GetStatistics().ColdReads));
        Assert.Equal(4, host.GetStatistics().ColdRecompressions);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void Cold_pages_that_go_or_are_put_over_are_counted_no_more()
    {
        using var host = new TmemHost(Cooling);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        for (uint i = 0; i < 600; i++)
        {
            pool.Put(i < 400 ? 1UL : 2UL, i, SamplePages.Make(4));
        }

        MakeCold(host);
        Assert.Equal(600, host.GetStatistics().ColdPages);
        pool.FlushPage(2, 599);
        pool.Put(2, 598, SamplePages.Make(4));
        pool.Put(2, 597, Pages.Of(1));
        pool.Put(2, 596, new byte[TmemPool.PageBytes]);
        Assert.Equal(596, host.GetStatistics().ColdPages);
        Assert.Empty(host.Verify());
        pool.FlushObject(1);
        Assert.Equal(196, host.GetStatistics().ColdPages);
        pool.Dispose();
        Assert.Equal(0, host.GetStatistics().ColdPages);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_wrong_count_of_cold_pages_is_found()
    {
        using var host = new TmemHost(Cooling);
        Filled(host);
        MakeCold(host);

        Inside.Shards(host.Store)[0].Record.Shelf.ColdPages++;

        Assert.Contains("pages are cold", Assert.Single(host.Verify()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_that_the_denser_codec_does_not_help_is_tried_once()
    {
        using var host = new TmemHost(Cooling);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        byte[] page = Pages.Of(1);
        page.AsSpan(2000).Clear();
        pool.Put(1, 1, page);
        PackedPages packed = Inside.Packed(host.Store);
        Walk(host);
        Assert.True(packed.IsUnseen(packed.First));

        _clock.Advance(host.Options.ColdAfter);
        Walk(host);
        _clock.Advance(host.Options.ColdAfter);
        Walk(host);

        Assert.Equal(0, host.GetStatistics().ColdRecompressions);
        Assert.False(packed.IsUnseen(packed.First), "It is to be tried again.");
        pool.Put(1, 1, SamplePages.Make(4));
        MakeCold(host);
        Assert.Equal(1, host.GetStatistics().ColdPages);
    }

    [Fact]
    public void Frozen_clients_and_pages_without_compression_are_left_in_peace()
    {
        using var host = new TmemHost(Cooling);
        PersistentPool frozen = Filled(host);
        host.Control.Freeze(frozen.Client);
        PersistentPool whole = host.CreateClient(new TmemClientOptions { Compression = PageCompression.None }).CreatePersistentPool();
        Fill(whole);
        for (uint i = 0; i < 10; i++)
        {
            whole.PutEntry(2, i, SamplePages.Make(4).AsSpan(0, 1000));
        }

        long bytes = whole.GetStatistics()!.PackedBytes;
        MakeCold(host);

        Assert.NotEqual(0, host.GetStatistics().ColdPages);
        Assert.Equal(bytes, whole.GetStatistics()!.PackedBytes);
        Assert.Equal(0, frozen.GetStatistics()!.PutsReplaced);
        RequirePages(frozen);
        RequirePages(whole);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_full_host_holds_a_fifth_more_when_its_pages_have_cooled()
    {
        using var host = new TmemHost(Cooling);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        uint stored = Stored(pool, 1);
        for (int i = 0; i < 4; i++)
        {
            MakeCold(host);
        }

        Assert.Empty(host.Verify());
        uint more = Stored(pool, 2);
        Assert.InRange((double)more / stored, 0.2, 2);
        Assert.Empty(host.Verify());

        static uint Stored(PersistentPool pool, ulong id)
        {
            uint stored = 0;
            while (pool.Put(id, stored, SamplePages.Make((int)stored)) == PutResult.Stored)
            {
                stored++;
            }

            return stored;
        }
    }

    [Fact]
    public void No_step_allocates()
    {
        using var host = new TmemHost(Cooling);
        PersistentPool pool = Filled(host);
        MakeCold(host);
        Fill(pool);

        long before = GC.GetAllocatedBytesForCurrentThread();
        MakeCold(host);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(host.GetStatistics().ColdRecompressions, 2 * Count / 3, 2 * Count);
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        RequireRefusal(nameof(TmemHostOptions.ColdCompression), Cooling with { ColdCompression = PageCompression.Lz4 });
        RequireRefusal(nameof(TmemHostOptions.ColdCompression), Cooling with { ColdCompression = PageCompression.SameFilled });
        RequireRefusal(nameof(TmemHostOptions.ColdCompression), Cooling with { ColdCompression = (PageCompression)77 });
        RequireRefusal(nameof(TmemHostOptions.ColdCompression), Cooling with { Profile = TmemProfile.Xen });
        RequireRefusal(nameof(TmemHostOptions.ColdAfter), Cooling with { ColdAfter = TimeSpan.Zero });
        RequireRefusal(nameof(TmemHostOptions.ColdAfter), Cooling with { ColdAfter = TimeSpan.FromDays(1) + TimeSpan.FromTicks(1) });
        RequireRefusal(nameof(TmemHostOptions.ColdAfter), Cooling with { ColdAfter = Timeout.InfiniteTimeSpan });
        RequireRefusal(nameof(TmemHostOptions.ColdProcessorShare), Cooling with { ColdProcessorShare = 0 });
        RequireRefusal(nameof(TmemHostOptions.ColdProcessorShare), Cooling with { ColdProcessorShare = 1.01 });
        RequireRefusal(nameof(TmemHostOptions.ColdProcessorShare), Cooling with { ColdProcessorShare = double.NaN });
        new TmemHost(Cooling with { ColdAfter = TimeSpan.FromDays(1), ColdProcessorShare = 0.001 }).Dispose();
    }

    private static void RequireRefusal(string name, TmemHostOptions options)
    {
        ArgumentOutOfRangeException refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new TmemHost(options));
        Assert.Equal(name, refusal.ParamName);
        Assert.StartsWith($"{name} is ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("it may be", refusal.Message, StringComparison.Ordinal);
    }

    private static (long, long, long, long, TimeSpan) TotalsOf(HostStatistics statistics) =>
        (statistics.ColdPages, statistics.ColdReads, statistics.ColdRecompressions, statistics.ColdBytesSaved, statistics.ColdWorkTime);

    private static PersistentPool Filled(TmemHost host)
    {
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        Fill(pool);
        return pool;
    }

    private static void Fill(PersistentPool pool)
    {
        for (uint i = 0; i < Count; i++)
        {
            Assert.Equal(PutResult.Stored, pool.Put(i / 50, i, SamplePages.Make((int)i)));
        }
    }

    private void RequirePages(PersistentPool pool)
    {
        for (uint i = 0; i < Count; i++)
        {
            Assert.Equal(GetResult.Hit, pool.Get(i / 50, i, _buffer));
            Assert.True(_buffer.AsSpan().SequenceEqual(SamplePages.Make((int)i)), $"Page {i} is not what was put.");
        }
    }

    /// <summary>Marks all pages, then finds them still marked.</summary>
    private void MakeCold(TmemHost host)
    {
        for (int walk = 0; walk < 2; walk++)
        {
            _clock.Advance(host.Options.ColdAfter);
            Walk(host);
        }
    }

    /// <summary>Steps until there is nothing to do.</summary>
    private static void Walk(TmemHost host)
    {
        while (host.Store.RecompressStep() == TimeSpan.Zero)
        {
        }
    }

    /// <summary>Takes any page.</summary>
    private readonly struct BlindTarget : IPageTarget
    {
        public bool TryWrite(ReadOnlySpan<byte> page) => true;
    }
}
