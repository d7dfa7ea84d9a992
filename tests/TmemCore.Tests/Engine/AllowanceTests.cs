using TmemCore.Statistics;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>What persistent pages may take: an allowance is a cap, a reservation a promise.</summary>
public sealed class AllowanceTests
{
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(65_536)]
    [InlineData(1_000_000)]
    public void A_client_is_never_charged_more_than_its_allowance(long allowanceBytes)
    {
        using var host = new TmemHost(Hosts.Small with { Shards = 4 });
        using TmemClient client = host.CreateClient(new TmemClientOptions { PersistentAllowanceBytes = allowanceBytes });
        PersistentPool pool = client.CreatePersistentPool();
        for (uint i = 0; i < 400; i++)
        {
            PutResult result = pool.Put(i / 3, i, Pages.Of(i));
            Assert.True(result is PutResult.Stored or PutResult.OutOfMemory);
            Assert.InRange(client.GetStatistics().PersistentBytes, 0, allowanceBytes);
        }

        Assert.InRange(pool.PageCount * TmemPool.PageBytes, allowanceBytes * 3 / 4 / TmemPool.PageBytes * TmemPool.PageBytes, allowanceBytes);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_full_allowance_refuses_new_pages_and_lets_old_ones_be_replaced()
    {
        using var host = new TmemHost(Hosts.Small);
        using TmemClient client = host.CreateClient(new TmemClientOptions { PersistentAllowanceBytes = 100_000 });
        PersistentPool pool = client.CreatePersistentPool();
        uint stored = 0;
        while (pool.Put(1, stored, Pages.Of(stored)) == PutResult.Stored)
        {
            stored++;
        }

        ClientStatistics before = client.GetStatistics();
        Assert.Equal(PutResult.OutOfMemory, pool.Put(1, stored, Pages.Of(99)));
        Assert.Equal(GetResult.Miss, pool.Get(1, stored, _buffer));
        Assert.Equal(before, client.GetStatistics() with { PersistentHits = before.PersistentHits, Refusals = before.Refusals });
        Assert.Equal(PutResult.Stored, pool.Put(1, 0, Pages.Of(99)));
        Assert.Equal(FlushResult.Done, pool.FlushPage(1, 1));
        Assert.Equal(PutResult.Stored, pool.Put(1, stored, Pages.Of(100)));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void Ephemeral_pages_are_not_charged()
    {
        using var host = new TmemHost(Hosts.Small);
        using TmemClient client = host.CreateClient(new TmemClientOptions { PersistentAllowanceBytes = 0 });
        Assert.True(client.CreateEphemeralPool().TryPut(1, 1, _buffer));
        Assert.True(client.Join(Hosts.Uuid).TryPut(1, 1, _buffer));
        Assert.Equal(0, client.GetStatistics().PersistentBytes);
    }

    /// <summary>The charge of a page includes its metadata, so somewhat fewer pages than bytes fit.</summary>
    [Theory]
    [InlineData(4, 1, 1u)]
    [InlineData(4, 1, 64u)]
    [InlineData(4, 1, 70_000u)]
    [InlineData(4, 4, 1u)]
    [InlineData(16, 64, 1u)]
    [InlineData(16, 64, 70_000u)]
    [InlineData(1, 1, 1u)]
    public void A_reservation_is_kept_however_full_others_make_the_host(int mebibytes, int shards, uint stride)
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = mebibytes * Hosts.Mebibyte, Shards = shards });
        long reservedBytes = host.CapacityBytes / 4;
        using TmemClient client = host.CreateClient(new TmemClientOptions { PersistentReservationBytes = reservedBytes });
        PersistentPool pool = client.CreatePersistentPool();
        PersistentPool greedy = host.CreateClient().CreatePersistentPool();
        for (uint i = 0; i < mebibytes * 300; i++)
        {
            greedy.Put(i, i, _buffer);
        }

        Hosts.FillUp(host.CreateClient().CreateRetainingPool());

        const long MostBytesOfOnePut = TmemPool.PageBytes + 1024;
        uint stored = 0;
        while (client.GetStatistics().PersistentBytes + MostBytesOfOnePut <= reservedBytes)
        {
            Assert.Equal(PutResult.Stored, pool.Put(stored % 5, stored * stride, Pages.Of(stored)));
            stored++;
        }

        Assert.True(stored * (long)TmemPool.PageBytes > reservedBytes * 9 / 10 - (40L * 1024));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_reservation_that_cannot_be_kept_is_refused_with_both_numbers()
    {
        using var host = new TmemHost(Hosts.Small);
        long most = host.Store.UnreservedBytes;

        InsufficientMemoryException refusal = Assert.Throws<InsufficientMemoryException>(
            () => host.CreateClient(new TmemClientOptions { PersistentReservationBytes = most + 1 }));
        Assert.Contains(FormattableString.Invariant($"{most + 1:N0}"), refusal.Message, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"{most:N0}"), refusal.Message, StringComparison.Ordinal);

        using (host.CreateClient(new TmemClientOptions { PersistentReservationBytes = most }))
        {
            Assert.Equal(0, host.Store.UnreservedBytes);
        }

        Assert.Equal(most, host.Store.UnreservedBytes);
    }

    [Theory]
    [InlineData(-1, 0, "PersistentAllowanceBytes")]
    [InlineData(1000, -1, "PersistentReservationBytes")]
    [InlineData(1000, 1001, "PersistentReservationBytes")]
    public void Terms_out_of_range_are_refused_by_name(long allowance, long reservation, string name)
    {
        using var host = new TmemHost(Hosts.Small);
        ArgumentOutOfRangeException refusal = Assert.Throws<ArgumentOutOfRangeException>(() => host.CreateClient(
            new TmemClientOptions { PersistentAllowanceBytes = allowance, PersistentReservationBytes = reservation }));
        Assert.Equal(name, refusal.ParamName);
        Assert.StartsWith($"{name} is ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("it may be", refusal.Message, StringComparison.Ordinal);
    }
}
