using TmemCore.Statistics;
using Xunit;

namespace TmemCore.Tests.Statistics;

/// <summary>Operations of a host, and what pages take: data, metadata, and by what has made them smaller.</summary>
public sealed class UseCounterTests
{
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Fact]
    public void A_host_counts_the_operations_of_all_pools_and_those_that_are_gone()
    {
        using var host = new TmemHost(Hosts.Small with { Shards = 4 });
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        EphemeralPool gone = client.CreateEphemeralPool();
        Assert.Equal(GetResult.Empty, gone.Take(1, 1, _buffer));
        var unwritable = default(UnwritableTarget);
        for (uint i = 0; i < 10; i++)
        {
            pool.Put(i, i, _buffer);
            gone.TryPut(i, i, _buffer);
        }

        Assert.Equal(GetResult.Hit, pool.Get(1, 1, _buffer));
        Assert.Equal(GetResult.Hit, gone.Take(1, 1, _buffer));
        Assert.Equal(GetResult.Miss, pool.Get(1, 2, _buffer));
        Assert.Equal(GetResult.Unwritable, pool.Get(2, 2, ref unwritable));
        pool.FlushPage(3, 3);
        gone.FlushObject(3);
        gone.Dispose();

        HostStatistics statistics = host.GetStatistics();
        Assert.Equal((20, 5, 2, 2), (statistics.Puts, statistics.Gets, statistics.GetHits, statistics.Flushes));
        Assert.Equal(27, statistics.Operations);
        Assert.Equal(2, statistics.FailedOperations);
    }

    [Fact]
    public void Packed_pages_are_told_by_codec()
    {
        using var host = new TmemHost(Hosts.Small with { CompressByDefault = true });
        TmemClient client = host.CreateClient();
        PersistentPool lz4 = client.CreatePersistentPool();
        EphemeralPool zstandard = client.CreateEphemeralPool();
        zstandard.TrySetCompression(PageCompression.Zstandard);
        var text = new byte[TmemPool.PageBytes];
        Pages.Fill(text.AsSpan(0, 1000), 5);
        for (uint i = 0; i < 3; i++)
        {
            lz4.Put(1, i, text);
            zstandard.TryPut(1, i, text);
            lz4.Put(2, i, new byte[TmemPool.PageBytes]);
        }

        lz4.PutEntry(3, 0, Pages.Of(3).AsSpan(0, 700));
        lz4.Put(4, 0, Pages.Of(4));
        lz4.FlushPage(1, 2);

        HostStatistics statistics = host.GetStatistics();
        PackedStatistics packed = statistics.Packed;
        Assert.Equal((3, 2, 3, 1, 700), (packed.SameFilledPages, packed.Lz4Pages, packed.ZstandardPages, packed.PlainEntries, packed.PlainEntryBytes));
        Assert.InRange(packed.Lz4Bytes, 2000, 2200);
        Assert.InRange(packed.ZstandardBytes, 3000, 3300);
        Assert.Equal(packed.Lz4Bytes + packed.ZstandardBytes + 700, statistics.PackedBytes);
        Assert.Equal(9, statistics.PackedPages);
        Assert.Equal(1, statistics.PutsIncompressible);
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Data_and_metadata_of_a_client_are_the_sums_of_its_pools(bool compresses)
    {
        using var host = new TmemHost(Hosts.Small with { CompressByDefault = compresses, Shards = 4 });
        TmemClient client = host.CreateClient();
        PersistentPool persistent = client.CreatePersistentPool();
        EphemeralPool ephemeral = client.CreateEphemeralPool();
        for (uint i = 0; i < 100; i++)
        {
            Pages.FillMixed(_buffer, i);
            persistent.Put(i / 5, i, _buffer);
            ephemeral.TryPut(i / 5, i, _buffer);
        }

        PoolStatistics first = persistent.GetStatistics()!;
        PoolStatistics second = ephemeral.GetStatistics()!;
        ClientStatistics both = client.GetStatistics();
        Assert.Equal(both.PersistentBytes, first.DataBytes + first.MetadataBytes);
        Assert.Equal(both.EphemeralBytes, second.DataBytes + second.MetadataBytes);
        Assert.Equal((both.DataBytes, both.MetadataBytes), (first.DataBytes + second.DataBytes, first.MetadataBytes + second.MetadataBytes));
        Assert.Equal(first.DataBytes, ((first.Pages - first.PackedPages) * TmemPool.PageBytes) + first.PackedBytes);
        Assert.Equal(compresses, first.DataBytes < 100 * TmemPool.PageBytes);
        Assert.InRange(first.MetadataBytes, 100 * 16, 100 * 400);
    }
}
