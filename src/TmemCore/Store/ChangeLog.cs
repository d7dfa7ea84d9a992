using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>Where a client's log of changes is, inside the arena.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ChangeLogState
{
    /// <summary>The first and last chunk, 0 for none.</summary>
    public uint First;
    public uint Last;

    /// <summary>Entries.</summary>
    public uint Count;

    /// <summary>Whether an entry found no memory: the log is not complete and whoever follows it must begin anew.</summary>
    public uint HasOverflowed;

    /// <summary>The chunk that is read next, 0 before the first, and how many of its entries have been passed.</summary>
    public uint ReadChunk;
    public uint Passed;
}

/// <summary>A persistent page that has gone while its client was migrating, or changed while it was tracked.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PageChange(uint PoolId, uint Index, ObjectId ObjectId);

/// <summary>
/// The handles of persistent pages that left the store while their client was migrating, in order of removal, or that changed in any way while it
/// was tracked. Cells of a heap
/// of its own hold them; its lock is taken last, below any shard's. Thread-safe.
/// </summary>
internal sealed class ChangeLog(Arena arena, CellHeap heap)
{
    private const int ChunkCells = 5;
    private const int EntriesPerChunk = 9;

    private readonly Lock _lock = new();

    [InlineArray(EntriesPerChunk)]
    private struct Entries
    {
        private PageChange _first;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Chunk
    {
        public uint Next;
        public uint Count;
        public Entries Entries;
    }

    /// <summary>Notes a change, and tells whoever follows the client how long the log is then.</summary>
    public void Append(ref ChangeLogState log, in PageChange change, ClientTracking? tracking = null)
    {
        lock (_lock)
        {
            if (log.Last == 0 || arena.Cell<Chunk>(log.Last).Count == EntriesPerChunk)
            {
                uint added = heap.Take(ChunkCells);
                if (added == 0)
                {
                    log.HasOverflowed = 1;
                    return;
                }

                arena.Cell<Chunk>(added) = default;
                if (log.Last == 0)
                {
                    log.First = added;
                }
                else
                {
                    arena.Cell<Chunk>(log.Last).Next = added;
                }

                log.Last = added;
            }

            ref Chunk chunk = ref arena.Cell<Chunk>(log.Last);
            chunk.Entries[(int)chunk.Count++] = change;
            log.Count++;
            tracking?.Note(log.Count);
        }
    }

    /// <summary>Takes the first entry out; false when there is none. Not for a log that is read by <see cref="TryPeek"/>.</summary>
    public bool TryTake(ref ChangeLogState log, ClientTracking tracking, out PageChange change)
    {
        lock (_lock)
        {
            if (log.Count == 0)
            {
                change = default;
                return false;
            }

            uint first = log.First;
            change = arena.Cell<Chunk>(first).Entries[(int)log.Passed++];
            log.Count--;
            tracking.Note(log.Count);
            if (log.Passed == EntriesPerChunk)
            {
                log.First = arena.Cell<Chunk>(first).Next;
                log.Last = log.First == 0 ? 0 : log.Last;
                log.Passed = 0;
                heap.Release(first, ChunkCells);
            }

            return true;
        }
    }

    /// <summary>The first entry that was not passed yet; false behind the last.</summary>
    public bool TryPeek(ref ChangeLogState log, out PageChange change)
    {
        lock (_lock)
        {
            if (log.ReadChunk == 0)
            {
                log.ReadChunk = log.First;
                log.Passed = 0;
            }
            else if (log.Passed == EntriesPerChunk && arena.Cell<Chunk>(log.ReadChunk).Next != 0)
            {
                log.ReadChunk = arena.Cell<Chunk>(log.ReadChunk).Next;
                log.Passed = 0;
            }

            bool isFound = log.ReadChunk != 0 && log.Passed < arena.Cell<Chunk>(log.ReadChunk).Count;
            change = isFound ? arena.Cell<Chunk>(log.ReadChunk).Entries[(int)log.Passed] : default;
            return isFound;
        }
    }

    /// <summary>Goes behind the entry that was peeked at.</summary>
    public void Pass(ref ChangeLogState log)
    {
        lock (_lock)
        {
            log.Passed++;
        }
    }

    /// <summary>Begins anew with the first entry.</summary>
    public void Restart(ref ChangeLogState log)
    {
        lock (_lock)
        {
            log.ReadChunk = 0;
        }
    }

    /// <summary>Forgets all entries.</summary>
    public void Clear(ref ChangeLogState log) => TryClearSome(ref log, int.MaxValue);

    /// <summary>Forgets entries, until so many chunks are free.</summary>
    /// <returns>Whether there are more.</returns>
    public bool TryClearSome(ref ChangeLogState log, int chunks)
    {
        lock (_lock)
        {
            for (; log.First != 0 && chunks > 0; chunks--)
            {
                uint next = arena.Cell<Chunk>(log.First).Next;
                heap.Release(log.First, ChunkCells);
                log.First = next;
            }

            if (log.First != 0)
            {
                return true;
            }

            log = default;
            return false;
        }
    }
}
