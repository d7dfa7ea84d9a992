namespace TmemCore.Store;

/// <summary>Walks for <see cref="PageStore.Verify"/>.</summary>
internal sealed partial class Shard
{
    /// <summary>Calls <paramref name="visit"/> for each object, and whether it is detached.</summary>
    /// <returns>The cells that crowded buckets of the index have taken besides.</returns>
    public long VisitObjects(Action<uint, bool> visit)
    {
        uint overflows = _objects.Visit((cell, _) => visit(cell, false)) + _leaves.Visit(static (_, _) => { });
        for (uint cell = Record.FirstDetached; cell != 0; cell = Object(cell).Next)
        {
            visit(cell, true);
        }

        return overflows;
    }

    /// <summary>Calls <paramref name="visit"/> with index and descriptor of each page of an object.</summary>
    /// <returns>The cells of the object's leaves.</returns>
    public long VisitPages(uint objectCell, Action<uint, uint> visit)
    {
        ObjectRecord record = Object(objectCell);
        if (record.FirstLeaf == 0)
        {
            visit(record.OnlyIndex, record.OnlyPage);
            return 0;
        }

        long cells = 0;
        for (uint leaf = record.FirstLeaf; leaf != 0; leaf = Leaf(leaf).Next)
        {
            LeafRecord header = Leaf(leaf);
            cells += header.Cells;
            for (int bit = 0; bit < LeafRecord.Span; bit++)
            {
                if (((header.Present >> bit) & 1) != 0)
                {
                    visit((header.LeafIndex * LeafRecord.Span) + (uint)bit, Entries(leaf)[header.PlaceOf(bit)]);
                }
            }
        }

        return cells;
    }

    /// <summary>Checks that the objects with leaves are those with the mark in the index, and how many these are.</summary>
    public void VerifyMarks(List<string> problems)
    {
        uint marked = 0;
        _objects.Visit((cell, isMarked) =>
        {
            marked += isMarked ? 1U : 0;
            if (isMarked != (Object(cell).FirstLeaf != 0))
            {
                problems.Add($"Shard {Number}: object {cell} is {(isMarked ? "marked and has no leaf" : "not marked and has leaves")}.");
            }
        });
        if (marked != Record.Objects.Marked || Record.Leaves.Marked != 0)
        {
            problems.Add($"Shard {Number}: {marked} objects are marked in the index, {Record.Objects.Marked} counted, and {Record.Leaves.Marked} leaves.");
        }
    }

    /// <summary>The leaves of an object.</summary>
    public long CountLeaves(uint objectCell)
    {
        long leaves = 0;
        for (uint leaf = Object(objectCell).FirstLeaf; leaf != 0; leaf = Leaf(leaf).Next)
        {
            leaves++;
        }

        return leaves;
    }

    /// <summary>Checks the list of a pool's objects, and its count of leaves.</summary>
    public void VerifyObjectList(uint poolShard, List<string> problems)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        uint objects = 0;
        uint previous = 0;
        long leaves = 0;
        for (uint cell = pool.FirstObject; cell != 0 && objects <= pool.Objects; cell = Object(cell).Next)
        {
            if (Object(cell).Previous != previous || Object(cell).PoolShard != poolShard)
            {
                problems.Add($"Shard {Number}: the list of the objects of pool {pool.Pool} is broken at {cell}.");
            }

            objects++;
            leaves += CountLeaves(cell);
            previous = cell;
        }

        for (uint cell = Record.FirstDetached; cell != 0; cell = Object(cell).Next)
        {
            leaves += Object(cell).PoolShard == poolShard ? CountLeaves(cell) : 0;
        }

        if (objects != pool.Objects || leaves != pool.Leaves)
        {
            problems.Add(
                $"Shard {Number}: pool {pool.Pool} lists {objects} objects with {leaves} leaves, {pool.Objects} and {pool.Leaves} counted.");
        }
    }

    /// <summary>Calls <paramref name="visit"/> for each page that a pool's list of ages holds, oldest first.</summary>
    /// <returns>How many there are in good order, and how many entries, stale ones included.</returns>
    public (long Pages, long Entries) VisitAges(uint poolShard, Action<uint> visit)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        (long pages, long entries) = VisitAges(pool.Ages, isMain: false, visit);
        if (pool.Main != 0)
        {
            (long mainPages, long mainEntries) = VisitAges(Queue(pool.Main).Ages, isMain: true, visit);
            pages = mainPages == Queue(pool.Main).Pages ? pages + mainPages : -1;
            entries += mainEntries;
        }

        return (pages, entries);
    }

    private (long Pages, long Entries) VisitAges(in AgeList list, bool isMain, Action<uint> visit)
    {
        long pages = 0;
        long entries = 0;
        ulong last = 0;
        for (uint cell = list.First; cell != 0; cell = Chunk(cell).Next)
        {
            AgeChunk chunk = Chunk(cell);
            bool isMisplaced = chunk.Count == 0 && cell == list.First && list.Entries != 0;
            entries += isMisplaced ? 1 : 0; // An empty chunk before others must not be: the sum will tell.
            entries += chunk.Count;
            for (int i = chunk.First; i < chunk.End; i++)
            {
                ulong sequence = chunk.Base + chunk.Entries[i].Delta;
                if (Holds(chunk, chunk.Entries[i]) && sequence > last && Descriptor(chunk.Entries[i].Page).IsInMain == isMain)
                {
                    visit(chunk.Entries[i].Page);
                    pages++;
                }

                last = sequence;
            }
        }

        return (pages, entries);
    }

    /// <summary>The cells of a pool's lists of ages.</summary>
    public long AgeCellsOf(uint poolShard)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        return ChunkCellsOf(pool.Ages) + (pool.Main == 0 ? 0 : 1 + ChunkCellsOf(Queue(pool.Main).Ages));
    }

    private long ChunkCellsOf(in AgeList list)
    {
        long cells = 0;
        for (uint cell = list.First; cell != 0; cell = Chunk(cell).Next)
        {
            cells += AgeChunk.Cells;
        }

        return cells;
    }

    /// <summary>Checks the heap of ages and what is published of it.</summary>
    public void VerifyAges(List<string> problems)
    {
        for (uint place = 0; place < Record.AgeHeapCount; place++)
        {
            if (PoolShard(HeapAt(place)).HeapPlace != place + 1 || EntriesOf(HeapAt(place)) == 0)
            {
                problems.Add($"Shard {Number}: pool {PoolShard(HeapAt(place)).Pool} is not where the heap of ages has it.");
            }

            if (place > 0 && AgeAt(place) < AgeAt((place - 1) / 2))
            {
                problems.Add($"Shard {Number}: the heap of ages is out of order at {place}.");
            }
        }

        ulong oldest = Record.AgeHeapCount == 0 ? NoSequence : AgeAt(0);
        if (oldest != OldestSequence)
        {
            problems.Add($"Shard {Number}: its oldest page is of age {oldest}, {OldestSequence} is published.");
        }
    }
}
