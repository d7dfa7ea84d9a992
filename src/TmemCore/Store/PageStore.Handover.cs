using Microsoft.Win32.SafeHandles;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>
/// Handing a store over to another process, which maps the same memory file: the arena has no address in it, so that only the little goes along
/// that lies outside of it.
/// </summary>
internal sealed partial class PageStore
{
    /// <summary>What a successor begins with.</summary>
    /// <param name="Memory">The memory file of the store that is handed over.</param>
    /// <param name="State">What lies outside of it.</param>
    internal sealed record Predecessor(SafeFileHandle Memory, StateTransfer State);

    /// <summary>The memory file that the store lies in; invalid if it lies elsewhere.</summary>
    public SafeFileHandle MemoryFile => _arena.MemoryFile;

    /// <summary>
    /// Keeps everybody out: whoever calls from now on waits. The control lock is held. Nothing is half done then: no pool is being emptied.
    /// </summary>
    public void Halt()
    {
        // Frames on their way back to the system are nobody's: a successor would not know of them.
        while (_departing.Count > 0)
        {
            _returnedBytes += NoteGone(_departing.ReturnAny(BatchFrames)) * (long)ArenaLayout.PageBytes;
        }

        EnterAllShards();
    }

    /// <summary>Lets everybody in again.</summary>
    public void GoOn() => ExitAllShards();

    /// <summary>
    /// Leaves a store that has been handed over: its memory is another's, and whoever waits is told that the host is gone. The control lock is held, and
    /// all others by <see cref="Halt"/>.
    /// </summary>
    public void LeaveHalted()
    {
        CloseShards();
        _governor?.Stop();
        _coldWorker?.Stop();
        _scratches.Dispose();
    }

    /// <summary>Passes on what lies outside of the arena; all locks are held, or nobody knows the store yet. The hash's key went before.</summary>
    public void PassOn(StateTransfer state)
    {
        PassOnMemory(state);
        PassOnCounts(state);
        foreach (Shard shard in _shards)
        {
            shard.PassOn(state);
        }

        _ages.PassOn(state);
        _shares.PassOn(state);
        _latency.PassOn(state);
        ColdWalk.PassOn(_coldWalk, state);
    }

    /// <summary>Passes on the key of the hash, which the store is made with.</summary>
    public void PassOnHash(StateTransfer state) => KeyHash.PassOn(_hash, state);

    /// <summary>
    /// Begins to serve a store that was taken over: the first write to its memory. Holds of the process that had it have ended with it.
    /// </summary>
    public void BeginServing()
    {
        lock (Control)
        {
            VisitClients(client =>
            {
                if (Client(client).FreezeHolds != 0)
                {
                    Client(client).FreezeHolds = 0;
                    RefreshOwnerState(client);
                }
            });
        }

        foreach (Shard shard in _shards)
        {
            // Pages of an object whose flush the other process did not get to the end of.
            while (ReapDetached(shard) != 0)
            {
            }
        }

        if (_governor is null)
        {
            lock (Control)
            {
                // What the other process has left to the machine for a while.
                _budget.LimitBytes = _capacityBytes;
                NoteCeiling();
            }
        }

        StartWorkers();
    }

    private void StartWorkers()
    {
        _governor?.Start(this);
        _coldWorker?.Start();
    }

    /// <summary>A client of a store that was taken over, with its pools.</summary>
    /// <param name="number">Its number.</param>
    public ClientSlots FindClient(uint number)
    {
        ref ClientRecord record = ref Client(number);
        var client = new ClientSlots(number, (int)record.Id);
        for (int slot = 0; slot < ClientRecord.PoolSlots; slot++)
        {
            uint pool = record.Pools[slot];
            client[slot] = pool == 0 ? 0 : PoolHandle.TokenOf(pool - 1, Pool(pool - 1).Generation);
        }

        return client;
    }

    /// <summary>Makes what can be made again from the records in the arena.</summary>
    private void Restore(StateTransfer state)
    {
        PassOn(state);
        VisitClients(client =>
        {
            UpdatePackings(client);
            if (Client(client).CapBytes != 0)
            {
                _ownAges[client] = new ClientAges(client, _shards.Length);
            }
        });
    }

    private void PassOnMemory(StateTransfer state)
    {
        _budget.PassOn(state);
        _arena.PassOn(state);
        _frames.PassOn(state);
        _cellPages.PassOn(state);
        _spans.PassOn(state);
        _packed.PassOn(state);
        _ghosts.PassOn(state);
        _clientTable.PassOn(state);
        _poolTable.PassOn(state);
        _sharedTable.PassOn(state);
        _directoryTable.PassOn(state);
        _headerTable.PassOn(state);
        _shardTable.PassOn(state);
    }

    private void PassOnCounts(StateTransfer state)
    {
        state.Pass(ref _ephemeral);
        state.Pass(ref _objects);
        state.Pass(ref _pages);
        state.Pass(ref _dataFrames);
        state.Pass(ref _cachedFree);
        state.Pass(ref _framesInHand);
        state.Pass(ref _failedCopies);
        state.Pass(ref _controlOperations);
        state.Pass(ref _controlErrors);
        state.Pass(ref _persistentCommitted);
        state.Pass(ref _reserved);
        state.Pass(ref _capacityBytes);
        state.Pass(ref _ceilingBytes);
        state.Pass(ref _returnedBytes);
        state.Pass(ref _giveBacks);
        state.Pass(ref _framesGivenBack);
        state.Pass(ref _mostEvictionsPerGiveBack);
        state.Pass(ref _evictionFailures);
        state.Pass(ref _unavailablePuts);
        state.Pass(ref _authorizesEveryone);
        state.Pass(ref _compression);
    }
}
