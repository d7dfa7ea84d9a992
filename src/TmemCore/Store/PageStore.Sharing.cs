using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>Shared pools: found by uuid, joined, handed on. All of it happens under the control lock.</summary>
internal sealed partial class PageStore
{
    private readonly PagedTable _sharedTable;
    private readonly int _maxSharedPools;
    private bool _authorizesEveryone;

    /// <summary>Whether the client may share a pool of that uuid.</summary>
    public bool IsAuthorized(ClientSlots client, PoolUuid uuid)
    {
        lock (Control)
        {
            RequireLive();
            ref ClientRecord record = ref Client(client.Number);
            return (record.Flags & ClientFlags.NeedsAuthorization) == 0
                || _authorizesEveryone
                || FindAuthorization(ref record, uuid) >= 0;
        }
    }

    /// <summary>Lets every client share any pool, or ends that.</summary>
    public void AuthorizeEveryone(bool isAuthorized)
    {
        lock (Control)
        {
            RequireLive();
            _authorizesEveryone = isAuthorized;
        }
    }

    /// <summary>Adds a uuid to a client's table; false when all of its places are taken. Granting twice takes one place.</summary>
    public bool TryAuthorize(ClientSlots client, PoolUuid uuid)
    {
        lock (Control)
        {
            ref ClientRecord record = ref Client(client.Number);
            if (FindAuthorization(ref record, uuid) >= 0)
            {
                return true;
            }

            for (int i = 0; i < ClientRecord.AuthorizationSlots; i++)
            {
                if ((record.AuthorizationsUsed & (1u << i)) == 0)
                {
                    record.AuthorizationsUsed |= 1u << i;
                    record.Authorizations[i] = uuid;
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Takes a uuid out of a client's table; pools already joined stay joined.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Revoke(ClientSlots client, PoolUuid uuid)
    {
        lock (Control)
        {
            ref ClientRecord record = ref Client(client.Number);
            int place = FindAuthorization(ref record, uuid);
            if (place >= 0)
            {
                record.AuthorizationsUsed &= ~(1u << place);
            }

            return place >= 0;
        }
    }

    private static int FindAuthorization(ref ClientRecord record, PoolUuid uuid)
    {
        for (int i = 0; i < ClientRecord.AuthorizationSlots; i++)
        {
            if ((record.AuthorizationsUsed & (1u << i)) != 0 && record.Authorizations[i] == uuid)
            {
                return i;
            }
        }

        return -1;
    }

    private ref SharedSlotRecord SharedSlot(uint slot) => ref _arena.At<SharedSlotRecord>(
        _arena.Layout.SharedSlots + ((long)slot * ArenaLayout.SharedSlotBytes));

    private ref SharerRecord Sharer(uint cell) => ref _arena.Cell<SharerRecord>(cell);

    private uint HashOf(PoolUuid uuid) => (uint)_hash.OfObject(0, new ObjectId(uuid.Low, uuid.High));

    private uint FindShared(PoolUuid uuid)
    {
        uint hash = HashOf(uuid);
        for (uint slot = 0; slot < Host.SharedReached; slot++)
        {
            SharedSlotRecord candidate = SharedSlot(slot);
            if (candidate.PoolPlusOne != 0
                && candidate.UuidHash == hash
                && Pool(candidate.PoolPlusOne - 1).UuidLow == uuid.Low
                && Pool(candidate.PoolPlusOne - 1).UuidHigh == uuid.High)
            {
                return slot;
            }
        }

        return PoolRecord.None;
    }

    private JoinResult TryTakeSharedSlot(out uint slot)
    {
        for (slot = 0; slot < Host.SharedReached; slot++)
        {
            if (SharedSlot(slot).PoolPlusOne == 0)
            {
                return JoinResult.Created;
            }
        }

        if (slot >= _maxSharedPools)
        {
            return JoinResult.TooManySharedPools;
        }

        if (!_sharedTable.TryReach(slot + 1))
        {
            return JoinResult.OutOfMemory;
        }

        Host.SharedReached++;
        return JoinResult.Created;
    }

    private JoinResult Join(ClientSlots client, int slot, uint pool)
    {
        uint last = Pool(pool).FirstSharer;
        while (Sharer(last).Next != 0)
        {
            last = Sharer(last).Next;
        }

        uint sharer = AddSharer(client.Number, (uint)slot, last);
        return sharer == 0 ? JoinResult.OutOfMemory : JoinResult.Joined;
    }

    private uint AddSharer(uint client, uint slot, uint after)
    {
        uint cell = _controlHeap.Take(1);
        if (cell != 0)
        {
            Sharer(cell) = new SharerRecord { Client = client, Slot = slot };
            if (after != 0)
            {
                Sharer(after).Next = cell;
            }
        }

        return cell;
    }

    private void ReleaseSharer(uint cell)
    {
        if (cell != 0)
        {
            _controlHeap.Release(cell, 1);
        }
    }

    /// <summary>Takes a sharer out; false when it was the last, and the pool must go.</summary>
    private bool TryLeaveToOthers(uint pool, uint client, uint slot)
    {
        RemoveSharer(ref Pool(pool), client, slot);
        uint first = Pool(pool).FirstSharer;
        if (first == 0)
        {
            SharedSlot(Pool(pool).SharedSlot) = default;
            return false;
        }

        if (Pool(pool).Owner == client && Pool(pool).OwnerSlot == slot)
        {
            HandOver(pool, Sharer(first).Client, Sharer(first).Slot);
        }
        else
        {
            // Whoever holds a shard's lock may be in one of the leaver's calls: each lock is passed through once.
            EnterAllShards();
            ExitAllShards();
        }

        return true;
    }

    private void RemoveSharer(ref PoolRecord pool, uint client, uint slot)
    {
        uint previous = 0;
        uint cell = pool.FirstSharer;
        while (Sharer(cell).Client != client || Sharer(cell).Slot != slot)
        {
            previous = cell;
            cell = Sharer(cell).Next;
        }

        if (previous == 0)
        {
            pool.FirstSharer = Sharer(cell).Next;
        }
        else
        {
            Sharer(previous).Next = Sharer(cell).Next;
        }

        ReleaseSharer(cell);
    }

    /// <summary>Makes another client the owner, to whom the pool's pages count from now on.</summary>
    private void HandOver(uint pool, uint client, uint slot)
    {
        EnterAllShards();
        try
        {
            ref PoolRecord record = ref Pool(pool);
            CreditOwner(pool);
            if (record.IsPersistent)
            {
                ChargeClient(ref Client(record.Owner), -record.ChargedBytes);
                ChargeClient(ref Client(client), record.ChargedBytes);
            }
            else if (_isXen)
            {
                Client(record.Owner).EphemeralPages.Add(-record.Pages.Now);
                Client(client).EphemeralPages.Add(record.Pages.Now);
            }

            MoveUse(pool, record.Owner, client);
            record.Owner = client;
            record.OwnerSlot = slot;
            record.OwnerState = OwnerStateOf(client);
            UpdatePacking(pool);
            CountUse(client);
        }
        finally
        {
            ExitAllShards();
        }
    }

    /// <summary>Takes every shard's lock, in order; none is held, but the control lock may be.</summary>
    private void EnterAllShards()
    {
        foreach (Shard shard in _shards)
        {
            shard.Lock.Enter();
        }
    }

    private void ExitAllShards()
    {
        foreach (Shard shard in _shards)
        {
            shard.Lock.Exit();
        }
    }
}
