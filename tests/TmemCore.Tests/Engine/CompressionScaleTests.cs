using TmemCore.Statistics;
using TmemCore.Tests.Codecs;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>A day's worth of puts, gets and flushes of pages of all kinds.</summary>
[Collection(nameof(ScaleTests))]
public sealed class CompressionScaleTests
{
    private const int Operations = 10_000_000;
    private const int Samples = 4096;
    private const int Objects = 4096;
    private const int PagesPerObject = 48;

    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [ScaleFact]
    public void Ten_million_operations_leave_every_structure_sound_and_little_memory_unused()
    {
        using var host = new TmemHost(new TmemHostOptions { CapacityBytes = 256 * Hosts.Mebibyte, CompressByDefault = true, HashSeed = 1 });
        using TmemClient client = host.CreateClient(new TmemClientOptions { PersistentAllowanceBytes = 128 * Hosts.Mebibyte });
        PersistentPool persistent = client.CreatePersistentPool();
        RetainingPool retaining = client.CreateRetainingPool();
        byte[][] samples = [.. Enumerable.Range(0, Samples).Select(static number => SamplePages.Make((number * 2) + 1))];
        var stored = new int[Objects * PagesPerObject];
        var random = new Random(1);
        for (int i = 0; i < Operations; i++)
        {
            int place = random.Next(stored.Length);
            int sample = random.Next(Samples);
            if (i % 2 == 0)
            {
                StepPersistent(persistent, samples, stored, place, sample, random.Next(8));
            }
            else
            {
                StepRetaining(retaining, samples, place, random.Next(8));
            }
        }

        Assert.Empty(host.Verify());
        host.Store.CompactAll();
        HostStatistics statistics = host.GetStatistics();
        double overhead = (double)statistics.PackedFrames * TmemPool.PageBytes / statistics.PackedBytes;
        Assert.True(statistics.Evictions > 100_000 && statistics.PackedPages > 50_000, $"{statistics.Evictions} evictions, {statistics.PackedPages} packed pages.");
        Assert.InRange(overhead, 1, 1.05);
        Assert.Empty(host.Verify());
    }

    /// <summary>A persistent page is what was put last, however much happens to others.</summary>
    private void StepPersistent(PersistentPool pool, byte[][] samples, int[] stored, int place, int sample, int choice)
    {
        ObjectId id = (ulong)(place / PagesPerObject);
        uint index = (uint)(place % PagesPerObject);
        if (choice < 3)
        {
            PutResult result = pool.Put(id, index, samples[sample]);
            stored[place] = result == PutResult.Stored ? sample + 1 : result == PutResult.PageDropped ? 0 : stored[place];
        }
        else if (choice < 5)
        {
            pool.FlushPage(id, index);
            stored[place] = 0;
        }
        else
        {
            bool isHit = pool.Get(id, index, _buffer) == GetResult.Hit;
            Assert.Equal(stored[place] != 0, isHit);
            Assert.True(!isHit || _buffer.AsSpan().SequenceEqual(samples[stored[place] - 1]), $"Page {place} is not what was put.");
        }
    }

    /// <summary>A page of the other pool may be gone, but is never another one's: each place has one sample.</summary>
    private void StepRetaining(RetainingPool pool, byte[][] samples, int place, int choice)
    {
        ObjectId id = (ulong)(place / PagesPerObject);
        uint index = (uint)(place % PagesPerObject);
        byte[] page = samples[place % Samples];
        if (choice < 4)
        {
            Assert.True(pool.TryPut(id, index, page, out PutResult result), $"A put was refused: {result}.");
        }
        else if (pool.Get(id, index, _buffer) == GetResult.Hit)
        {
            Assert.True(_buffer.AsSpan().SequenceEqual(page), $"Page {place} is another one's.");
        }
    }
}
