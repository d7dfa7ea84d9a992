using System.Globalization;
using System.Runtime.CompilerServices;

namespace TmemCore.Store;

/// <summary>
/// Following a client's changes, so that an image of it can be copied while it runs: each page put, put over or removed is noted in the log of its
/// client, unless it is there already. Whoever copies takes a note and then looks the page up, so that whatever happens after the look is noted anew.
/// </summary>
internal sealed partial class PageStore
{
    private const OwnerFlags AnyNotes = OwnerFlags.Migrating | OwnerFlags.Tracked;

    /// <summary>Chunks of a log freed under one hold of a lock.</summary>
    private const int LogChunksPerStep = 256;

    /// <summary>By client number. Written under all locks.</summary>
    private ClientTracking?[] _trackings = [];

    /// <summary>Enters the control lock when the client is not paused.</summary>
    /// <exception cref="InvalidOperationException">It is paused, and the control lock is held already: who waited would keep it from being released.</exception>
    public Lock.Scope EnterUnpaused(ClientSlots client)
    {
        while (true)
        {
            Lock.Scope scope = Control.EnterScope();
            if (!client.IsPaused)
            {
                return scope;
            }

            scope.Dispose();
            if (Control.IsHeldByCurrentThread)
            {
                throw new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture, $"Client {client.Id} is being moved and paused; its pools can be changed when that is over."));
            }

            client.TryAwaitOpen();
        }
    }

    /// <summary>Begins to note the changes of a client.</summary>
    /// <param name="client">The client.</param>
    /// <param name="freezes">Whether it is to be frozen meanwhile.</param>
    /// <exception cref="InvalidOperationException">It is saved or moved already, or has a pool that cannot be.</exception>
    public ClientTracking BeginTracking(ClientSlots client, bool freezes)
    {
        lock (Control)
        {
            RequireLive();
            ObjectDisposedException.ThrowIf(client.IsGone, typeof(TmemClient));
            RequireOpen(client);
            RequireUntracked(client);
            var tracking = new ClientTracking(client, _ages.Next(), freezes);

            // Calls of before are done when all locks have been passed; those of later see the flag and the tracking.
            EnterAllShards();
            try
            {
                if (client.Number >= _trackings.Length)
                {
                    Array.Resize(ref _trackings, (int)Math.Max(client.Number + 1, _trackings.Length * 2));
                }

                _trackings[client.Number] = tracking;
                Client(client.Number).FreezeHolds += freezes ? 1u : 0;
                SetFlags(client.Number, ClientFlags.Tracked, ClientFlags.Tracked);
            }
            finally
            {
                ExitAllShards();
            }

            client.Tracking = tracking;
            RestartSaving(client.Number);
            return tracking;
        }
    }

    /// <summary>Ends it: nothing is noted any more, and the log is empty. Does nothing when client or host have gone.</summary>
    public void EndTracking(ClientSlots client, ClientTracking tracking)
    {
        tracking.End();
        ChangeLogState rest;
        lock (Control)
        {
            if (_isDisposed || client.IsForgotten || client.Tracking != tracking)
            {
                return;
            }

            client.Tracking = null;
            EnterAllShards();
            try
            {
                Client(client.Number).FreezeHolds -= tracking.Freezes ? 1u : 0;
                SetFlags(client.Number, 0, ClientFlags.Tracked);
                _trackings[client.Number] = null;
                rest = Client(client.Number).Changes;
                Client(client.Number).Changes = default;
            }
            finally
            {
                ExitAllShards();
            }

            RestartSaving(client.Number);
        }

        while (TryClearSome(ref rest))
        {
        }
    }

    /// <summary>Lets a client's calls wait; those in flight are done when it returns, and what they took out of the index is gone.</summary>
    public void Pause(ClientSlots client)
    {
        lock (Control)
        {
            RequireLive();
            ObjectDisposedException.ThrowIf(client.IsGone, typeof(TmemClient));
            client.Pause();
        }

        foreach (Shard shard in _shards)
        {
            // The look takes the lock, so that calls in flight are done. A large object that is flushed has left the index by then, and its pages are
            // noted as they go.
            while (HasDetached(shard, client.Number) && ReapDetached(shard) != 0)
            {
            }
        }
    }

    /// <summary>Lets a client's calls go on.</summary>
    public void Resume(ClientSlots client)
    {
        lock (Control)
        {
            if (!client.IsGone)
            {
                client.Open();
            }
        }
    }

    /// <summary>Refuses a client's calls from now on: puts as if it was frozen, others as if its pools were gone.</summary>
    public void Close(ClientSlots client)
    {
        lock (Control)
        {
            client.Close();
        }
    }

    /// <summary>Whether a client's changes are followed; the control lock is held.</summary>
    public bool IsTracked(ClientSlots client) => client.Tracking is not null;

    /// <summary>Hands out the next page of a pool in the order of the walk; false behind the last. The control lock is held.</summary>
    public bool TryWalk<TTarget>(in PoolHandle handle, scoped ref TTarget target, Span<byte> joined)
        where TTarget : IImageTarget, allows ref struct
    {
        for (int number = Pool(handle.Pool).SaveShard; number < _shards.Length; number++)
        {
            Shard shard = _shards[number];
            shard.Lock.Enter();
            try
            {
                if (TryPeekSaved(shard, handle.Pool, out uint poolShard, out uint objectCell, out uint index, out uint page))
                {
                    HandOut(handle.Slot, shard.Object(objectCell).Id, index, page, ref target, joined);
                    shard.PassSaved(poolShard);
                    return true;
                }
            }
            finally
            {
                shard.Lock.Exit();
            }

            Pool(handle.Pool).SaveShard = number + 1;
            Pool(handle.Pool).IsSaveInShard = 0;
        }

        return false;
    }

    /// <summary>Hands out what has become of the page that was noted first; false when there is no note. The control lock is held.</summary>
    /// <exception cref="InsufficientMemoryException">A note found no memory: what has changed is not known any more.</exception>
    public bool TryDrain<TTarget>(ClientSlots client, ClientTracking tracking, scoped ref TTarget target, Span<byte> joined)
        where TTarget : IImageTarget, allows ref struct
    {
        ref ChangeLogState log = ref Client(client.Number).Changes;
        if (log.HasOverflowed != 0)
        {
            throw new InsufficientMemoryException(string.Create(
                CultureInfo.InvariantCulture, $"The host has no memory to note what client {client.Id} changes; give some back, or move the client when it is quiet."));
        }

        if (!_changeLog.TryTake(ref log, tracking, out PageChange change))
        {
            return false;
        }

        ulong token = client.TokenOf((int)change.PoolId);
        if (token != 0 && Pool((uint)token).IsPersistent)
        {
            HandOutChanged((uint)token, change, ref target, joined);
        }

        return true;
    }

    /// <summary>Entries of a client's log; the control lock is held.</summary>
    public long CountChanges(ClientSlots client) => Client(client.Number).Changes.Count;

    /// <summary>Throws when nobody knows whether the client runs here; the control lock is held.</summary>
    private static void RequireOpen(ClientSlots client)
    {
        if (client.IsClosed)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"Whether client {client.Id} runs here or where it was moved to is not known; settle that first."));
        }
    }

    private void RequireUntracked(ClientSlots client)
    {
        if (client.Tracking is not null || (Client(client.Number).Flags & ClientFlags.Saving) != 0)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"Client {client.Id} is being saved or moved already; wait until that is over."));
        }
    }

    /// <summary>Tells all who follow clients that there is nothing left; all locks have been passed.</summary>
    private void AbandonTrackings()
    {
        foreach (ClientTracking? tracking in _trackings)
        {
            tracking?.Abandon();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AwaitRoom(in PoolHandle handle)
    {
        if (handle.Client.Tracking is ClientTracking tracking)
        {
            tracking.AwaitRoom();
        }
    }

    /// <summary>Whether a handle holds, if need be after its client's pause.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsCurrent(Shard shard, in PoolHandle handle)
    {
        while (!handle.IsCurrent)
        {
            if (!TryAwaitOpen(shard, handle))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a handle holds, if need be after its client's pause; no lock is held.</summary>
    private static bool IsOpen(in PoolHandle handle)
    {
        while (!handle.IsCurrent && handle.Client.TryAwaitOpen())
        {
        }

        return handle.IsCurrent;
    }

    /// <summary>Leaves the lock as long as a paused client waits.</summary>
    /// <returns>Whether there is reason to look at the handle again.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryAwaitOpen(Shard shard, in PoolHandle handle)
    {
        if (!handle.Client.IsPaused)
        {
            // It may have been opened since the handle was looked at, and paused once more.
            return handle.IsCurrent || handle.Client.IsPaused;
        }

        shard.Lock.Exit();
        try
        {
            handle.Client.TryAwaitOpen();
        }
        finally
        {
            shard.Lock.Enter();
        }

        return true;
    }

    private bool HasNotes(uint pool)
    {
        ref PoolRecord record = ref Pool(pool);
        return record.IsPersistent
            && ((record.OwnerState & OwnerFlags.Migrating) != 0
                || ((record.OwnerState & OwnerFlags.Tracked) != 0 && record.State == PoolState.Live));
    }

    /// <summary>Whether the removal of a page is to be noted; the page is still to be looked at.</summary>
    private bool IsToNote(Shard shard, uint pool, uint page) =>
        (Pool(pool).OwnerState & AnyNotes) != 0 && HasNotes(pool) && !IsNoted(shard, pool, page);

    /// <summary>Of the pages that go, the indexes of those to be noted.</summary>
    private int SelectToNote(Shard shard, uint pool, ReadOnlySpan<uint> pages, Span<uint> indexes)
    {
        int count = 0;
        for (int i = 0; i < indexes.Length; i++)
        {
            if (!IsNoted(shard, pool, pages[i]))
            {
                indexes[count++] = shard.Descriptor(pages[i]).Index;
            }
        }

        return count;
    }

    private bool IsNoted(Shard shard, uint pool, uint page)
    {
        ref PoolRecord record = ref Pool(pool);
        return (record.OwnerState & OwnerFlags.Tracked) != 0
            && shard.Descriptor(page).NotedIn == _trackings[record.Owner]!.Epoch;
    }

    /// <summary>Notes that a page has been put or put over, unless that is noted already.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NotePut(Shard shard, uint pool, uint page)
    {
        if (!HasNotes(pool) || IsNoted(shard, pool, page))
        {
            return;
        }

        ref PageDescriptor descriptor = ref shard.Descriptor(page);
        descriptor.NotedIn = _trackings[Pool(pool).Owner]!.Epoch;
        NoteChange(pool, shard.Object(descriptor.Object).Id, descriptor.Index);
    }

    private void NoteChange(uint pool, in ObjectId id, uint index)
    {
        ref PoolRecord record = ref Pool(pool);
        ClientTracking? tracking = (record.OwnerState & OwnerFlags.Tracked) != 0 ? _trackings[record.Owner] : null;
        _changeLog.Append(ref Client(record.Owner).Changes, new PageChange(record.OwnerSlot, index, id), tracking);
    }

    private bool TryPeekSaved(Shard shard, uint pool, out uint poolShard, out uint objectCell, out uint index, out uint page)
    {
        poolShard = shard.PoolShardOf(pool);
        if (poolShard == 0)
        {
            objectCell = 0;
            index = 0;
            page = PageDescriptor.None;
            return false;
        }

        if (Pool(pool).IsSaveInShard == 0)
        {
            shard.BeginSaving(poolShard);
            Pool(pool).IsSaveInShard = 1;
        }

        return shard.TryPeekSaved(poolShard, out objectCell, out index, out page);
    }

    private void HandOutChanged<TTarget>(uint pool, in PageChange change, scoped ref TTarget target, Span<byte> joined)
        where TTarget : IImageTarget, allows ref struct
    {
        ulong hash = _hash.OfObject(pool, change.ObjectId);
        Shard shard = ShardOf(hash);
        shard.Lock.Enter();
        try
        {
            uint poolShard = shard.PoolShardOf(pool);
            uint page = poolShard == 0
                ? PageDescriptor.None
                : shard.FindPage(poolShard, change.ObjectId, hash, change.Index, hints: null, out _);
            if (page == PageDescriptor.None)
            {
                target.TakeGone((int)change.PoolId, change.ObjectId, change.Index);
                return;
            }

            shard.Descriptor(page).NotedIn = 0;
            HandOut((int)change.PoolId, change.ObjectId, change.Index, page, ref target, joined);
        }
        finally
        {
            shard.Lock.Exit();
        }
    }

    private void HandOut<TTarget>(int slot, in ObjectId id, uint index, uint page, scoped ref TTarget target, Span<byte> joined)
        where TTarget : IImageTarget, allows ref struct
    {
        if (page < _firstPacked)
        {
            target.TakePage(slot, id, index, PackedForm.Whole, _arena.Frame(page));
            return;
        }

        ReadOnlySpan<byte> data = _packed.DataOf(page, joined);
        target.TakePage(slot, id, index, _packed.FormOf(page) with { Bytes = data.Length }, data);
    }

    private bool HasDetached(Shard shard, uint client)
    {
        if (!shard.Lock.TryEnterOpen())
        {
            return false;
        }

        try
        {
            for (uint cell = shard.Record.FirstDetached; cell != 0; cell = shard.Object(cell).Next)
            {
                ref PoolRecord pool = ref Pool(shard.PoolShard(shard.Object(cell).PoolShard).Pool);
                if (pool.Owner == client && pool.IsPersistent && pool.State == PoolState.Live)
                {
                    return true;
                }
            }

            return false;
        }
        finally
        {
            shard.Lock.Exit();
        }
    }

    private bool TryClearSome(ref ChangeLogState log)
    {
        // Any lock keeps the arena where it is.
        ShardLock keeper = _shards[0].Lock;
        if (!keeper.TryEnterOpen())
        {
            return false;
        }

        try
        {
            return _changeLog.TryClearSome(ref log, LogChunksPerStep);
        }
        finally
        {
            keeper.Exit();
        }
    }
}
