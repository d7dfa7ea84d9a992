using System.Runtime.CompilerServices;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>
/// A part of the store with a lock of its own: the objects whose hash leads here, their pages, and the lists of those
/// pages by age. All members but <see cref="Lock"/> and <see cref="OldestSequence"/> want the lock to be held.
/// </summary>
internal sealed partial class Shard
{
    /// <summary>The age of a page that does not exist.</summary>
    public const ulong NoSequence = ulong.MaxValue;

    private readonly Arena _arena;
    private readonly KeyHash _hash;
    private readonly CellHeap _heap;
    private readonly BucketTable _objects;
    private readonly BucketTable _leaves;
    private readonly PagedTable _ageHeap;
    private readonly GhostTable _ghosts;
    private readonly SequenceMarks _sequences = new();
    private readonly long _recordOffset;
    private readonly long _ageHeapOffset;
    private readonly ulong[] _oldestSequences;

    public Shard(Arena arena, CellPages pages, KeyHash hash, int number, ulong[] oldestSequences, GhostTable ghosts)
    {
        ArenaLayout layout = arena.Layout;
        _arena = arena;
        _hash = hash;
        Number = number;
        _oldestSequences = oldestSequences;
        oldestSequences[number] = NoSequence;
        _recordOffset = layout.ShardRecords + ((long)number * ArenaLayout.ShardRecordBytes);
        _heap = new CellHeap(arena, pages, _recordOffset + OffsetOf(ref Record, ref Record.Heap));
        _objects = new BucketTable(
            arena,
            _heap,
            _recordOffset + OffsetOf(ref Record, ref Record.Objects),
            layout.ObjectBuckets + ((long)number * ArenaLayout.PageBytes),
            layout.BucketStride,
            layout.ObjectLines);
        _leaves = new BucketTable(
            arena,
            _heap,
            _recordOffset + OffsetOf(ref Record, ref Record.Leaves),
            layout.LeafBuckets + ((long)number * ArenaLayout.PageBytes),
            layout.BucketStride,
            layout.LeafLines);
        _ageHeapOffset = layout.AgeHeaps + (layout.AgeHeapStride * number);
        _ageHeap = new PagedTable(arena, _ageHeapOffset, sizeof(uint));
        _ghosts = ghosts;
        if (Record.Shelf.Shard != number)
        {
            // Memory that is taken over is still another's, and has it.
            Record.Shelf.Shard = (ushort)number;
        }
    }

    public ShardLock Lock { get; } = new();

    public int Number { get; }

    /// <summary>No ephemeral page of the shard is older; a hint without the lock.</summary>
    public ulong OldestSequence => Volatile.Read(ref _oldestSequences[Number]);

    /// <summary>Cells taken (or given back, negative) for objects and leaves since it was last set to zero.</summary>
    public int CellChange { get; set; }

    public ref ShardRecord Record => ref _arena.At<ShardRecord>(_recordOffset);

    /// <summary>Passes what lies outside of the arena on to a successor.</summary>
    public void PassOn(StateTransfer state)
    {
        _objects.PassOn(state);
        _leaves.PassOn(state);
        _ageHeap.PassOn(state);
        state.Pass(ref _oldestSequences[Number]);
    }

    /// <summary>The record of a pool in this shard, or 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint PoolShardOf(uint pool) => Directory(pool);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref PoolShardRecord PoolShard(uint cell) => ref _arena.Cell<PoolShardRecord>(cell);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref ObjectRecord Object(uint cell) => ref _arena.Cell<ObjectRecord>(cell);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref PageDescriptor Descriptor(uint number) => ref _arena.Descriptor<PageDescriptor>(number);

    /// <summary>Makes the record of a pool; 0 when memory is short.</summary>
    /// <param name="pool">The pool's number.</param>
    /// <param name="hasQueues">Whether more than age decides which of its pages goes.</param>
    public uint AddPoolShard(uint pool, bool hasQueues)
    {
        if (!_ageHeap.TryReach(Record.PoolShardCount + 1))
        {
            return 0;
        }

        uint main = hasQueues ? _heap.Take(1) : 0;
        uint cell = hasQueues && main == 0 ? 0 : _heap.Take(PoolShardRecord.Cells);
        if (cell == 0)
        {
            if (main != 0)
            {
                _heap.Release(main, 1);
            }

            return 0;
        }

        if (hasQueues)
        {
            Queue(main) = default;
            _ghosts.Reach();
        }

        PoolShard(cell) = new PoolShardRecord { Pool = pool, Main = main };
        Directory(pool) = cell;
        Record.PoolShardCount++;
        return cell;
    }

    /// <summary>Removes the record of a pool that holds no pages any more.</summary>
    public void RemovePoolShard(uint pool)
    {
        uint main = PoolShard(Directory(pool)).Main;
        if (main != 0)
        {
            _heap.Release(main, 1);
        }

        _heap.Release(Directory(pool), PoolShardRecord.Cells);
        Directory(pool) = 0;
        Record.PoolShardCount--;
    }

    /// <summary>Bytes committed for the tables that are the shard's own.</summary>
    public long TableBytes => _objects.CommittedBytes + _leaves.CommittedBytes + _ageHeap.CommittedBytes;

    /// <summary>Cells in use for objects, leaves, pools and crowded buckets.</summary>
    public long CellsInUse => _heap.CellsInUse;

    /// <summary>Gives back memory that was kept for the next operation.</summary>
    public void Trim()
    {
        _objects.Trim();
        _leaves.Trim();
        _heap.Trim();
    }

    private static long OffsetOf<T>(ref ShardRecord record, ref T field) =>
        Unsafe.ByteOffset(ref Unsafe.As<ShardRecord, byte>(ref record), ref Unsafe.As<T, byte>(ref field));

    private ref uint Directory(uint pool) => ref _arena.At<uint>(
        _arena.Layout.PoolShards + ((((long)pool * _arena.Layout.Shards) + Number) * sizeof(uint)));
}
