using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>What the engine keeps for a page beside the page, everything counted.</summary>
public sealed class MetadataTests
{
    private const int PagesHeld = 24_576;

    [Theory]
    [InlineData(true, 64, 48)]
    [InlineData(true, 1, 112)]
    [InlineData(false, 64, 56)]
    public void A_page_takes_so_many_bytes_of_metadata_at_most(bool isPersistent, int pagesPerObject, int mostBytes)
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 128 * Hosts.Mebibyte, Shards = 8, HugePages = false });
        TmemClient client = host.CreateClient();
        TmemPool pool = isPersistent ? client.CreatePersistentPool() : client.CreateEphemeralPool();
        var page = new byte[TmemPool.PageBytes];
        for (uint i = 0; i < PagesHeld; i++)
        {
            (ObjectId id, uint index) = (i / (uint)pagesPerObject, i % (uint)pagesPerObject);
            Assert.True(pool is EphemeralPool ephemeral
                ? ephemeral.TryPut(id, index, page)
                : ((PersistentPool)pool).Put(id, index, page) == PutResult.Stored);
        }

        Assert.InRange((double)host.GetStatistics().MetadataBytes / PagesHeld, 1, mostBytes);
    }
}
