using TmemCore.Memory;
using TmemCore.Statistics;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>
/// A host that follows a machine of the test's own: what goes, what stays, and what it says. The tests do the governor's steps, by a clock of their own.
/// </summary>
public sealed partial class GovernorTests
{
    private const long MachineBytes = 1L << 30;

    /// <summary>What stays free of that machine by default.</summary>
    private const long ReserveBytes = 256 * Hosts.Mebibyte;

    private readonly FakeClock _clock = new();
    private readonly MadeUpMachine _machine = new();
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    private TmemHostOptions Governed => Hosts.Small with
    {
        CapacityBytes = 32 * Hosts.Mebibyte,
        Governor = new FallowMemoryOptions(),
        GovernorClock = _clock,
        Machine = _machine,
    };

    public static TheoryData<BackingMemory, int, int> Kinds { get; } = new()
    {
        { BackingMemory.Anonymous, 1, 32 }, { BackingMemory.MemoryFile, 8, 32 }, { BackingMemory.Anonymous, 16, 128 },
    };

    [Fact]
    public void Without_the_option_there_is_no_governor_and_the_capacity_is_the_target()
    {
        using var host = new TmemHost(Hosts.Small);
        Assert.Null(host.Options.Governor);
        Assert.Null(host.Store.Governor);
        MemoryStatistics memory = host.GetStatistics().Memory;
        Assert.Equal((host.CapacityBytes, host.CapacityBytes, TargetReason.NoGovernor), (host.TargetBytes, memory.TargetBytes, memory.Reason));
        Assert.Equal("nothing moves the limit", memory.Why);
        host.SetCapacity(2 * Hosts.Mebibyte);
        Assert.Equal(2 * Hosts.Mebibyte, host.TargetBytes);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Memory_that_others_need_goes_back_to_the_system_at_the_cost_of_ephemeral_pages(BackingMemory backing, int shards, int mebibytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var host = new TmemHost(Governed with { Backing = backing, Shards = shards, CapacityBytes = mebibytes * Hosts.Mebibyte });
        TmemClient client = host.CreateClient();
        PersistentPool persistent = Persistent(client, count: 500);
        RetainingPool pool = client.CreateRetainingPool();
        FillUp(pool);
        long before = ResidentBytes(host);
        long evictions = host.GetStatistics().Evictions;
        Assert.InRange(before, (mebibytes - 3) * Hosts.Mebibyte, (mebibytes + 1) * Hosts.Mebibyte);

        // Others leave 20 MiB less than is to stay free.
        Short(host, 20 * Hosts.Mebibyte);

        MemoryStatistics memory = host.GetStatistics().Memory;
        Assert.Equal(TargetReason.Short, memory.Reason);
        Assert.InRange(host.CommittedBytes, 1, host.TargetBytes);
        Assert.InRange(before - ResidentBytes(host), 19 * Hosts.Mebibyte, 22 * Hosts.Mebibyte);
        Assert.InRange(memory.ReturnedBytes, 20 * Hosts.Mebibyte, 21 * Hosts.Mebibyte);
        Assert.Equal((2, 0, 1), (memory.Readings, memory.Growths, memory.Shrinks));
        HostStatistics statistics = host.GetStatistics();
        Assert.Equal(statistics.Evictions - evictions, statistics.EvictionReasons.Governor);
        RequirePages(persistent, count: 500);
        Assert.Empty(host.Verify());

        // Nothing is taken beyond it, and what is stored goes on to be found.
        for (uint i = 0; i < 3000; i++)
        {
            pool.TryPut(7, i, Pages.Of(i));
        }

        Assert.InRange(host.CommittedBytes, 1, host.TargetBytes);
        Assert.Equal(GetResult.Hit, pool.Get(7, 2999, _buffer));
        Assert.Equal(Pages.Of(2999), _buffer);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void The_oldest_pages_go()
    {
        using var host = new TmemHost(Governed with { Eviction = EvictionPolicy.LeastRecentlyUsed });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        for (uint i = 0; i < 4000; i++)
        {
            Assert.True(pool.TryPut(1, i, _buffer));
        }

        Short(host, Hosts.Mebibyte);
        long kept = pool.PageCount;
        Assert.InRange(kept, 3600, 3800);
        for (uint i = 0; i < 4000; i++)
        {
            Assert.Equal(i < 4000 - kept ? GetResult.Miss : GetResult.Hit, pool.Get(1, i, _buffer));
        }
    }

    [Fact]
    public void Persistent_pages_stay_whatever_others_need_and_are_refused_beyond_the_target()
    {
        using var host = new TmemHost(Governed);
        TmemClient client = host.CreateClient();
        PersistentPool persistent = Persistent(client, count: 2000);
        Hosts.FillUp(client.CreateRetainingPool());
        for (int i = 0; i < 5; i++)
        {
            Tell(host, available: 0, fullStall: 0.5);
        }

        MemoryStatistics memory = host.GetStatistics().Memory;
        Assert.Equal(TargetReason.Floor, memory.Reason);
        Assert.InRange(host.CommittedBytes, 2000 * TmemPool.PageBytes, 2350 * TmemPool.PageBytes);
        Assert.InRange(host.GetStatistics().EphemeralPages, 0, Hosts.Mebibyte / TmemPool.PageBytes);
        RequirePages(persistent, count: 2000);
        uint more = 0;
        while (persistent.Put(9, more, _buffer) == PutResult.Stored)
        {
            more++;
        }

        // What is left beside the floor, and no more, and at the cost of the last ephemeral pages.
        Assert.InRange(more, 1u, 256u);
        Assert.Equal(0, host.GetStatistics().EphemeralPages);
        Assert.Equal(PutResult.Stored, persistent.Put(1, 3, Pages.Of(3)));
        Assert.Empty(host.Verify());

        for (int i = 0; i < 12; i++)
        {
            Tell(host, available: MachineBytes);
        }

        Assert.Equal(PutResult.Stored, persistent.Put(9, more, _buffer));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void What_is_reserved_stays_and_a_client_that_comes_later_has_its_reservation_by_the_capacity()
    {
        using var host = new TmemHost(Governed);
        TmemClient other = host.CreateClient();
        Hosts.FillUp(other.CreateRetainingPool());
        using TmemClient first = host.CreateClient(new() { PersistentReservationBytes = 4 * Hosts.Mebibyte });
        Tell(host, available: 0, fullStall: 0.5);
        Tell(host, available: 0, fullStall: 0.5);
        Assert.InRange(host.TargetBytes, 5 * Hosts.Mebibyte, 6 * Hosts.Mebibyte);

        using TmemClient second = host.CreateClient(new() { PersistentReservationBytes = 8 * Hosts.Mebibyte });
        Assert.InRange(host.TargetBytes, 13 * Hosts.Mebibyte, 14 * Hosts.Mebibyte);
        Tell(host, available: 0, fullStall: 0.5);
        Assert.InRange(host.TargetBytes, 13 * Hosts.Mebibyte, 14 * Hosts.Mebibyte);
        Assert.Throws<InsufficientMemoryException>(() => host.CreateClient(new() { PersistentReservationBytes = 30 * Hosts.Mebibyte }));

        // Both have what they were promised, somebody without a promise has not.
        PersistentPool greedy = other.CreatePersistentPool();
        for (uint i = 0; i < 4000; i++)
        {
            greedy.Put(1, i, _buffer);
        }

        Assert.InRange(greedy.PageCount, 0, 300);
        foreach ((TmemClient client, uint pages) in ((TmemClient, uint)[])[(first, 1000), (second, 2000)])
        {
            PersistentPool pool = client.CreatePersistentPool();
            for (uint i = 0; i < pages; i++)
            {
                Assert.Equal(PutResult.Stored, pool.Put(1, i, _buffer));
            }
        }

        Assert.Empty(host.Verify());
    }

    [Fact]
    public void When_memory_lies_fallow_again_it_is_taken_again_and_used()
    {
        using var host = new TmemHost(Governed with { Governor = new() { GrowBytesPerSecond = 40 * Hosts.Mebibyte } });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        Hosts.FillUp(pool);
        Short(host, 24 * Hosts.Mebibyte);
        long target = host.TargetBytes;
        for (int i = 0; i < 9; i++)
        {
            Tell(host, available: MachineBytes);
            Assert.Equal((target, TargetReason.Calming), (host.TargetBytes, host.GetStatistics().Memory.Reason));
        }

        for (int i = 1; i <= 3; i++)
        {
            Tell(host, available: MachineBytes);
            Assert.Equal((target + (i * 4 * Hosts.Mebibyte), TargetReason.Growing), (host.TargetBytes, host.GetStatistics().Memory.Reason));
        }

        for (int i = 0; i < 10; i++)
        {
            Tell(host, available: MachineBytes);
        }

        Assert.Equal((host.CapacityBytes, TargetReason.Capacity), (host.TargetBytes, host.GetStatistics().Memory.Reason));
        Hosts.FillUp(pool, 5_000_000);
        Assert.InRange(host.CommittedBytes, 31 * Hosts.Mebibyte, 32 * Hosts.Mebibyte);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void The_capacity_stays_the_bound_of_the_target()
    {
        using var host = new TmemHost(Governed with { MaximumCapacityBytes = 64 * Hosts.Mebibyte });
        Hosts.FillUp(host.CreateClient().CreateRetainingPool());
        Short(host, 16 * Hosts.Mebibyte);
        long target = host.TargetBytes;
        host.SetCapacity(64 * Hosts.Mebibyte);
        Assert.Equal((64 * Hosts.Mebibyte, target), (host.CapacityBytes, host.TargetBytes));
        host.SetCapacity(8 * Hosts.Mebibyte);
        Assert.Equal((8 * Hosts.Mebibyte, 8 * Hosts.Mebibyte), (host.CapacityBytes, host.TargetBytes));
        Assert.InRange(host.CommittedBytes, 1, 8 * Hosts.Mebibyte);
        for (int i = 0; i < 100; i++)
        {
            Tell(host, available: MachineBytes);
        }

        Assert.Equal(8 * Hosts.Mebibyte, host.TargetBytes);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_capacity_that_does_not_fit_leaves_capacity_and_target_as_they_were()
    {
        using var host = new TmemHost(Governed);
        Persistent(host.CreateClient(), count: 2000);
        Short(host, 2 * Hosts.Mebibyte);
        long target = host.TargetBytes;
        Assert.Throws<InsufficientMemoryException>(() => host.SetCapacity(4 * Hosts.Mebibyte));
        Assert.Equal((32 * Hosts.Mebibyte, target), (host.CapacityBytes, host.TargetBytes));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void The_memory_of_the_portable_backing_stays_and_the_governor_says_so()
    {
        using var host = new TmemHost(Governed with { Backing = BackingMemory.Portable });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        for (uint i = 0; i < 2000; i++)
        {
            pool.TryPut(1, i, _buffer);
        }

        long committed = host.CommittedBytes;
        Tell(host, available: 0, fullStall: 0.5);

        MemoryStatistics memory = host.GetStatistics().Memory;
        Assert.Equal((TargetReason.KeptByBacking, committed, 2000), (memory.Reason, host.TargetBytes, pool.PageCount));
        Assert.EndsWith("memory of this backing goes back only when the host is disposed", memory.Why, StringComparison.Ordinal);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_machine_that_is_short_from_the_beginning_is_told_before_the_first_page()
    {
        _machine.AvailableBytes = 0;
        using var host = new TmemHost(Governed);
        Assert.Equal(TargetReason.Floor, host.GetStatistics().Memory.Reason);
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        for (uint i = 0; i < 500; i++)
        {
            pool.TryPut(1, i, _buffer);
        }

        Assert.InRange(host.CommittedBytes, 1, host.TargetBytes);
        Assert.InRange(host.TargetBytes, 1, 2 * Hosts.Mebibyte);
        Assert.InRange(pool.PageCount, 50, 400);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void Packed_pages_are_given_up_until_enough_frames_are_free()
    {
        using var host = new TmemHost(Governed with { CompressByDefault = true });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        for (uint i = 0; i < 30_000; i++)
        {
            Pages.FillMixed(_buffer, i);
            pool.TryPut(i / 64, i % 64, _buffer);
        }

        Short(host, 16 * Hosts.Mebibyte);
        Assert.InRange(host.CommittedBytes, 8 * Hosts.Mebibyte, host.TargetBytes);
        Assert.True(pool.PageCount > 1000);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void Whoever_takes_most_for_its_weight_pays_for_the_governor_too()
    {
        using var host = new TmemHost(Governed with { Shards = 4 });
        RetainingPool small = host.CreateClient(new() { Weight = 100 }).CreateRetainingPool();
        for (uint i = 0; i < 500; i++)
        {
            small.TryPut(1, i, _buffer);
        }

        RetainingPool large = host.CreateClient(new() { Weight = 100 }).CreateRetainingPool();
        for (uint i = 0; i < 7000; i++)
        {
            large.TryPut(1, i, _buffer);
        }

        Short(host, 16 * Hosts.Mebibyte);
        Assert.Equal(500, small.PageCount);
        Assert.InRange(large.PageCount, 2000, 4000);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_governor_of_its_own_looks_at_this_machine_again_and_again_until_the_host_is_disposed()
    {
        var host = new TmemHost(new TmemHostOptions { Governor = new() { Interval = TimeSpan.FromMilliseconds(10) } });
        Thread thread = host.Store.Governor!.Thread!;
        while (host.GetStatistics().Memory.Readings < 5)
        {
            Thread.Yield();
        }

        Assert.NotEqual(TargetReason.NoGovernor, host.GetStatistics().Memory.Reason);
        Assert.Empty(host.Verify());
        host.Dispose();
        Assert.True(thread.Join(TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public void A_host_that_nobody_has_any_more_is_not_kept_by_its_governor()
    {
        Thread thread = Forget();
        while (!thread.Join(TimeSpan.FromMilliseconds(20)))
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static Thread Forget() => new TmemHost(new TmemHostOptions { Governor = new() { Interval = TimeSpan.FromMilliseconds(10) } }).Store.Governor!.Thread!;
    }

    [Fact]
    public void Options_out_of_their_range_are_refused_by_name()
    {
        void Refused(FallowMemoryOptions options, string name)
        {
            ArgumentOutOfRangeException refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new TmemHost(Governed with { Governor = options }));
            Assert.Equal(name, refusal.ParamName);
        }

        Refused(new() { ReserveBytes = -1 }, nameof(FallowMemoryOptions.ReserveBytes));
        Refused(new() { FloorBytes = -1 }, nameof(FallowMemoryOptions.FloorBytes));
        Refused(new() { FloorBytes = (32 * Hosts.Mebibyte) + 1 }, nameof(FallowMemoryOptions.FloorBytes));
        Refused(new() { GrowBytesPerSecond = Hosts.Mebibyte - 1 }, nameof(FallowMemoryOptions.GrowBytesPerSecond));
        Refused(new() { Interval = TimeSpan.FromMilliseconds(9) }, nameof(FallowMemoryOptions.Interval));
        Refused(new() { Interval = TimeSpan.FromSeconds(11) }, nameof(FallowMemoryOptions.Interval));
        Assert.Equal(
            nameof(TmemHostOptions.Governor),
            Assert.Throws<ArgumentOutOfRangeException>(() => new TmemHost(Hosts.Xen(100) with { Governor = new() })).ParamName);
    }

    /// <summary>Has the machine miss so much beyond what the host holds, and the governor look.</summary>
    private void Short(TmemHost host, long missingBytes) => Tell(host, ReserveBytes - missingBytes);

    private void Tell(TmemHost host, long available, double fullStall = 0)
    {
        _machine.AvailableBytes = available;
        _machine.FullShare = fullStall;
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        host.Store.Governor!.Step(host.Store);
    }

    /// <summary>As <see cref="Hosts.FillUp"/>, with pages that the system has to keep: of huge pages that are taken apart it drops what is zero.</summary>
    private static void FillUp(DroppablePool pool)
    {
        byte[] page = Pages.Of(1);
        for (uint i = 0; pool.Client.Host.GetStatistics().Evictions == 0; i++)
        {
            pool.TryPut(1_000_000 + (i / 64), i % 64, page);
        }
    }

    private static PersistentPool Persistent(TmemClient client, uint count)
    {
        PersistentPool pool = client.CreatePersistentPool();
        for (uint i = 0; i < count; i++)
        {
            Assert.Equal(PutResult.Stored, pool.Put(1, i, Pages.Of(i)));
        }

        return pool;
    }

    private void RequirePages(PersistentPool pool, uint count)
    {
        for (uint i = 0; i < count; i++)
        {
            Assert.Equal(GetResult.Hit, pool.Get(1, i, _buffer));
            Assert.Equal(Pages.Of(i), _buffer);
        }
    }

    /// <summary>What the system says is behind the host's addresses.</summary>
    private static unsafe long ResidentBytes(TmemHost host)
    {
        Arena arena = Inside.Arena(host.Store);
        return Smaps.Of((ulong)Inside.Region(arena).Base, arena.Layout.TotalBytes).Sum(static mapping => mapping.ResidentBytes);
    }

    /// <summary>A machine of 1 GiB that tells what a test wants; what the host holds is no part of it.</summary>
    private sealed class MadeUpMachine : IMachineReader
    {
        private long _availableBytes = MachineBytes;

        public long AvailableBytes
        {
            get => Interlocked.Read(ref _availableBytes);
            set => Interlocked.Exchange(ref _availableBytes, value);
        }

        public double FullShare { get; set; }

        public MachineReading Read() => new(
        [
            new MemoryScope(
                MachineReader.Machine, MachineBytes, AvailableBytes, FullShare == 0 ? null : new MemoryPressure(FullShare, TimeSpan.Zero, FullShare, TimeSpan.Zero)),
        ]);
    }
}
