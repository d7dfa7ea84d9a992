using TmemCore.Memory;
using TmemCore.Statistics;
using TmemCore.Store;
using Xunit;

namespace TmemCore.Tests.Handover;

/// <summary>
/// A store that another process takes over: here the other one is in the same process, and has the memory file mapped a second time. What random
/// sequences do across handovers is in the tests with a model.
/// </summary>
public sealed class HandoverTests
{
    private static readonly TmemHostOptions s_options = Hosts.Small with
    {
        Backing = BackingMemory.MemoryFile,
        CapacityBytes = 8 * Hosts.Mebibyte,
        MaximumCapacityBytes = 16 * Hosts.Mebibyte,
        Shards = 4,
        CompressByDefault = true,
    };

    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Fact]
    public void What_a_host_knows_its_successor_knows()
    {
        using var host = new TmemHost(s_options with { HashSeed = null });
        TmemClient client = host.CreateClient(new() { Name = "vm1", Id = 7, Weight = 300, PersistentAllowanceBytes = 4 * Hosts.Mebibyte });
        PersistentPool swap = client.CreatePersistentPool();
        EphemeralPool cache = client.CreateEphemeralPool();
        swap.PutEntry(2, 9, "short"u8);
        for (uint i = 0; i < 300; i++)
        {
            Pages.FillMixed(_buffer, i);
            Assert.Equal(PutResult.Stored, swap.Put(1, i, _buffer));
            cache.TryPut(1, i, _buffer);
        }

        host.SetCapacity(12 * Hosts.Mebibyte);
        host.Control.Freeze(client);
        HostStatistics before = host.GetStatistics();
        ClientStatistics clientBefore = client.GetStatistics();

        using TmemHost successor = HandOver(host);
        Assert.Equal(before, successor.GetStatistics());
        Assert.Equal(12 * Hosts.Mebibyte, successor.CapacityBytes);
        Assert.True(successor.TryGetClient(7, out TmemClient? again));
        Assert.Equal("vm1", again.Name);
        Assert.Equal(clientBefore, again.GetStatistics());
        Assert.True(again.TryGetPool(swap.Id, out TmemPool? pool));
        var swapAgain = Assert.IsType<PersistentPool>(pool);
        Assert.Equal(PutResult.Frozen, swapAgain.Put(1, 1000, _buffer));
        successor.Control.Thaw(again);
        for (uint i = 0; i < 300; i++)
        {
            byte[] expected = new byte[TmemPool.PageBytes];
            Pages.FillMixed(expected, i);
            Assert.Equal(GetResult.Hit, swapAgain.Get(1, i, _buffer));
            Assert.Equal(expected, _buffer);
        }

        Assert.Equal(GetResult.Hit, swapAgain.GetEntry(2, 9, _buffer, out int length));
        Assert.Equal("short"u8, _buffer.AsSpan(0, length));
        Assert.Empty(successor.Verify());
    }

    [Fact]
    public void Buckets_of_several_pages_a_shard_are_found_again()
    {
        const uint Objects = 6000;
        using var host = new TmemHost(s_options);
        PersistentPool pool = host.CreateClient(new() { Id = 7 }).CreatePersistentPool();
        for (uint i = 0; i < Objects; i++)
        {
            Assert.Equal(PutResult.Stored, pool.PutEntry(i, 0, BitConverter.GetBytes(i)));
        }

        long bytesForPageEach = 2L * s_options.Shards * ArenaLayout.PageBytes;
        Assert.InRange(Inside.Shards(host.Store).Sum(shard => shard.TableBytes), bytesForPageEach + 1, long.MaxValue);
        using TmemHost successor = HandOver(host);
        Assert.True(successor.TryGetClient(7, out TmemClient? again));
        Assert.True(again.TryGetPool(pool.Id, out TmemPool? found));
        var poolAgain = Assert.IsType<PersistentPool>(found);
        for (uint i = 0; i < Objects; i++)
        {
            Assert.Equal(GetResult.Hit, poolAgain.GetEntry(i, 0, _buffer, out int length));
            Assert.Equal(BitConverter.GetBytes(i), _buffer.AsSpan(0, length));
        }

        Assert.Equal(FlushResult.Done, poolAgain.FlushObject(0));
        Assert.Empty(successor.Verify());
    }

    [Fact]
    public void Tags_of_entries_go_along()
    {
        using var host = new TmemHost(s_options with { Shards = 1 });
        RetainingPool cache = host.CreateClient(new() { Id = 7 }).CreateRetainingPool();
        for (uint i = 0; i < 100; i++)
        {
            cache.TryPutEntry(1, i, (byte)(i + 1), _buffer.AsSpan(0, 100 + ((int)i * 39)), out _);
        }

        using TmemHost successor = HandOver(host);
        Assert.True(successor.TryGetClient(7, out TmemClient? again));
        Assert.True(again.TryGetPool(cache.Id, out TmemPool? pool));
        for (uint i = 0; i < 100; i++)
        {
            Assert.Equal((byte)(i + 1), Inside.Packed(successor.Store).TagOf(Inside.NumberOf(pool, 1, i)));
        }

        Assert.Empty(successor.Verify());
    }

    [Fact]
    public void Calls_wait_while_the_host_stands_still_and_go_on_when_it_is_not_taken()
    {
        using var host = new TmemHost(s_options);
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        PutResult put = default;
        EphemeralPool? made = null;
        var putter = new Thread(() => put = pool.Put(1, 1, Pages.Of(1)));
        var maker = new Thread(() => made = client.CreateEphemeralPool());
        using (HostHandover handover = host.BeginHandover())
        {
            putter.Start();
            maker.Start();
            using HostSuccessor successor = HostSuccessor.Prepare(handover.Memory, handover.State.Span);
            Assert.Equal(default, put);
            Assert.Null(made);
        }

        putter.Join();
        maker.Join();
        Assert.Equal(PutResult.Stored, put);
        Assert.NotNull(made);
        Assert.Equal(GetResult.Hit, pool.Get(1, 1, _buffer));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void Whoever_waits_for_a_host_that_is_taken_is_told_that_it_has_gone()
    {
        using var host = new TmemHost(s_options);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        Exception? thrown = null;
        var putter = new Thread(() => thrown = Record.Exception(() => pool.Put(1, 1, Pages.Of(1))));
        HostHandover handover = host.BeginHandover();
        using HostSuccessor successor = HostSuccessor.Prepare(handover.Memory, handover.State.Span);
        putter.Start();
        handover.Complete();
        putter.Join();
        handover.Complete();
        handover.Dispose();

        Assert.IsType<ObjectDisposedException>(thrown);
        Assert.Throws<ObjectDisposedException>(() => host.GetStatistics());
        Assert.Throws<ObjectDisposedException>(() => host.BeginHandover());
        pool.Dispose();
        pool.Client.Dispose();
        host.Dispose();

        using TmemHost next = successor.Start();
        Assert.Equal(1, next.GetStatistics().Clients);
        Assert.Empty(next.Verify());
        Assert.Throws<InvalidOperationException>(successor.Start);
    }

    [Fact]
    public void A_handover_that_was_given_up_cannot_be_completed()
    {
        using var host = new TmemHost(s_options);
        HostHandover handover = host.BeginHandover();
        handover.Dispose();
        Assert.Throws<InvalidOperationException>(handover.Complete);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void Nothing_of_the_memory_is_written_before_the_start()
    {
        using var host = new TmemHost(s_options);
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        Hosts.FillUp(pool);
        using HostHandover handover = host.BeginHandover();
        byte[] before = Hash(handover);
        using (HostSuccessor successor = HostSuccessor.Prepare(handover.Memory, handover.State.Span, s_options with { ColdCompression = PageCompression.Zstandard }))
        {
            Assert.Equal(before, Hash(handover));
        }

        Assert.Equal(before, Hash(handover));
    }

    [Fact]
    public void A_state_that_ends_anywhere_or_is_of_another_version_is_refused_and_the_host_goes_on()
    {
        using var host = new TmemHost(s_options with { Shards = 1 });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        pool.Put(1, 1, Pages.Of(1));
        using (HostHandover handover = host.BeginHandover())
        {
            byte[] state = handover.State.ToArray();
            for (int length = 0; length < state.Length; length++)
            {
                Assert.Throws<InvalidDataException>(() => HostSuccessor.Prepare(handover.Memory, state.AsSpan(0, length)));
            }

            state[0]++;
            InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => HostSuccessor.Prepare(handover.Memory, state));
            Assert.Contains("version", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Equal(GetResult.Hit, pool.Get(1, 1, _buffer));
        Assert.Equal(Pages.Of(1), _buffer);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_memory_file_of_another_length_is_refused()
    {
        using var host = new TmemHost(s_options);
        using var other = new TmemHost(s_options with { MaximumCapacityBytes = 64 * Hosts.Mebibyte });
        using HostHandover handover = host.BeginHandover();
        using HostHandover otherHandover = other.BeginHandover();
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => HostSuccessor.Prepare(otherHandover.Memory, handover.State.Span));
        Assert.Contains("bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_a_host_in_a_memory_file_can_be_handed_over()
    {
        using var host = new TmemHost(Hosts.Small);
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(host.BeginHandover);
        Assert.Contains(nameof(BackingMemory.MemoryFile), refusal.Message, StringComparison.Ordinal);
        Assert.Equal(PutResult.Stored, host.CreateClient().CreatePersistentPool().Put(1, 1, Pages.Of(1)));
    }

    [Fact]
    public void A_host_with_a_client_on_the_move_is_not_handed_over()
    {
        using var host = new TmemHost(s_options);
        TmemClient client = host.CreateClient(new() { Name = "mover" });
        ClientTracking tracking = host.Store.BeginTracking(client.Slots, freezes: false);
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(host.BeginHandover);
        Assert.Contains("mover", refusal.Message, StringComparison.Ordinal);
        host.Store.EndTracking(client.Slots, tracking);
        HandOver(host).Dispose();
    }

    [Fact]
    public void Holds_end_with_the_process_that_had_them_and_freezes_stay()
    {
        using var host = new TmemHost(s_options);
        TmemClient held = host.CreateClient(new() { Id = 1 });
        TmemClient frozen = host.CreateClient(new() { Id = 2 });
        held.CreatePersistentPool();
        frozen.CreatePersistentPool();
        using IDisposable hold = host.Control.HoldFrozen(held);
        host.Control.Freeze(frozen);

        using TmemHost successor = HandOver(host);
        Assert.Equal(PutResult.Stored, PoolOf(successor, 1).Put(1, 1, Pages.Of(1)));
        Assert.Equal(PutResult.Frozen, PoolOf(successor, 2).Put(1, 1, Pages.Of(1)));
    }

    [Fact]
    public void The_options_of_the_memory_stay_and_the_others_are_the_successors()
    {
        using var host = new TmemHost(s_options);
        using HostHandover handover = host.BeginHandover();
        using HostSuccessor prepared = HostSuccessor.Prepare(
            handover.Memory, handover.State.Span, new() { CapacityBytes = Hosts.Mebibyte, Shards = 64, Name = "next", MaxClients = 3 });
        handover.Complete();
        using TmemHost successor = prepared.Start();
        Assert.Equal(s_options.CapacityBytes, successor.CapacityBytes);
        Assert.Equal(4, successor.Options.Shards);
        Assert.Equal(s_options.MaxClients, successor.Options.MaxClients);
        Assert.Equal("next", successor.Options.Name);
    }

    [Fact]
    public void Memory_that_is_on_its_way_back_is_not_lost_and_a_limit_that_was_lowered_for_a_while_is_the_capacity_again()
    {
        using var host = new TmemHost(s_options with { CapacityBytes = 32 * Hosts.Mebibyte, MaximumCapacityBytes = 0, CompressByDefault = false });
        RetainingPool pool = host.CreateClient(new() { Id = 1 }).CreateRetainingPool();
        Hosts.FillUp(pool);
        host.Store.SetTarget(8 * Hosts.Mebibyte);
        for (int i = 0; i < 2; i++)
        {
            Assert.True(host.Store.ShrinkStep());
        }

        // They have been taken from their pages, and have not gone yet.
        Assert.True(Inside.FramesInHand(host.Store) > 0);
        using TmemHost successor = HandOver(host);
        Assert.Equal(0, Inside.FramesInHand(successor.Store));
        Assert.Empty(successor.Verify());
        Assert.Equal(32 * Hosts.Mebibyte, successor.TargetBytes);
        Assert.True(successor.TryGetClient(1, out TmemClient? client));
        Assert.True(client.TryGetPool(0, out TmemPool? found));
        Hosts.FillUp(Assert.IsType<RetainingPool>(found), 5_000_000);
        Assert.InRange(successor.GetStatistics().Pages, 7_000, 8_192);
        Assert.Empty(successor.Verify());
    }

    [Fact]
    public void A_lowered_limit_that_nobody_has_given_up_stays_where_the_handover_is()
    {
        using var host = new TmemHost(s_options);
        host.SetCapacity(4 * Hosts.Mebibyte);
        using TmemHost successor = HandOver(host);
        Assert.Equal(4 * Hosts.Mebibyte, successor.CapacityBytes);
        Assert.Equal(4 * Hosts.Mebibyte, successor.TargetBytes);
    }

    /// <summary>What has left is remembered in memory whose length the first process chose.</summary>
    [Fact]
    public void As_much_is_remembered_of_what_has_left_as_before()
    {
        using var host = new TmemHost(s_options with { GhostsPerFrame = 4 });
        Hosts.FillUp(host.CreateClient(new() { Id = 1 }).CreateRetainingPool());
        long metadataBytes = host.Store.MetadataBytes;
        using TmemHost successor = HandOver(host);
        Assert.Equal(4, successor.Options.GhostsPerFrame);
        Assert.Equal(metadataBytes, successor.Store.MetadataBytes);
        Assert.Empty(successor.Verify());
    }

    /// <summary>Locked memory under a governor has no huge pages, where a host is new; one that has them keeps them, for its tables grow by them.</summary>
    [Fact]
    public void Whether_memory_is_laid_out_for_huge_pages_is_as_the_first_process_chose()
    {
        TmemHostOptions locked = new() { LockMemory = true, Governor = new FallowMemoryOptions() };
        Assert.False(locked.UsesHugePages);
        Assert.True(HostShape.Of(new TmemHostOptions(), shards: 1).ApplyTo(locked).UsesHugePages);
        Assert.False(HostShape.Of(locked, shards: 1).ApplyTo(new TmemHostOptions()).UsesHugePages);
    }

    private static PersistentPool PoolOf(TmemHost host, int client) =>
        host.TryGetClient(client, out TmemClient? found) && found.TryGetPool(0, out TmemPool? pool)
            ? Assert.IsType<PersistentPool>(pool)
            : throw new InvalidOperationException($"Client {client} has no pool.");

    private static TmemHost HandOver(TmemHost host)
    {
        using HostHandover handover = host.BeginHandover();
        using HostSuccessor successor = HostSuccessor.Prepare(handover.Memory, handover.State.Span, s_options);
        handover.Complete();
        return successor.Start();
    }

    /// <summary>Of all bytes in the memory file, holes included.</summary>
    private static byte[] Hash(HostHandover handover)
    {
        using var file = new FileStream(
            new Microsoft.Win32.SafeHandles.SafeFileHandle(handover.Memory.DangerousGetHandle(), ownsHandle: false), FileAccess.Read);
        file.Position = 0;
        return System.Security.Cryptography.SHA256.HashData(file);
    }
}
