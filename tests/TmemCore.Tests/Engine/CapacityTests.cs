using TmemCore.Memory;
using TmemCore.Statistics;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>The limit, and how it moves.</summary>
public sealed class CapacityTests
{
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    private static TmemHostOptions Movable { get; } = Hosts.Small with { MaximumCapacityBytes = 16 * Hosts.Mebibyte };

    [Fact]
    public void More_than_the_machine_has_is_refused_with_both_numbers()
    {
        long machine = MachineMemory.Limit().Bytes;
        long wanted = ((machine / 4096) + 1) * 4096;

        InsufficientMemoryException refusal = Assert.Throws<InsufficientMemoryException>(
            () => new TmemHost(new TmemHostOptions { CapacityBytes = wanted }));

        Assert.Contains(FormattableString.Invariant($"{wanted:N0}"), refusal.Message, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"{machine:N0}"), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Raising_the_limit_makes_room()
    {
        using var host = new TmemHost(Movable);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        uint stored = Fill(pool, 0);
        host.SetCapacity(16 * Hosts.Mebibyte);
        uint then = Fill(pool, stored);

        Assert.InRange(stored, 900u, 1024u);
        Assert.InRange(then, 3800u, 4096u);
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(BackingMemory.Anonymous)]
    [InlineData(BackingMemory.MemoryFile)]
    public void Lowering_the_limit_gives_memory_back_to_the_system_before_it_returns(BackingMemory backing)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 32 * Hosts.Mebibyte, Backing = backing });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        Hosts.FillUp(pool);
        long before = ResidentBytes(host);
        host.SetCapacity(4 * Hosts.Mebibyte);

        Assert.InRange(before, 30 * Hosts.Mebibyte, 33 * Hosts.Mebibyte);
        Assert.InRange(host.CommittedBytes, 1, 4 * Hosts.Mebibyte);
        Assert.InRange(ResidentBytes(host), 1, 4 * Hosts.Mebibyte);
        Assert.Empty(host.Verify());

        Hosts.FillUp(pool, 5_000_000);
        Assert.InRange(ResidentBytes(host), 1, 4 * Hosts.Mebibyte);
        host.SetCapacity(32 * Hosts.Mebibyte);
        Hosts.FillUp(pool, 9_000_000);
        Assert.InRange(ResidentBytes(host), 30 * Hosts.Mebibyte, 33 * Hosts.Mebibyte);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void Lowering_the_limit_drops_the_oldest_pages_and_no_persistent_one()
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 8 * Hosts.Mebibyte });
        TmemClient client = host.CreateClient();
        PersistentPool persistent = client.CreatePersistentPool();
        RetainingPool ephemeral = client.CreateRetainingPool();
        for (uint i = 0; i < 300; i++)
        {
            persistent.Put(1, i, Pages.Of(i));
            ephemeral.TryPut(1, i, Pages.Of(1000 + i));
        }

        host.SetCapacity(2 * Hosts.Mebibyte);

        long kept = ephemeral.PageCount;
        Assert.InRange(kept, 100, 211);
        for (uint i = 0; i < 300; i++)
        {
            Assert.Equal(GetResult.Hit, persistent.Get(1, i, _buffer));
            Assert.Equal(Pages.Of(i), _buffer);
            Assert.Equal(i < 300 - kept ? GetResult.Miss : GetResult.Hit, ephemeral.Get(1, i, _buffer));
        }

        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_limit_below_what_persistent_pages_hold_is_refused_with_both_numbers_and_changes_nothing()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        PersistentPool persistent = client.CreatePersistentPool();
        RetainingPool ephemeral = client.CreateRetainingPool();
        for (uint i = 0; i < 512; i++)
        {
            Assert.Equal(PutResult.Stored, persistent.Put(1, i, _buffer));
        }

        for (uint i = 0; i < 100; i++)
        {
            Assert.True(ephemeral.TryPut(1, i, _buffer));
        }

        HostStatistics before = host.GetStatistics();
        foreach (long capacityBytes in (long[])[Hosts.Mebibyte, 2 * Hosts.Mebibyte - 1, 2 * Hosts.Mebibyte, 2 * Hosts.Mebibyte + 8192])
        {
            InsufficientMemoryException refusal = Assert.Throws<InsufficientMemoryException>(() => host.SetCapacity(capacityBytes));
            Assert.Contains(FormattableString.Invariant($"{capacityBytes:N0}"), refusal.Message, StringComparison.Ordinal);
            Assert.Matches("[0-9,]+ bytes are held", refusal.Message);
            Assert.Equal(before, host.GetStatistics());
        }

        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_limit_that_breaks_a_reservation_is_refused()
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 16 * Hosts.Mebibyte });
        using TmemClient reserving = host.CreateClient(new TmemClientOptions { PersistentReservationBytes = 4 * Hosts.Mebibyte });
        PersistentPool other = host.CreateClient().CreatePersistentPool();
        for (uint i = 0; i < 1024; i++)
        {
            Assert.Equal(PutResult.Stored, other.Put(1, i, _buffer));
        }

        Assert.Throws<InsufficientMemoryException>(() => host.SetCapacity(4 * Hosts.Mebibyte));
        Assert.Throws<InsufficientMemoryException>(() => host.SetCapacity(8 * Hosts.Mebibyte));
        host.SetCapacity(9 * Hosts.Mebibyte);

        PersistentPool pool = reserving.CreatePersistentPool();
        for (uint i = 0; i < 1000; i++)
        {
            Assert.Equal(PutResult.Stored, pool.Put(1, i, _buffer));
        }

        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(0)]
    [InlineData((1L << 20) - 1)]
    [InlineData((16L << 20) + 1)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void A_limit_out_of_range_is_refused_by_name_and_value(long capacityBytes)
    {
        using var host = new TmemHost(Movable);
        ArgumentOutOfRangeException refusal = Assert.Throws<ArgumentOutOfRangeException>(() => host.SetCapacity(capacityBytes));
        Assert.Equal("capacityBytes", refusal.ParamName);
        Assert.Contains(FormattableString.Invariant($"capacityBytes is {capacityBytes:N0}"), refusal.Message, StringComparison.Ordinal);
        Assert.Contains("16,777,216", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(4 * Hosts.Mebibyte, host.CapacityBytes);
    }

    [Fact]
    public void Giving_back_evicts_as_many_as_are_wanted_and_no_more()
    {
        using var host = new TmemHost(Hosts.Small);
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        Hosts.FillUp(pool);
        long pages = pool.PageCount;
        long committed = host.CommittedBytes;

        Assert.Equal(0, host.Control.GiveBack(0));
        long given = host.Control.GiveBack((50 * TmemPool.PageBytes) - 1);

        Assert.Equal(50 * TmemPool.PageBytes, given);
        Assert.Equal(committed - given, host.CommittedBytes);
        Assert.InRange(pages - pool.PageCount, 45, 50);
        Assert.Empty(host.Verify());

        long all = host.Control.GiveBack(long.MaxValue);
        Assert.Equal(0, pool.PageCount);
        Assert.True(all > 800 * TmemPool.PageBytes);
        Assert.Equal(0, host.Control.GiveBack(long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => host.Control.GiveBack(-1));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void Freeable_memory_is_what_giving_back_yields()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient();
        RetainingPool pool = client.CreateRetainingPool();
        PersistentPool persistent = client.CreatePersistentPool();
        for (uint i = 0; i < 200; i++)
        {
            pool.TryPut(1, i, _buffer);
            persistent.Put(1, i, _buffer);
        }

        pool.FlushPage(1, 3);
        long freeable = host.Control.FreeableBytes;
        Assert.Equal(freeable, host.Control.GiveBack(long.MaxValue));
        Assert.Equal(0, host.Control.FreeableBytes);
        Assert.Equal(200, persistent.PageCount);
    }

    private uint Fill(PersistentPool pool, uint first)
    {
        while (pool.Put(1, first, _buffer) == PutResult.Stored)
        {
            first++;
        }

        return first;
    }

    /// <summary>What the system says is behind the host's addresses.</summary>
    private static unsafe long ResidentBytes(TmemHost host)
    {
        Arena arena = Inside.Arena(host.Store);
        return Smaps.Of((ulong)Inside.Region(arena).Base, arena.Layout.TotalBytes).Sum(mapping => mapping.ResidentBytes);
    }
}
