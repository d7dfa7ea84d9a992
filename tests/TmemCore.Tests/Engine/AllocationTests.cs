using System.Runtime.CompilerServices;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>Tests that count what a thread allocates: one that a collection stops within an operation is charged what it has not allocated.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "What xunit calls it.")]
public sealed class AllocationTestsCollection;

/// <summary>Operations on pages leave the garbage collector nothing to do.</summary>
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private const uint Calls = 2000;

    private readonly byte[] _page = Pages.Of(1);
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Theory]
    [InlineData(TmemProfile.Default)]
    [InlineData(TmemProfile.Xen)]
    public void No_operation_on_a_page_allocates(TmemProfile profile)
    {
        // Room for all of it: the first eviction of a process allocates once, and would come after the warm-up here.
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 64 * Hosts.Mebibyte, Shards = 4, Profile = profile });
        TmemClient client = host.CreateClient();
        PersistentPool persistent = client.CreatePersistentPool();
        EphemeralPool ephemeral = client.CreateEphemeralPool();
        RetainingPool retaining = client.CreateRetainingPool();
        SharedEphemeralPool shared = client.Join(Hosts.Uuid);
        var pages = new byte[2 * TmemPool.PageBytes];
        var put = new PutResult[2];
        var got = new GetResult[2];

        RequireNothing("put", i => persistent.Put(i % 7, i, _page));
        RequireNothing("replace", i => persistent.Put(i % 7, i, _page));
        RequireNothing("get", i => persistent.Get(i % 7, i, _buffer));
        RequireNothing("miss", i => persistent.Get(99, i, _buffer));
        RequireNothing("flush", i => persistent.FlushPage(i % 7, i));
        RequireNothing("empty", i => persistent.Get(99, i, _buffer));
        RequireNothing("put ephemeral", i => ephemeral.TryPut(i, i, _page));
        RequireNothing("take", i => ephemeral.Take(i, i, _buffer));
        RequireNothing("put retaining", i => retaining.TryPut(i % 7, i, _page));
        RequireNothing("refresh", i => retaining.Get(i % 7, i, _buffer));
        RequireNothing("flush object", i => retaining.FlushObject(i % 7));
        RequireNothing("put shared", i => shared.TryPut(i % 7, i, _page));
        RequireNothing("get shared", i => shared.Get(i % 7, i, _buffer));
        RequireNothing("put many", i => persistent.PutMany([new(i % 7, i), new(9, 0)], pages, put));
        RequireNothing("get many", i => persistent.GetMany([new(i % 7, i), new(99, i)], pages, got));
        RequireNothing("take many", i => ephemeral.TakeMany([new(i, i), new(99, i)], pages, got));
        RequireNothing("unreadable", i => PutUnreadable(retaining, i));
        host.Control.Freeze(client);
        RequireNothing("frozen", i => persistent.Put(99, i, _page));
    }

    [Theory]
    [InlineData(TmemProfile.Default, 1)]
    [InlineData(TmemProfile.Default, 16)]
    [InlineData(TmemProfile.Xen, 1)]
    public void No_put_that_evicts_allocates(TmemProfile profile, int shards)
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 8 * Hosts.Mebibyte, Shards = shards, Profile = profile });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        Hosts.FillUp(pool);
        long before = host.GetStatistics().Evictions;
        var pages = new byte[2 * TmemPool.PageBytes];
        var results = new PutResult[2];

        RequireNothing("put that evicts", i => pool.TryPut(i % 7, i, _page));
        RequireNothing("puts that evict", i => pool.PutMany([new(i % 7, i + (4 * Calls)), new(i % 7, i + (8 * Calls))], pages, results));

        Assert.True(host.GetStatistics().Evictions >= before + (3 * Calls));
    }

    [Fact]
    public void No_refusal_allocates()
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 8 * Hosts.Mebibyte });
        PersistentPool full = host.CreateClient().CreatePersistentPool();
        uint stored = 0;
        while (full.Put(1, stored, _page) == PutResult.Stored)
        {
            stored++;
        }

        RequireNothing("refused", i => full.Put(2 + (i % 7), i, _page));
        RequireNothing("refused, taken care of", i => full.Put(2, i, _page, this, static (_, _, _) => { }));
        RequireNothing("replace on a full host", i => full.Put(1, i % stored, _page));

        Assert.Equal(stored, full.PageCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(40)]
    public void No_batch_allocates(int length)
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 32 * Hosts.Mebibyte, Shards = 4 });
        TmemClient client = host.CreateClient();
        PersistentPool persistent = client.CreatePersistentPool();
        RetainingPool retaining = client.CreateRetainingPool();
        var handles = new PageHandle[length];
        var pages = new byte[length * TmemPool.PageBytes];
        var put = new PutResult[length];
        var got = new GetResult[length];

        RequireNothing("put many", i => persistent.PutMany(Name(i), pages, put));
        RequireNothing("get many", i => persistent.GetMany(Name(i), pages, got));
        RequireNothing("put many retaining", i => retaining.PutMany(Name(i), pages, put));
        RequireNothing("get many retaining", i => retaining.GetMany(Name(i), pages, got));

        PageHandle[] Name(uint call)
        {
            for (int i = 0; i < length; i++)
            {
                handles[i] = new PageHandle((ulong)(i % 5), (uint)(call + (i * 3)) % 2048);
            }

            return handles;
        }
    }

    [Fact]
    public void The_measure_sees_an_allocation() =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => RequireNothing("nothing", static i => GC.KeepAlive(new byte[i + 1])));

    private void PutUnreadable(RetainingPool pool, uint index)
    {
        var source = default(UnreadableSource);
        pool.TryPut(5, index, ref source, out _);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RequireNothing(string what, Action<uint> call)
    {
        // The first half warms up; the second half works on handles of its own, so that it does the same.
        for (uint i = 0; i < Calls; i++)
        {
            call(i);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (uint i = Calls; i < 2 * Calls; i++)
        {
            call(i);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated == 0, $"{what}: {allocated} bytes were allocated.");
    }
}
