using TmemCore.Codecs;
using TmemCore.Statistics;
using TmemCore.Store;
using TmemCore.Tests.Codecs;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>What others do while pages are made smaller, and the worker's own thread.</summary>
public sealed partial class ColdTierTests
{
    [Theory]
    [InlineData("get")]
    [InlineData("put of the same length")]
    [InlineData("put of another length")]
    [InlineData("flush")]
    [InlineData("flush and put")]
    [InlineData("put of another page under the number")]
    public void Whatever_is_done_to_a_page_while_it_is_made_smaller_comes_first(string what)
    {
        using var host = new TmemHost(Cooling);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        byte[] page = SamplePages.Make(4);
        byte[] same = [.. page];
        same[0] ^= 1;
        pool.Put(1, 1, page);
        long bytes = host.GetStatistics().PackedBytes;
        MeddleWhileWorking(host, () =>
        {
            _ = what switch
            {
                "get" => (int)pool.Get(1, 1, _buffer),
                "put of the same length" => (int)pool.Put(1, 1, page = same),
                "put of another length" => (int)pool.Put(1, 1, page = SamplePages.Make(2)),
                "flush" => (int)pool.FlushPage(1, 1),
                "flush and put" => (int)pool.FlushPage(1, 1) + (int)pool.Put(1, 1, page = same),
                _ => (int)pool.FlushPage(1, 1) + (int)pool.Put(1, 2, page = same),
            };
        });

        MakeCold(host);

        Assert.Equal(0, host.GetStatistics().ColdRecompressions);
        uint index = what == "put of another page under the number" ? 2U : 1U;
        Assert.Equal(what == "flush" ? GetResult.Empty : GetResult.Hit, pool.Get(1, index, _buffer));
        Assert.True(what == "flush" || page.AsSpan().SequenceEqual(_buffer));
        Assert.True(what.Contains("another", StringComparison.Ordinal) || what == "flush" || host.GetStatistics().PackedBytes >= bytes - 16);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_page_that_was_moved_while_it_is_made_smaller_is_made_smaller_all_the_same()
    {
        using var host = new TmemHost(Cooling);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        for (uint i = 0; i < 300; i++)
        {
            pool.Put(i, 1, SamplePages.Make(4));
        }

        int moved = 0;
        PackedPages packed = Inside.Packed(host.Store);
        MeddleWhileWorking(host, () =>
        {
            // The first page, which is being worked on, is soon alone in its span.
            for (uint i = 1; i < 200; i++)
            {
                pool.FlushPage(i, 1);
            }

            while (packed.TryChoose(out ulong slot, out uint page, out _) && packed.TryMove(page, slot) != 0)
            {
                moved++;
            }
        });

        MakeCold(host);

        Assert.NotEqual(0, moved);
        Assert.Equal(101, host.GetStatistics().ColdPages);
        Assert.Equal(GetResult.Hit, pool.Get(0, 1, _buffer));
        Assert.Equal(SamplePages.Make(4), _buffer);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_host_that_is_disposed_while_a_page_is_made_smaller_ends_the_step()
    {
        var host = new TmemHost(Cooling);
        Filled(host);
        MeddleWhileWorking(host, host.Dispose);

        Assert.Throws<ObjectDisposedException>(() => MakeCold(host));
        Assert.Throws<ObjectDisposedException>(() => host.Store.RecompressStep());
    }

    [Fact]
    public void Threads_put_get_and_flush_while_pages_cool()
    {
        using var host = new TmemHost(Cooling with { CapacityBytes = 3 * Hosts.Mebibyte, Shards = 8, ColdAfter = TimeSpan.FromMilliseconds(1) });
        var wrong = new List<string>();
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(number => new Thread(() =>
        {
            string? problem = Churn(host, number);
            lock (wrong)
            {
                wrong.AddRange(problem is null ? [] : [problem]);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        for (int step = 0; threads.Any(thread => thread.IsAlive); step++)
        {
            _clock.Advance(host.Options.ColdAfter);
            host.Store.RecompressStep();
            if (step % 1000 == 0)
            {
                wrong.AddRange(host.Verify());
            }
        }

        Array.ForEach(threads, thread => thread.Join());
        Assert.Empty(wrong);
        Assert.Empty(host.Verify());
        HostStatistics statistics = host.GetStatistics();
        Assert.True(statistics.ColdRecompressions > 100, $"{statistics.ColdRecompressions} pages were recompressed.");
        Assert.True(statistics.ColdReads > 10, $"{statistics.ColdReads} of them were read.");
        Assert.True(statistics.Evictions > 100, $"{statistics.Evictions} pages were evicted.");
    }

    [Fact]
    public void The_worker_works_by_itself_and_ends_with_its_host()
    {
        for (int round = 0; round < 5; round++)
        {
            var host = new TmemHost(Cooling with { ColdClock = null, ColdAfter = TimeSpan.FromMilliseconds(1), ColdProcessorShare = 1 });
            PersistentPool pool = Filled(host);
            SpinWait.SpinUntil(() => host.GetStatistics().ColdPages > 10);
            RequirePages(pool);
            Thread worker = host.Store.ColdWorker!.Thread;
            Assert.True(worker.IsBackground);
            Assert.NotEqual(TimeSpan.Zero, host.GetStatistics().ColdWorkTime);

            host.Dispose();
            worker.Join();
            Assert.Throws<ObjectDisposedException>(() => host.Store.RecompressStep());
        }
    }

    [Fact]
    public void A_walk_that_rests_knows_that_its_host_has_gone()
    {
        var host = new TmemHost(Cooling);
        Filled(host);
        while (host.Store.RecompressStep() == TimeSpan.Zero)
        {
        }

        Assert.NotEqual(TimeSpan.Zero, host.Store.RecompressStep());
        host.Dispose();

        Assert.Throws<ObjectDisposedException>(() => host.Store.RecompressStep());
    }

    [Fact]
    public void A_worker_that_rests_ends_with_its_host()
    {
        var host = new TmemHost(Cooling with { ColdClock = null, ColdAfter = TimeSpan.FromDays(1) });
        Thread worker = host.Store.ColdWorker!.Thread;
        SpinWait.SpinUntil(() => worker.ThreadState.HasFlag(ThreadState.WaitSleepJoin));

        host.Dispose();

        worker.Join();
    }

    [Theory]
    [InlineData(0.05, 19)]
    [InlineData(0.5, 1)]
    [InlineData(1, 0)]
    public void Rest_is_to_work_as_the_share_wants(double share, double ratio) => Assert.Equal(
        TimeSpan.FromMilliseconds(2 * ratio).TotalMilliseconds,
        ColdWorker.RestAfter(TimeSpan.FromMilliseconds(2), share).TotalMilliseconds,
        precision: 3);

    /// <summary>Has something done once between a page's copy and the swap, where no lock is held.</summary>
    private void MeddleWhileWorking(TmemHost host, Action meddle) =>
        Inside.ColdWalk(host.Store) = new ColdWalk(new MeddlingCodec(meddle), host.Options.ColdAfter, _clock);

    /// <summary>Works on pools of its own, so that it knows what each page has to be.</summary>
    private static string? Churn(TmemHost host, int number)
    {
        using TmemClient client = host.CreateClient(new TmemClientOptions { PersistentAllowanceBytes = Hosts.Mebibyte / 4 });
        PersistentPool persistent = client.CreatePersistentPool();
        RetainingPool retaining = client.CreateRetainingPool();
        EphemeralPool ephemeral = client.CreateEphemeralPool();
        var random = new Random(number);
        var buffer = new byte[TmemPool.PageBytes];
        var latest = new int[3, 900];
        for (int i = 1; i < 6_000 * Hosts.Stress; i++)
        {
            int kind = random.Next(3);
            uint index = (uint)random.Next(random.Next(2) == 0 ? 20 : 900);
            ulong id = index % 7;
            ref int put = ref latest[kind, index];
            bool isGet = random.Next(2) == 0;
            if (!isGet && random.Next(8) == 0)
            {
                TmemPool[] pools = [persistent, retaining, ephemeral];
                pools[kind].FlushPage(id, index);
                put = 0;
            }
            else if (!isGet)
            {
                byte[] page = SamplePages.Make(i);
                bool isStored = kind == 0
                    ? persistent.Put(id, index, page) == PutResult.Stored
                    : ((DroppablePool)(kind == 1 ? retaining : ephemeral)).TryPut(id, index, page);
                put = isStored ? i : 0;
            }
            else
            {
                GetResult result = kind == 0 ? persistent.Get(id, index, buffer)
                    : kind == 1 ? retaining.Get(id, index, buffer) : ephemeral.Take(id, index, buffer);
                bool isHit = result == GetResult.Hit;
                if ((kind == 0 && isHit != (put != 0)) || (isHit && (put == 0 || !buffer.AsSpan().SequenceEqual(SamplePages.Make(put)))))
                {
                    return $"Thread {number}, step {i}: page {index} of pool {kind} answered {result} and is not what put {put} put.";
                }

                put = kind == 2 ? 0 : put;
            }
        }

        return null;
    }

    /// <summary>Zstandard, and something else the first time.</summary>
    private sealed class MeddlingCodec(Action meddle) : PageCodec
    {
        private readonly PageCodec _codec = Of(PageCodecId.Zstandard);
        private Action? _meddle = meddle;

        public override PageCodecId Id => _codec.Id;

        public override string Name => _codec.Name;

        public override int Compress(ReadOnlySpan<byte> page, Span<byte> output, CodecScratch scratch)
        {
            Interlocked.Exchange(ref _meddle, null)?.Invoke();
            return _codec.Compress(page, output, scratch);
        }

        public override bool TryDecompress(ReadOnlySpan<byte> data, Span<byte> page, CodecScratch scratch) =>
            _codec.TryDecompress(data, page, scratch);
    }
}
