using System.Buffers.Binary;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>Looks at the collector's heap, so that nothing else may use it meanwhile: the other large tests wait.</summary>
[Collection(nameof(ScaleTests))]
public sealed class ScaleTests
{
    private const int Pages = 1 << 22;
    private const int PagesPerObject = 64;

    /// <summary>What the test itself and the runtime may leave on the heap meanwhile; 4 million objects would be far more.</summary>
    private const long TolerableHeapBytes = 4 << 20;

    [ScaleFact]
    public void Four_million_pages_come_and_go_without_the_heap_growing()
    {
        using var host = new TmemHost(new TmemHostOptions { CapacityBytes = 17L << 30 });
        using TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        var page = new byte[TmemPool.PageBytes];
        long heapBefore = GC.GetTotalMemory(forceFullCollection: true);

        for (int i = 0; i < Pages; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(page, i);
            Assert.Equal(PutResult.Stored, pool.Put((ulong)i / PagesPerObject, (uint)i % PagesPerObject, page));
        }

        Assert.Equal(Pages, pool.PageCount);
        for (int i = Pages - 1; i >= 0; i--)
        {
            Assert.Equal(GetResult.Hit, pool.Get((ulong)i / PagesPerObject, (uint)i % PagesPerObject, page));
            Assert.Equal(i, BinaryPrimitives.ReadInt32LittleEndian(page));
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - heapBefore, long.MinValue, TolerableHeapBytes);
        Assert.Empty(host.Verify());
        pool.Dispose();
        Assert.Equal(0, host.GetStatistics().Pages);
        Assert.Empty(host.Verify());
        Assert.Equal(TmemPool.PageBytes * (long)Pages, host.Control.GiveBack((long)Pages * TmemPool.PageBytes));
        Assert.InRange(host.CommittedBytes, 0, 1L << 30);
    }
}
