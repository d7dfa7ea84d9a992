using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using TmemCore.Memory;
using TmemCore.Reclaim;

namespace TmemCore.Store;

/// <summary>What clients' ephemeral pages take, their weights and their caps.</summary>
/// <remarks>
/// A pool's record in each shard says what the pool takes there. Differences reach the client's account in portions, so that threads seldom
/// meet there; in the Xen profile, and for clients with a cap, each difference does.
/// </remarks>
internal sealed partial class PageStore
{
    /// <summary>What an ephemeral page takes beside its data: a descriptor, an age, an entry in a leaf.</summary>
    private const int EphemeralPageBytes = ArenaLayout.DescriptorBytes + sizeof(ulong) + sizeof(uint);

    /// <summary>What an object takes, and, near enough, a leaf: a cell and a share of the index.</summary>
    private const int EphemeralRecordBytes = ArenaLayout.CellBytes + IndexBytesPerObject;

    /// <summary>A difference that is not counted yet is at most this part of a shard's share of the host.</summary>
    private const int PortionShare = 256;

    private const long MostPortionCells = 1024;

    private readonly WeightedShares _shares = new();
    private readonly long _portionCells;

    /// <summary>Clients that have a cap, and the ages of their pages.</summary>
    private readonly ConcurrentDictionary<uint, ClientAges> _ownAges = new();

    /// <summary>Sets a client's weight: its part, against those of the others, of what ephemeral pages may take when memory is short.</summary>
    public void SetWeight(uint client, uint weight)
    {
        lock (Control)
        {
            RequireLive();
            if (_isXen)
            {
                Host.WeightSum += weight - (long)Client(client).Weight;
            }

            Client(client).Weight = weight;
            _shares.SetWeight(client, weight);
        }
    }

    /// <summary>Sets what a client's ephemeral pages may take, 0 for no limit; the oldest of those above it go before the method returns.</summary>
    public void SetCap(uint client, long capBytes)
    {
        lock (Control)
        {
            RequireLive();
            Client(client).CapBytes = capBytes;
            EnterAllShards();
            try
            {
                SetFlags(client, capBytes == 0 ? 0 : ClientFlags.Capped, ClientFlags.Capped);
                CountUse(client);
                _shares.SetLimit(client, capBytes == 0 ? long.MaxValue : capBytes);
                if (capBytes == 0)
                {
                    _ownAges.TryRemove(client, out _);
                }
                else
                {
                    _ownAges[client] = new ClientAges(client, _shards.Length);
                }
            }
            finally
            {
                ExitAllShards();
            }

            ShrinkToCap(client);
        }
    }

    /// <summary>Gives up pages of a client until it is within its cap; a shard's lock is held for a page each.</summary>
    private void ShrinkToCap(uint client)
    {
        while (_shares.IsAboveLimit(client) && TryEvictOwn(client, FrameUse.Release))
        {
        }
    }

    /// <summary>Counts for a client what its pools take in every shard; all locks are held.</summary>
    private void CountUse(uint client)
    {
        for (int slot = 0; slot < ClientRecord.PoolSlots; slot++)
        {
            uint pool = Client(client).Pools[slot];
            if (pool == 0 || Pool(pool - 1).Owner != client || Pool(pool - 1).IsPersistent)
            {
                continue;
            }

            foreach (Shard shard in _shards)
            {
                uint poolShard = shard.PoolShardOf(pool - 1);
                if (poolShard != 0)
                {
                    Publish(pool - 1, ref shard.PoolShard(poolShard));
                }
            }
        }
    }

    /// <summary>What a pool's pages take in a shard, in cells of 64 bytes.</summary>
    /// <param name="record">The pool's record there.</param>
    /// <param name="differenceBytes">What a page that is entered, but not counted as packed yet, takes more than a whole one.</param>
    private static long CellsUsed(in PoolShardRecord record, int differenceBytes)
    {
        // There are so many numbers for packed pages as there are frames times 32: whoever takes one takes that part of a frame, or pages
        // of one word, which take nothing else, would use them up for all.
        long packed = Math.Max(
            (long)record.PackedBytes + ((long)record.PackedPages * ArenaLayout.PackedRecordBytes),
            (long)record.PackedPages * (ArenaLayout.PageBytes / ArenaLayout.PackedPagesPerFrame));
        long bytes = ((long)(record.Pages - record.PackedPages) * ArenaLayout.PageBytes)
            + packed
            + ((long)record.Pages * EphemeralPageBytes)
            + ((long)(record.Objects + record.Leaves) * EphemeralRecordBytes)
            + differenceBytes;
        return (bytes + ArenaLayout.CellBytes - 1) / ArenaLayout.CellBytes;
    }

    /// <summary>Lets what a pool takes in a shard reach its owner's account, if it has changed by enough.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void NoteUse(Shard shard, uint pool, uint poolShard)
    {
        ref PoolShardRecord record = ref shard.PoolShard(poolShard);
        long difference = CellsUsed(record, 0) - record.PublishedCells;
        if (difference >= _portionCells || -difference >= _portionCells || (Pool(pool).OwnerState & OwnerFlags.Capped) != 0)
        {
            Publish(pool, ref record);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Publish(uint pool, ref PoolShardRecord record)
    {
        long cells = CellsUsed(record, 0);
        _shares.Add(Pool(pool).Owner, (cells - record.PublishedCells) * ArenaLayout.CellBytes);
        record.PublishedCells = (uint)cells;
    }

    /// <summary>Counts a page that was just entered, of an owner with a cap; false when it would pass its cap with it, and then nothing is counted.</summary>
    private bool TryCountUnderCap(Shard shard, uint pool, uint poolShard, int bytes)
    {
        ref PoolShardRecord record = ref shard.PoolShard(poolShard);
        long cells = CellsUsed(record, bytes - ArenaLayout.PageBytes);
        if (!_shares.TryAdd(Pool(pool).Owner, (cells - record.PublishedCells) * ArenaLayout.CellBytes))
        {
            return false;
        }

        record.PublishedCells = (uint)cells;
        if (record.HeapPlace == 0 && _ownAges.TryGetValue(Pool(pool).Owner, out ClientAges? ages))
        {
            // Nobody looks for old pages in a shard where there were none.
            ages.NoteFirst(shard.Number, _ages.Now + 1);
        }

        return true;
    }

    /// <summary>A pool's record in a shard is about to go, empty: its owner's account knows nothing of it any more.</summary>
    private void ForgetUse(uint pool, ref PoolShardRecord record)
    {
        if (record.PublishedCells != 0)
        {
            _shares.Add(Pool(pool).Owner, -(long)record.PublishedCells * ArenaLayout.CellBytes);
            record.PublishedCells = 0;
        }
    }

    /// <summary>Takes what a pool takes off one account and onto another; all locks are held.</summary>
    private void MoveUse(uint pool, uint from, uint to)
    {
        foreach (Shard shard in _shards)
        {
            uint poolShard = shard.PoolShardOf(pool);
            if (poolShard != 0)
            {
                long bytes = (long)shard.PoolShard(poolShard).PublishedCells * ArenaLayout.CellBytes;
                _shares.Add(from, -bytes);
                _shares.Add(to, bytes);
            }
        }
    }

    /// <summary>
    /// Gives up pages of a client above its cap: some may have been replaced by larger ones. Not more than a few, so that a put has an end;
    /// the next one goes on. No lock is held.
    /// </summary>
    private void KeepCap(uint client)
    {
        for (int i = 0; i < PackedPagesPerRound && _shares.IsAboveLimit(client) && TryEvictOwn(client, FrameUse.Release); i++)
        {
        }
    }

    private bool HasCap(uint pool)
    {
        ref PoolRecord record = ref Pool(pool);
        return (record.OwnerState & OwnerFlags.Capped) != 0 && !record.IsPersistent;
    }
}
