using TmemCore.Statistics;
using TmemCore.Store;
using TmemCore.Tests.Codecs;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>The worker's thread, threads beside it, and what may be asked of it.</summary>
public sealed partial class ColdTierTests
{
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
}
