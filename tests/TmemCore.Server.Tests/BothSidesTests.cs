using TmemCore.Client;
using TmemCore.Tests;
using Xunit;

namespace TmemCore.Server.Tests;

/// <summary>One and the same code on a client of this process, on a connection and on one that shares memory: the answers are the same.</summary>
public sealed class BothSidesTests : IAsyncLifetime
{
    private readonly ServedHost _served = new(new() { CapacityBytes = 16L << 20, CompressByDefault = true });
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _served.DisposeAsync();

    [Theory]
    [InlineData(Side.Own)]
    [InlineData(Side.Socket)]
    [InlineData(Side.SharedMemory)]
    public void A_persistent_page_stays_until_it_is_flushed(Side side)
    {
        using ITmemClient client = Connect(side);
        using IPersistentPool pool = client.CreatePersistentPool();

        Assert.Equal(GetResult.Empty, pool.Get(1, 1, _buffer));
        Assert.Equal(PutResult.Stored, pool.Put(1, 1, Pages.Of(7)));
        Assert.Equal(GetResult.Miss, pool.Get(1, 2, _buffer));
        Assert.All(_buffer, static value => Assert.Equal(0, value));
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(GetResult.Hit, pool.Get(1, 1, _buffer));
            Assert.Equal(Pages.Of(7), _buffer);
        }

        Assert.Equal(PutResult.Stored, pool.Put(1, 1, Pages.Of(8)));
        Assert.Equal(GetResult.Hit, pool.Get(1, 1, _buffer));
        Assert.Equal(Pages.Of(8), _buffer);
        Assert.Equal(FlushResult.Done, pool.FlushPage(1, 1));
        Assert.Equal(GetResult.Empty, pool.Get(1, 1, _buffer));
    }

    [Theory]
    [InlineData(Side.Own)]
    [InlineData(Side.Socket)]
    [InlineData(Side.SharedMemory)]
    public void Each_kind_of_pool_keeps_its_promise(Side side)
    {
        using ITmemClient client = Connect(side);
        using IEphemeralPool ephemeral = client.CreateEphemeralPool();
        using IRetainingPool retaining = client.CreateRetainingPool();
        Assert.True(ephemeral.TryPut(new ObjectId(1, 2, 3), uint.MaxValue, Pages.Of(1)));
        Assert.True(retaining.TryPut(new ObjectId(1, 2, 3), uint.MaxValue, Pages.Of(2), out PutResult result));
        Assert.Equal(PutResult.Stored, result);

        Assert.Equal(GetResult.Hit, ephemeral.Take(new ObjectId(1, 2, 3), uint.MaxValue, _buffer));
        Assert.Equal(Pages.Of(1), _buffer);
        Assert.Equal(GetResult.Empty, ephemeral.Take(new ObjectId(1, 2, 3), uint.MaxValue, _buffer));
        Assert.Equal(GetResult.Hit, retaining.Get(new ObjectId(1, 2, 3), uint.MaxValue, _buffer));
        Assert.Equal(GetResult.Hit, retaining.Get(new ObjectId(1, 2, 3), uint.MaxValue, _buffer));
        Assert.Equal(Pages.Of(2), _buffer);
        Assert.Equal(FlushResult.Done, retaining.FlushObject(new ObjectId(1, 2, 3)));
        Assert.Equal(GetResult.Empty, retaining.Get(new ObjectId(1, 2, 3), uint.MaxValue, _buffer));
    }

    [Theory]
    [InlineData(Side.Own, 1)]
    [InlineData(Side.Socket, 1)]
    [InlineData(Side.SharedMemory, 1)]
    [InlineData(Side.Own, 500)]
    [InlineData(Side.Socket, 500)]
    [InlineData(Side.SharedMemory, 500)]
    public void Many_at_once_are_as_one_after_the_other(Side side, int count)
    {
        using ITmemClient client = Connect(side);
        using IPersistentPool pool = client.CreatePersistentPool();
        PageHandle[] handles = [.. Enumerable.Range(0, count).Select(static i => new PageHandle((ulong)i / 7, (uint)i))];
        byte[] pages = [.. Enumerable.Range(0, count).SelectMany(static i => Pages.Of((ulong)i))];
        var stored = new PutResult[count];
        Assert.Equal(count, pool.PutMany(handles, pages, stored));
        Assert.All(stored, static one => Assert.Equal(PutResult.Stored, one));
        pool.FlushPage(handles[count / 2].Object, handles[count / 2].Index);

        var found = new GetResult[count];
        var read = new byte[pages.Length];
        Assert.Equal(count - 1, pool.GetMany(handles, read, found));
        pages.AsSpan(count / 2 * TmemPool.PageBytes, TmemPool.PageBytes).Clear();
        Assert.Equal(pages, read);
        Assert.NotEqual(GetResult.Hit, found[count / 2]);

        using IEphemeralPool ephemeral = client.CreateEphemeralPool();
        Assert.Equal(count, ephemeral.PutMany(handles, pages, stored));
        Assert.Equal(count, ephemeral.TakeMany(handles, read, found));
        Assert.Equal(0, ephemeral.TakeMany(handles, read, found));
    }

    [Theory]
    [InlineData(Side.Own)]
    [InlineData(Side.Socket)]
    [InlineData(Side.SharedMemory)]
    public void Many_at_once_are_done_in_their_order(Side side)
    {
        const int Count = 200;
        const int Apart = 3;
        using ITmemClient client = Connect(side);
        using IPersistentPool pool = client.CreatePersistentPool();
        using IEphemeralPool ephemeral = client.CreateEphemeralPool();
        PageHandle[] handles = [.. Enumerable.Range(0, Count).Select(static i => new PageHandle(5, (uint)i % Apart))];
        byte[] pages = [.. Enumerable.Range(0, Count).SelectMany(static i => Pages.Of((ulong)i))];
        var stored = new PutResult[Count];
        Assert.Equal(Count, pool.PutMany(handles, pages, stored));
        for (int last = Count - Apart; last < Count; last++)
        {
            Assert.Equal(GetResult.Hit, pool.Get(5, (uint)last % Apart, _buffer));
            Assert.Equal(Pages.Of((ulong)last), _buffer);
        }

        // The first one takes it, and those behind it find nothing.
        Assert.Equal(Count, ephemeral.PutMany(handles, pages, stored));
        var found = new GetResult[Count];
        Assert.Equal(Apart, ephemeral.TakeMany(handles, pages, found));
        Assert.All(found[..Apart], static one => Assert.Equal(GetResult.Hit, one));
        Assert.DoesNotContain(GetResult.Hit, found[Apart..]);
    }

    [Theory]
    [InlineData(Side.Own)]
    [InlineData(Side.Socket)]
    [InlineData(Side.SharedMemory)]
    public void Many_at_once_are_told_apart_by_their_results(Side side)
    {
        const int Count = 40;
        const int EntryBytes = 100;
        using ITmemClient client = Connect(side);
        IPersistentPool pool = client.CreatePersistentPool();
        PageHandle[] handles = [.. Enumerable.Range(0, Count).Select(static i => new PageHandle(5, (uint)i))];
        Assert.Equal(PutResult.Stored, pool.PutEntry(5, Count - 1, Pages.Of(1)[..EntryBytes]));
        var found = new GetResult[Count + 1];
        byte[] buffer = [.. Enumerable.Repeat(byte.MaxValue, Count * TmemPool.PageBytes)];
        found[Count] = GetResult.Unwritable;
        Assert.Equal(1, pool.GetMany(handles, buffer, found));
        Assert.All(found[..(Count - 1)], static one => Assert.Equal(GetResult.Miss, one));
        Assert.Equal([GetResult.Hit, GetResult.Unwritable], found[(Count - 1)..]);
        Assert.All(buffer[..^TmemPool.PageBytes], static value => Assert.Equal(byte.MaxValue, value));
        Assert.Equal(Pages.Of(1)[..EntryBytes], buffer[^TmemPool.PageBytes..][..EntryBytes]);
        Assert.All(buffer[^TmemPool.PageBytes..][EntryBytes..], static value => Assert.Equal(0, value));

        pool.Dispose();
        using IPersistentPool next = client.CreatePersistentPool();
        var stored = new PutResult[Count];
        Assert.Equal(0, pool.PutMany(handles, buffer, stored));
        Assert.All(stored, static one => Assert.Equal(PutResult.Unavailable, one));
        Assert.Equal(0, pool.GetMany(handles, buffer, found));
        Assert.All(found[..Count], static one => Assert.Equal(GetResult.Unavailable, one));
        Assert.Equal(GetResult.Empty, next.Get(5, 0, _buffer));
    }

    [Theory]
    [InlineData(Side.Own)]
    [InlineData(Side.Socket)]
    [InlineData(Side.SharedMemory)]
    public void Entries_have_their_length(Side side)
    {
        using ITmemClient client = Connect(side);
        using IPersistentPool persistent = client.CreatePersistentPool();
        using IEphemeralPool ephemeral = client.CreateEphemeralPool();
        var small = new byte[5];
        foreach (int length in (int[])[1, 2, 100, 4095, 4096])
        {
            byte[] entry = Pages.Of((ulong)length)[..length];
            Assert.Equal(PutResult.Stored, persistent.PutEntry(3, 9, entry));
            Assert.Equal(GetResult.Hit, persistent.GetEntry(3, 9, _buffer, out int found));
            Assert.Equal(entry, _buffer[..found]);
            Array.Fill(_buffer, byte.MaxValue);
            Assert.Equal(GetResult.Hit, persistent.Get(3, 9, _buffer));
            Assert.Equal(entry, _buffer[..length]);
            Assert.All(_buffer[length..], static value => Assert.Equal(0, value));

            Assert.True(ephemeral.TryPutEntry(3, 9, entry, out _));
            if (length > small.Length)
            {
                Assert.Equal(GetResult.Unwritable, ephemeral.TakeEntry(3, 9, small, out found));
                Assert.Equal(length, found);
                Assert.Equal(new byte[5], small);
            }

            Assert.Equal(GetResult.Unwritable, ephemeral.TakeEntry(3, 9, [], out found));
            Assert.Equal(length, found);
            Assert.Equal(GetResult.Hit, ephemeral.TakeEntry(3, 9, _buffer, out found));
            Assert.Equal(entry, _buffer[..found]);
            Assert.Equal(GetResult.Empty, ephemeral.TakeEntry(3, 9, _buffer, out found));
            Assert.Equal(0, found);
        }
    }

    [Theory]
    [InlineData(Side.Own)]
    [InlineData(Side.Socket)]
    [InlineData(Side.SharedMemory)]
    public void Misuse_is_named_before_anything_happens(Side side)
    {
        using ITmemClient client = Connect(side);
        using IPersistentPool pool = client.CreatePersistentPool();
        using IEphemeralPool ephemeral = client.CreateEphemeralPool();
        var results = new PutResult[1];

        Assert.Contains("4,095", Assert.Throws<ArgumentException>(() => pool.Put(1, 1, new byte[4095])).Message, StringComparison.Ordinal);
        Assert.Contains("4,097", Assert.Throws<ArgumentException>(() => pool.Get(1, 1, new byte[4097])).Message, StringComparison.Ordinal);
        Assert.Contains("0 bytes", Assert.Throws<ArgumentException>(() => pool.PutEntry(1, 1, [])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ephemeral.TryPutEntry(1, 1, new byte[4097], out _));
        Assert.Throws<ArgumentException>(() => pool.PutMany([default, default], new byte[4096], results));
        Assert.Throws<ArgumentException>(() => pool.PutMany([default, default], new byte[8192], results));
        Assert.Throws<ArgumentNullException>(() => pool.Put(1, 1, _buffer, 0, null!));
        Assert.Equal(GetResult.Empty, pool.Get(1, 1, _buffer));
    }

    [Theory]
    [InlineData(Side.Own)]
    [InlineData(Side.Socket)]
    [InlineData(Side.SharedMemory)]
    public void A_destroyed_pool_answers_that_it_is_unavailable_and_another_may_have_its_id(Side side)
    {
        using ITmemClient client = Connect(side);
        IPersistentPool gone = client.CreatePersistentPool();
        gone.Put(1, 1, Pages.Of(1));
        gone.Dispose();
        gone.Dispose();
        using IPersistentPool next = client.CreatePersistentPool();

        Assert.Equal(gone.Id, next.Id);
        Assert.Equal(PutResult.Unavailable, gone.Put(1, 1, Pages.Of(1)));
        Assert.Equal(GetResult.Unavailable, gone.Get(1, 1, _buffer));
        Assert.Equal(FlushResult.Unavailable, gone.FlushPage(1, 1));
        Assert.Equal(FlushResult.Unavailable, gone.FlushObject(1));
        Assert.Equal(GetResult.Empty, next.Get(1, 1, _buffer));
    }

    [Theory]
    [InlineData(Side.Own)]
    [InlineData(Side.Socket)]
    [InlineData(Side.SharedMemory)]
    public void A_client_has_sixteen_pools(Side side)
    {
        using ITmemClient client = Connect(side);
        for (int i = 0; i < 16; i++)
        {
            Assert.Equal(i, client.CreateRetainingPool().Id);
        }

        Assert.Throws<InvalidOperationException>(client.CreateEphemeralPool);
    }

    [Theory]
    [InlineData(Side.Own)]
    [InlineData(Side.Socket)]
    [InlineData(Side.SharedMemory)]
    public void Sharing_wants_a_grant_and_says_what_has_happened(Side side)
    {
        var uuid = new PoolUuid(5, 6);
        using ITmemClient first = Connect(side);
        using ITmemClient second = Connect(side == Side.Own ? Side.Socket : Side.Own);
        Assert.Equal(JoinResult.NotAuthorized, first.TryJoinSharedPool(uuid, out ISharedEphemeralPool? none));
        Assert.Null(none);
        Assert.Equal(JoinResult.InvalidUuid, first.TryJoinSharedPool(PoolUuid.Private, out _));

        _served.Host.Control.GrantSharingToAll(true);
        Assert.Equal(JoinResult.Created, first.TryJoinSharedPool(uuid, out ISharedEphemeralPool? ours));
        Assert.Equal(JoinResult.Joined, second.TryJoinSharedPool(uuid, out ISharedEphemeralPool? theirs));
        Assert.True(ours!.TryPut(1, 1, Pages.Of(4)));
        Assert.Equal(GetResult.Hit, theirs!.Get(1, 1, _buffer));
        Assert.Equal(Pages.Of(4), _buffer);
        Assert.Equal(GetResult.Hit, ours.Get(1, 1, _buffer));
    }

    [Theory]
    [InlineData(Side.Own)]
    [InlineData(Side.Socket)]
    [InlineData(Side.SharedMemory)]
    public void A_refused_put_runs_the_action(Side side)
    {
        using ITmemClient client = Connect(side);
        using IPersistentPool pool = client.CreatePersistentPool();
        _served.Host.Control.FreezeAll();
        var refusals = new List<(byte[] Page, PutResult Reason)>();

        pool.Put(1, 1, Pages.Of(3), refusals, static (page, reason, list) => list.Add((page.ToArray(), reason)));

        (byte[] refused, PutResult reason) = Assert.Single(refusals);
        Assert.Equal(Pages.Of(3), refused);
        Assert.Equal(PutResult.Frozen, reason);
        Assert.Equal(FlushResult.DoneWhileFrozen, pool.FlushPage(1, 1));
    }

    private ITmemClient Connect(Side side)
    {
        if (side != Side.SharedMemory)
        {
            return side == Side.Socket ? _served.Connect() : _served.Host.CreateClient();
        }

        TmemConnection connection = TmemConnection.ConnectSharingMemory(_served.Options.SocketPath);
        Assert.True(connection.UsesSharedMemory);
        return connection;
    }
}
