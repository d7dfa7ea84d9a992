using TmemCore.Tool.SwapSafety;
using Xunit;

namespace TmemCore.Tool.Tests.SwapSafety;

/// <summary>A store that is filled at the start holds all its memory, and nobody's pages.</summary>
public sealed class StoreFillTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_memory_is_there_before_the_first_client_and_puts_take_no_more(bool compress)
    {
        using var host = new TmemHost(new() { CapacityBytes = 16 << 20, CompressByDefault = compress });
        Assert.InRange(host.CommittedBytes, 0, host.CapacityBytes / 2);

        long held = StoreFill.Run(host);

        Assert.InRange(held, host.CapacityBytes * 9 / 10, host.CapacityBytes);
        Assert.Empty(host.Control.GetClients());
        Assert.Equal(0, host.GetStatistics().Pages);
        Assert.Empty(host.Verify());
        using TmemClient client = host.CreateClient();
        using PersistentPool pool = client.CreatePersistentPool();
        var page = new byte[TmemPool.PageBytes];
        for (uint i = 0; i < 1000; i++)
        {
            new Random((int)i).NextBytes(page);
            Assert.Equal(PutResult.Stored, pool.Put(i / 16, i, page));
        }

        Assert.InRange(host.CommittedBytes, held * 99 / 100, host.CapacityBytes);
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(100, 32)]
    [InlineData(0, 512)]
    public void A_full_store_as_one_that_was_taken_over_loses_few_pages(int weight, int mostLost)
    {
        using var host = new TmemHost(new() { CapacityBytes = 16 << 20 });
        using TmemClient client = host.CreateClient(new() { Weight = weight });
        using EphemeralPool pool = client.CreateEphemeralPool();
        var page = new byte[TmemPool.PageBytes];
        for (uint i = 0; i < 5000; i++)
        {
            pool.TryPut(1, i, page);
        }

        long pages = pool.PageCount;
        StoreFill.Run(host);
        Assert.InRange(pool.PageCount, pages - mostLost, pages);
        Assert.Empty(host.Verify());
    }
}
