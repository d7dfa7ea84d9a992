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
}

/// <summary>A persistent page that has gone while its client was migrating.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PageChange(uint PoolId, uint Index, ObjectId ObjectId);

/// <summary>
/// The handles of persistent pages that left the store while their client was migrating, in order of removal. Cells of a heap
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

    /// <summary>Notes a removal.</summary>
    public void Append(ref ChangeLogState log, in PageChange change)
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
        }
    }

    /// <summary>Reads the entry with a given position; false behind the last.</summary>
    public bool TryRead(ref ChangeLogState log, uint position, out PageChange change)
    {
        lock (_lock)
        {
            uint chunk = log.First;
            for (; chunk != 0 && position >= EntriesPerChunk; position -= EntriesPerChunk)
            {
                chunk = arena.Cell<Chunk>(chunk).Next;
            }

            bool found = chunk != 0 && position < arena.Cell<Chunk>(chunk).Count;
            change = found ? arena.Cell<Chunk>(chunk).Entries[(int)position] : default;
            return found;
        }
    }

    /// <summary>Forgets all entries.</summary>
    public void Clear(ref ChangeLogState log)
    {
        lock (_lock)
        {
            for (uint chunk = log.First; chunk != 0;)
            {
                uint next = arena.Cell<Chunk>(chunk).Next;
                heap.Release(chunk, ChunkCells);
                chunk = next;
            }

            log = default;
        }
    }
}
