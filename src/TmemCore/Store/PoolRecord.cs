using System.Runtime.InteropServices;

namespace TmemCore.Store;

/// <summary>A pool: 320 bytes in the table of pools. The first line is read by every operation and seldom written.</summary>
[StructLayout(LayoutKind.Sequential, Size = Memory.ArenaLayout.PoolRecordBytes)]
internal struct PoolRecord
{
    /// <summary>The absence of a pool, client or slot.</summary>
    public const uint None = uint.MaxValue;

    /// <summary>Goes up each time that the number is given to another pool.</summary>
    public uint Generation;

    public PoolState State;
    public PoolKind Kind;

    /// <summary>What the owner's state means for this pool; written under the control lock.</summary>
    public OwnerFlags OwnerState;

    /// <summary>The client that it is charged to, and the id it has there.</summary>
    public uint Owner;
    public uint OwnerSlot;

    /// <summary>Its place among the shared pools.</summary>
    public uint SharedSlot;

    /// <summary>The first of the clients that share it.</summary>
    public uint FirstSharer;

    public ulong UuidLow;
    public ulong UuidHigh;

    /// <summary>The next pool number to be given out again, while free.</summary>
    public uint NextFree;

    /// <summary>The pool's own, when it is not to follow its owner.</summary>
    public CompressionSetting Compression;

    /// <summary>Shards that hold pages of it: none means the pool is empty.</summary>
    public int ShardsWithPages;

    /// <summary>Bytes charged to the owner for it, when persistent.</summary>
    public long ChargedBytes;

    /// <summary>Exact counts and maxima, kept in the Xen profile only.</summary>
    public ExactCount Pages;
    public ExactCount Objects;

    /// <summary>Counts of operations in shards that have no record of the pool, and of the pool's earlier records there.</summary>
    public PoolCounters Elsewhere;

    /// <summary>Pages evicted from shards whose record of the pool has gone, or has counted as far as it can.</summary>
    public ulong EvictionsElsewhere;

    /// <summary>Puts that stored nothing; threads of several shards count here.</summary>
    public RefusalCounts Refusals;

    /// <summary>What was already credited to an owner: counters at the last change of owner.</summary>
    public ulong CreditedPuts;
    public ulong CreditedGets;
    public ulong CreditedEvictions;

    /// <summary>The shard whose pages are handed out next to whoever saves the owner, and whether the place in it is set.</summary>
    public int SaveShard;
    public uint IsSaveInShard;

    public readonly bool IsPersistent => (Kind & PoolKind.Persistent) != 0;

    public readonly bool IsShared => (Kind & PoolKind.Shared) != 0;

    /// <summary>Whether a get takes the page out.</summary>
    public readonly bool IsExclusive => Kind == PoolKind.Ephemeral;
}

/// <summary>A count that many threads move, with its maximum.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ExactCount
{
    public long Now;
    public long Maximum;

    public void Increment() => Add(1);

    public void Decrement() => Interlocked.Decrement(ref Now);

    public void Add(long count)
    {
        long now = Interlocked.Add(ref Now, count);
        long maximum = Volatile.Read(ref Maximum);
        while (now > maximum)
        {
            maximum = Interlocked.CompareExchange(ref Maximum, now, maximum);
        }
    }
}

internal enum PoolState : uint
{
    Free,
    Live,
    Dying,
}

/// <summary>What a pool is; a private ephemeral pool that takes pages out on get has no bit.</summary>
[Flags]
internal enum PoolKind : uint
{
    Ephemeral = 0,
    Persistent = 1,
    Shared = 2,
    Retaining = 4,
}

[Flags]
internal enum OwnerFlags : uint
{
    None = 0,
    Frozen = 1,
    Migrating = 2,
    Capped = 4,

    /// <summary>Its changes are followed, see <see cref="ClientTracking"/>.</summary>
    Tracked = 8,
}
