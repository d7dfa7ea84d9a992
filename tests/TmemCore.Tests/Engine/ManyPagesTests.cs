using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>Calls on many pages do what as many single calls do, in order.</summary>
public sealed class ManyPagesTests
{
    private const int Most = 50;

    [Theory]
    [InlineData(4, 1)]
    [InlineData(4, 16)]
    [InlineData(64, 16)]
    public void Many_at_once_are_as_one_after_the_other(int capacityMebibytes, int shards)
    {
        TmemHostOptions options = Hosts.Small with { CapacityBytes = capacityMebibytes * Hosts.Mebibyte, Shards = shards };
        using var manyHost = new TmemHost(options);
        using var singleHost = new TmemHost(options);
        RetainingPool many = manyHost.CreateClient().CreateRetainingPool();
        RetainingPool single = singleHost.CreateClient().CreateRetainingPool();
        var random = new Random(capacityMebibytes + shards);
        for (int round = 0; round < 400; round++)
        {
            PageHandle[] handles = [.. Enumerable.Range(0, random.Next(Most + 1)).Select(_ => Handle(random))];
            if (random.Next(2) == 0)
            {
                PutBoth(many, single, handles, (ulong)round * Most);
            }
            else
            {
                GetBoth(many, single, handles);
            }
        }

        Assert.Equal(singleHost.GetStatistics().Evictions, manyHost.GetStatistics().Evictions);
        Assert.Equal(capacityMebibytes == 4, manyHost.GetStatistics().Evictions > 0);
        Assert.Empty(manyHost.Verify());
    }

    [Fact]
    public void Taken_pages_are_gone_and_each_kind_of_pool_answers()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PageHandle[] handles = [new(1, 0), new(1, 1), new(2, 7)];
        byte[] pages = Content(handles.Length, 9);
        var buffer = new byte[pages.Length];
        var put = new PutResult[3];
        var got = new GetResult[3];

        EphemeralPool ephemeral = client.CreateEphemeralPool();
        Assert.Equal(3, ephemeral.PutMany(handles, pages, put));
        Assert.Equal(3, ephemeral.TakeMany(handles, buffer, got));
        Assert.Equal(pages, buffer);
        Assert.Equal(0, ephemeral.PageCount);

        PersistentPool persistent = client.CreatePersistentPool();
        Assert.Equal(3, persistent.PutMany(handles, pages, put));
        Assert.Equal(3, persistent.GetMany(handles, buffer, got));
        Assert.Equal(3, persistent.PageCount);

        SharedEphemeralPool shared = client.Join(Hosts.Uuid);
        Assert.Equal(3, shared.PutMany(handles, pages, put));
        Assert.Equal(3, shared.GetMany(handles, buffer, got));
        Assert.Equal([GetResult.Hit, GetResult.Hit, GetResult.Hit], got);
    }

    [Fact]
    public void A_miss_leaves_its_part_of_the_buffer_alone()
    {
        using var host = new TmemHost(Hosts.Small);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        pool.Put(1, 1, Pages.Of(5));
        byte[] buffer = Content(3, 77);
        byte[] before = [.. buffer];
        var results = new GetResult[4];
        results[3] = GetResult.Unwritable;

        Assert.Equal(1, pool.GetMany([new(1, 0), new(1, 1), new(9, 1)], buffer, results));

        Assert.Equal([GetResult.Miss, GetResult.Hit, GetResult.Miss, GetResult.Unwritable], results);
        Assert.Equal(before[..TmemPool.PageBytes], buffer[..TmemPool.PageBytes]);
        Assert.Equal(Pages.Of(5), buffer[TmemPool.PageBytes..(2 * TmemPool.PageBytes)]);
        Assert.Equal(before[(2 * TmemPool.PageBytes)..], buffer[(2 * TmemPool.PageBytes)..]);
    }

    [Fact]
    public void A_refusal_in_the_middle_is_told_of_that_page()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        pool.Put(1, 1, Pages.Of(1));
        host.Control.Freeze(client);
        var results = new PutResult[3];

        Assert.Equal(1, pool.PutMany([new(1, 0), new(1, 1), new(1, 2)], Content(3, 1), results));

        Assert.Equal([PutResult.Frozen, PutResult.Stored, PutResult.Frozen], results);
    }

    [Theory]
    [InlineData(2, (2 * 4096) - 1, 2)]
    [InlineData(2, 4096, 2)]
    [InlineData(2, 3 * 4096, 2)]
    [InlineData(2, 2 * 4096, 1)]
    public void Spans_that_do_not_go_together_are_refused_and_nothing_changes(int handles, int bytes, int results)
    {
        using var host = new TmemHost(Hosts.Small);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        Assert.Throws<ArgumentException>(() => pool.PutMany(new PageHandle[handles], new byte[bytes], new PutResult[results]));
        Assert.Throws<ArgumentException>(() => pool.GetMany(new PageHandle[handles], new byte[bytes], new GetResult[results]));
        Assert.Equal(0, pool.PageCount);
        Assert.Equal(0, pool.GetMany([], [], []));
    }

    [Fact]
    public async Task A_host_that_goes_meanwhile_is_told_of_and_nothing_else_happens()
    {
        for (int round = 0; round < 20 * Hosts.Stress; round++)
        {
            var host = new TmemHost(Hosts.Small with { CapacityBytes = 16 * Hosts.Mebibyte, Shards = 8 });
            RetainingPool pool = host.CreateClient().CreateRetainingPool();
            using var started = new CountdownEvent(2);
            Task[] workers = [.. Enumerable.Range(0, 2).Select(worker => Task.Run(() => Work(pool, worker, started)))];
            started.Wait();
            host.Dispose();
            await Task.WhenAll(workers);
        }
    }

    private static void Work(RetainingPool pool, int worker, CountdownEvent started)
    {
        var random = new Random(worker);
        var buffer = new byte[Most * TmemPool.PageBytes];
        var got = new GetResult[Most];
        var put = new PutResult[Most];
        try
        {
            for (int round = 0; ; round++)
            {
                PageHandle[] handles = [.. Enumerable.Range(0, Most).Select(_ => Handle(random))];
                pool.PutMany(handles, buffer, put);
                pool.GetMany(handles, buffer, got);
                if (round == 1)
                {
                    started.Signal();
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // What the test waits for.
        }
    }

    private static void PutBoth(RetainingPool many, RetainingPool single, PageHandle[] handles, ulong seed)
    {
        byte[] pages = Content(handles.Length, seed);
        var results = new PutResult[handles.Length];
        int stored = many.PutMany(handles, pages, results);
        for (int i = 0; i < handles.Length; i++)
        {
            single.TryPut(handles[i].Object, handles[i].Index, pages.AsSpan(i * TmemPool.PageBytes, TmemPool.PageBytes), out PutResult result);
            Assert.Equal(result, results[i]);
        }

        Assert.Equal(results.Count(static result => result == PutResult.Stored), stored);
    }

    private static void GetBoth(RetainingPool many, RetainingPool single, PageHandle[] handles)
    {
        var manyBuffer = new byte[handles.Length * TmemPool.PageBytes];
        var singleBuffer = new byte[handles.Length * TmemPool.PageBytes];
        var results = new GetResult[handles.Length];
        int hits = many.GetMany(handles, manyBuffer, results);
        for (int i = 0; i < handles.Length; i++)
        {
            Span<byte> page = singleBuffer.AsSpan(i * TmemPool.PageBytes, TmemPool.PageBytes);
            Assert.Equal(single.Get(handles[i].Object, handles[i].Index, page), results[i]);
        }

        Assert.Equal(singleBuffer, manyBuffer);
        Assert.Equal(results.Count(static result => result == GetResult.Hit), hits);
    }

    /// <summary>Large objects and objects of a page; some handles come twice in a call.</summary>
    private static PageHandle Handle(Random random) => random.Next(4) == 0
        ? new((ulong)random.Next(100, 600), 3)
        : new((ulong)random.Next(12), (uint)random.Next(200));

    private static byte[] Content(int pages, ulong seed)
    {
        var content = new byte[pages * TmemPool.PageBytes];
        for (int i = 0; i < pages; i++)
        {
            Pages.Fill(content.AsSpan(i * TmemPool.PageBytes, TmemPool.PageBytes), seed + (ulong)i);
        }

        return content;
    }
}
