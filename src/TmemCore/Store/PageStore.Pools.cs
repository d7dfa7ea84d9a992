using System.Diagnostics;
using TmemCore.Memory;
using TmemCore.Reclaim;

namespace TmemCore.Store;

/// <summary>Pools: made, joined, left.</summary>
internal sealed partial class PageStore
{
    private readonly PagedTable _poolTable;
    private readonly PagedTable _directoryTable;

    /// <summary>Makes a pool for a client, or joins a shared one of that uuid.</summary>
    /// <param name="client">Who wants it.</param>
    /// <param name="kind">What it shall be; a shared pool that exists stays what it is.</param>
    /// <param name="uuid">Its name; kept for private pools, too.</param>
    /// <param name="slot">The pool id wanted, or -1 for the lowest free one.</param>
    /// <param name="handle">The right to use it.</param>
    /// <returns>A refusal leaves everything as it was.</returns>
    public JoinResult AddPool(ClientSlots client, PoolKind kind, PoolUuid uuid, int slot, out PoolHandle handle)
    {
        using (EnterUnpaused(client))
        {
            RequireLive();
            ObjectDisposedException.ThrowIf(client.IsGone, typeof(TmemClient));
            RequireOpen(client);
            handle = default;
            slot = FreeSlot(client, slot);
            if (slot < 0)
            {
                return JoinResult.TooManyPools;
            }

            JoinResult result = TryAddPool(client, kind, uuid, slot, out uint pool);
            for (int round = 0; result == JoinResult.OutOfMemory && round < MaximumRounds && HasPoolNumber && TryMakeRoomForRecords(); round++)
            {
                result = TryAddPool(client, kind, uuid, slot, out pool);
            }

            if (result is JoinResult.Created or JoinResult.Joined)
            {
                Client(client.Number).Pools[slot] = pool + 1;
                ulong token = PoolHandle.TokenOf(pool, Pool(pool).Generation);
                client[slot] = token;
                handle = new PoolHandle(client, slot, token);
            }

            return result;
        }
    }

    private JoinResult TryAddPool(ClientSlots client, PoolKind kind, PoolUuid uuid, int slot, out uint pool)
    {
        uint shared = (kind & PoolKind.Shared) == 0 ? PoolRecord.None : FindShared(uuid);
        return shared == PoolRecord.None
            ? CreatePool(client, kind, uuid, slot, out pool)
            : Join(client, slot, pool = SharedSlot(shared).PoolPlusOne - 1);
    }

    /// <summary>Gives a pool up: a private one is destroyed, a shared one goes on with those who stay.</summary>
    /// <returns>False when the client has no such pool any more.</returns>
    public bool LeavePool(in PoolHandle handle) => LeavePool(handle.Client, handle.Slot, handle.Token, isDeath: false);

    private bool LeavePool(ClientSlots client, int slot, ulong token, bool isDeath)
    {
        uint pool;
        uint heir = PoolRecord.None;
        using (EnterUnpaused(client))
        {
            if (_isDisposed || (client.IsGone && !isDeath) || token == 0 || client.TokenOf(slot) != token)
            {
                return false;
            }

            // From here on every call that takes a shard's lock finds the handle stale.
            pool = (uint)token;
            client[slot] = 0;
            Client(client.Number).Pools[slot] = 0;
            if (Pool(pool).IsShared && TryLeaveToOthers(pool, client.Number, (uint)slot))
            {
                heir = Pool(pool).Owner;
            }
            else
            {
                Pool(pool).State = PoolState.Dying;
                client.PoolsLeaving++;
            }
        }

        if (heir != PoolRecord.None)
        {
            ShrinkHeir(heir);
            return true;
        }

        DestroyPool(client, pool);
        return true;
    }

    /// <summary>The pages that a client has inherited may be more than its cap allows. Without the control lock: they may be many.</summary>
    private void ShrinkHeir(uint heir)
    {
        try
        {
            ShrinkToCap(heir);
        }
        catch (ObjectDisposedException)
        {
            // The host has gone meanwhile, and the pages with it.
        }
    }

    private void DestroyPool(ClientSlots client, uint pool)
    {
        bool isEmpty = false;
        try
        {
            foreach (Shard shard in _shards)
            {
                EmptyPool(shard, pool);
            }

            isEmpty = true;
        }
        finally
        {
            lock (Control)
            {
                if (isEmpty && !_isDisposed)
                {
                    ForgetPool(pool);
                }

                client.PoolsLeaving--;
            }
        }
    }

    /// <summary>Frees a dying pool's pages in a shard, some at a time, so that others get their turn at the lock.</summary>
    private void EmptyPool(Shard shard, uint pool)
    {
        for (bool isEmpty = false; !isEmpty;)
        {
            if (!shard.Lock.TryEnterOpen())
            {
                return;
            }

            try
            {
                uint poolShard = shard.PoolShardOf(pool);
                isEmpty = poolShard == 0 || TryEmptyStep(shard, pool, poolShard);
            }
            finally
            {
                shard.Lock.Exit();
            }

            if (!isEmpty)
            {
                // Whoever waits spins: without this the lock would be taken again before any of them saw it free.
                Thread.Yield();
            }
        }
    }

    private bool TryEmptyStep(Shard shard, uint pool, uint poolShard)
    {
        shard.LeaveAges(poolShard);
        int removed = 0;
        while (removed <= PagesPerStep - LeafRecord.Span && shard.PoolShard(poolShard).Pages != 0)
        {
            uint first = shard.PoolShard(poolShard).FirstObject;
            uint objectCell = first != 0 ? first : shard.DetachedObjectOf(poolShard);
            removed += RemovePages(shard, objectCell, isDying: true, PagesPerStep - removed);
        }

        if (shard.PoolShard(poolShard).Pages != 0 || !shard.DropChunks(poolShard, Shard.ChunksPerStep))
        {
            return false;
        }

        ForgetUse(pool, ref shard.PoolShard(poolShard));
        Pool(pool).Elsewhere.Add(shard.PoolShard(poolShard).Counters);
        Pool(pool).EvictionsElsewhere += shard.PoolShard(poolShard).Evictions;
        Settle(pool, 0, 0, -PoolShardRecord.Cells, 0);
        shard.RemovePoolShard(pool);
        shard.Trim();
        return true;
    }

    private bool HasPoolNumber => Host.FreePool != PoolRecord.None || Host.PoolsReached < _arena.Layout.MaxPools;

    /// <summary>Gives up the oldest ephemeral page for the records of a pool or client; the control lock is held.</summary>
    private bool TryMakeRoomForRecords() => TryEvict(IVictimPolicy.Everyone, FrameUse.Shed, EvictionReason.Metadata, out _);

    private int FreeSlot(ClientSlots client, int wanted)
    {
        if (wanted >= 0)
        {
            return wanted < _options.MaxPoolsPerClient && client.TokenOf(wanted) == 0 ? wanted : -1;
        }

        for (int slot = 0; slot < _options.MaxPoolsPerClient; slot++)
        {
            if (client.TokenOf(slot) == 0)
            {
                return slot;
            }
        }

        return -1;
    }

    private JoinResult CreatePool(ClientSlots client, PoolKind kind, PoolUuid uuid, int slot, out uint pool)
    {
        pool = PoolRecord.None;
        uint shared = PoolRecord.None;
        uint sharer = 0;
        bool isShared = (kind & PoolKind.Shared) != 0;
        if (isShared)
        {
            JoinResult refusal = TryTakeSharedSlot(out shared);
            if (refusal != JoinResult.Created)
            {
                return refusal;
            }

            sharer = AddSharer(client.Number, (uint)slot, 0);
        }

        if ((isShared && sharer == 0) || !TryTakePoolNumber(out pool))
        {
            ReleaseSharer(sharer);
            return JoinResult.OutOfMemory;
        }

        Pool(pool) = new PoolRecord
        {
            Generation = Pool(pool).Generation + 1,
            State = PoolState.Live,
            Kind = kind,
            Owner = client.Number,
            OwnerSlot = (uint)slot,
            SharedSlot = shared,
            FirstSharer = sharer,
            UuidLow = uuid.Low,
            UuidHigh = uuid.High,
        };
        Pool(pool).OwnerState = OwnerStateOf(client.Number);
        UpdatePacking(pool);
        if (isShared)
        {
            SharedSlot(shared) = new SharedSlotRecord { PoolPlusOne = pool + 1, UuidHash = HashOf(uuid) };
        }

        return JoinResult.Created;
    }

    private bool TryTakePoolNumber(out uint pool)
    {
        pool = Host.FreePool;
        if (pool != PoolRecord.None)
        {
            Host.FreePool = Pool(pool).NextFree;
            return true;
        }

        pool = Host.PoolsReached;
        if (pool >= _arena.Layout.MaxPools
            || !_poolTable.TryReach(pool + 1)
            || !_directoryTable.TryReach(((long)pool + 1) * _shards.Length))
        {
            return false;
        }

        Host.PoolsReached++;
        return true;
    }

    private void ForgetPool(uint pool)
    {
        ref PoolRecord record = ref Pool(pool);
        Debug.Assert(record.ChargedBytes == 0 && record.ShardsWithPages == 0, "A pool that goes has no pages.");
        CreditOwner(pool);
        record = new PoolRecord { Generation = record.Generation, NextFree = Host.FreePool };
        Host.FreePool = pool;
    }

    /// <summary>Adds what the pool has done since the last time to its owner's past.</summary>
    private void CreditOwner(uint pool)
    {
        ref PoolRecord record = ref Pool(pool);
        ref ClientRecord owner = ref Client(record.Owner);
        (PoolCounters counters, ulong evictions) = CountersOf(pool);
        owner.PastEvictions += evictions - record.CreditedEvictions;
        record.CreditedEvictions = evictions;
        if (record.IsPersistent)
        {
            owner.PastPersistentPuts += counters.PutsStored - record.CreditedPuts;
            owner.PastPersistentHits += counters.GetHits - record.CreditedGets;
        }
        else
        {
            owner.PastEphemeralHits += counters.GetHits - record.CreditedGets;
        }

        record.CreditedPuts = counters.PutsStored;
        record.CreditedGets = counters.GetHits;
    }

    private OwnerFlags OwnerStateOf(uint client)
    {
        ClientFlags flags = Client(client).Flags;
        return (IsFrozen(client) ? OwnerFlags.Frozen : 0)
            | ((flags & ClientFlags.Tracked) != 0 ? OwnerFlags.Tracked : 0)
            | ((flags & ClientFlags.Migrating) != 0 ? OwnerFlags.Migrating : 0)
            | ((flags & ClientFlags.Capped) != 0 ? OwnerFlags.Capped : 0);
    }
}
