using System.Collections;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>Walks every structure and compares what different places say of the same thing.</summary>
internal sealed partial class PageStore
{
    /// <summary>The broken invariants, none if all is well. Everything stands still meanwhile.</summary>
    public List<string> Verify()
    {
        lock (Control)
        {
            RequireLive();
            EnterAllShards();
            try
            {
                return new StoreVerifier(this).Run();
            }
            finally
            {
                ExitAllShards();
            }
        }
    }

    /// <summary>What a part of the store was found to hold.</summary>
    private readonly record struct Found(long Pages, long Cells, long Objects, long Bytes, long Packed, long PackedBytes, int Shards)
    {
        public static Found operator +(Found left, Found right) => new(
            left.Pages + right.Pages,
            left.Cells + right.Cells,
            left.Objects + right.Objects,
            left.Bytes + right.Bytes,
            left.Packed + right.Packed,
            left.PackedBytes + right.PackedBytes,
            left.Shards + right.Shards);
    }

    /// <summary>One walk; all locks are held.</summary>
    private sealed class StoreVerifier(PageStore store)
    {
        private readonly List<string> _problems = [];
        private readonly BitArray _usedFrames = new((int)Math.Min(store._frames.Fresh, int.MaxValue));
        private readonly HashSet<uint> _usedNumbers = [];
        private readonly Dictionary<uint, Found> _pools = [];
        private readonly Dictionary<uint, (long Charged, long Ephemeral)> _owners = [];
        private readonly Dictionary<uint, long> _published = [];
        private long _pages;
        private long _slots;
        private long _wholeFrames;
        private long _coldPages;
        private PackedCounts _packedOfShard;

        public List<string> Run()
        {
            foreach (Shard shard in store._shards)
            {
                VerifyShard(shard);
            }

            VerifyPools();
            VerifyClients();
            VerifyFrames();
            VerifyBudget();
            return _problems;
        }

        private void Require(bool holds, string problem)
        {
            if (!holds)
            {
                _problems.Add(problem);
            }
        }

        private void VerifyShard(Shard shard)
        {
            long cells = 0;
            long objects = 0;
            long pages = 0;
            long leaves = 0;
            uint pools = 0;
            long ephemeral = 0;
            _coldPages = 0;
            _packedOfShard = default;
            long ephemeralBytes = 0;
            long persistentBytes = 0;
            var perPool = new Dictionary<uint, Found>();
            long overflows = shard.VisitObjects((cell, isDetached) =>
            {
                ref ObjectRecord record = ref shard.Object(cell);
                Found found = VerifyObject(shard, cell) with { Objects = isDetached ? 0 : 1 };
                perPool[record.PoolShard] = perPool.GetValueOrDefault(record.PoolShard) + found;
                cells += found.Cells;
                pages += found.Pages;
                leaves += shard.CountLeaves(cell);
                objects += isDetached ? 0 : 1;
            });
            cells += overflows;
            for (uint pool = 0; pool < store.Host.PoolsReached; pool++)
            {
                uint poolShard = shard.PoolShardOf(pool);
                if (poolShard != 0)
                {
                    pools++;
                    bool isPersistent = store.Pool(pool).IsPersistent;
                    Found found = perPool.GetValueOrDefault(poolShard);
                    ephemeral += isPersistent ? 0 : shard.PoolShard(poolShard).Pages;
                    ephemeralBytes += isPersistent ? 0 : found.Bytes;
                    persistentBytes += isPersistent ? found.Bytes : 0;
                    cells += PoolShardRecord.Cells + shard.AgeCellsOf(poolShard);
                    VerifyPoolShard(shard, pool, poolShard, found);
                }
            }

            ref ShardRecord totals = ref shard.Record;
            Require(
                pages == (long)totals.EphemeralPages + totals.PersistentPages && ephemeral == totals.EphemeralPages,
                $"Shard {shard.Number}: {pages} pages are indexed, {ephemeral} of them ephemeral; {totals.EphemeralPages} + {totals.PersistentPages} counted.");
            Require(
                (ulong)ephemeralBytes == totals.EphemeralBytes && (ulong)persistentBytes == totals.PersistentBytes,
                $"Shard {shard.Number}: its pages take {ephemeralBytes} + {persistentBytes} bytes; {totals.EphemeralBytes} + {totals.PersistentBytes} counted.");
            VerifyPackedCounts(shard.Number, totals.Packed);
            ulong otherEvictions = 0;
            foreach (ulong evictions in totals.OtherEvictions)
            {
                otherEvictions += evictions;
            }

            Require(otherEvictions <= totals.Evictions, $"Shard {shard.Number}: {totals.Evictions} evictions are counted, and reasons for {otherEvictions}.");
            Require(pools == totals.PoolShardCount, $"Shard {shard.Number}: it has records of {pools} pools, {totals.PoolShardCount} counted.");
            Require(leaves == totals.LeafCount, $"Shard {shard.Number}: {leaves} leaves are indexed, {totals.LeafCount} counted.");
            Require(
                objects == totals.Objects.Count && leaves == totals.Leaves.Count,
                $"Shard {shard.Number}: the tables of the index count {totals.Objects.Count} objects and {totals.Leaves.Count} leaves.");
            shard.VerifyMarks(_problems);
            Require(objects == totals.ObjectCount, $"Shard {shard.Number}: {objects} objects are indexed, {totals.ObjectCount} counted.");
            Require(cells == shard.CellsInUse, $"Shard {shard.Number}: {cells} cells are in use, {shard.CellsInUse} counted.");
            Require(_coldPages == totals.Shelf.ColdPages, $"Shard {shard.Number}: {_coldPages} pages are cold, {totals.Shelf.ColdPages} counted.");
            shard.VerifyAges(_problems);
            _pages += pages;
        }

        private void VerifyPackedCounts(int shard, in PackedCounts counted)
        {
            for (int codec = 0; codec < PackedCounts.Length; codec++)
            {
                (PackedCount found, PackedCount count) = (_packedOfShard[codec], counted[codec]);
                Require(
                    found.Pages == count.Pages && found.Bytes == count.Bytes,
                    $"Shard {shard}: {found.Pages} pages are packed as {(Codecs.PageCodecId)codec} into {found.Bytes} bytes; {count.Pages} and {count.Bytes} counted.");
            }
        }

        private Found VerifyObject(Shard shard, uint cell)
        {
            ref ObjectRecord record = ref shard.Object(cell);
            uint pool = shard.PoolShard(record.PoolShard).Pool;
            ulong hash = store._hash.OfObject(pool, record.Id);
            Require(hash == record.FullHash, $"Object {record.Id} of pool {pool}: its hash does not fit its name.");
            Require(store.ShardOf(hash) == shard, $"Object {record.Id} of pool {pool} is in shard {shard.Number}, where it does not belong.");
            bool isDetached = (record.Flags & ObjectFlags.IsDetached) != 0;
            Require(isDetached || shard.FindObject(record.PoolShard, record.Id, hash) == cell, $"Object {record.Id} of pool {pool} cannot be found by its name.");
            Require(record.Pages != 0, $"Object {record.Id} of pool {pool} holds no page.");
            var found = default(Found);
            ObjectId id = record.Id;
            long leafCells = shard.VisitPages(cell, (index, page) =>
            {
                found += VerifyPage(shard, cell, id, index, page);
            });
            Require(found.Pages == record.Pages, $"Object {id} of pool {pool}: {found.Pages} pages are indexed, {record.Pages} counted.");
            return found with { Cells = 1 + leafCells };
        }

        private Found VerifyPage(Shard shard, uint cell, ObjectId id, uint index, uint descriptor)
        {
            PageDescriptor page = shard.Descriptor(descriptor);
            Require(page.Object == cell && page.Index == index, $"Page {index} of object {id}: its descriptor {descriptor} names another page.");
            ref ObjectRecord record = ref shard.Object(cell);
            Require(
                (record.Flags & ObjectFlags.IsDetached) != 0
                    || shard.FindPage(record.PoolShard, id, record.FullHash, index, hints: null, out _) == descriptor,
                $"Page {index} of object {id} cannot be found by its index.");
            bool isPersistent = store.Pool(shard.PoolShard(shard.Object(cell).PoolShard).Pool).IsPersistent;
            Require(isPersistent ? page.Sequence == page.NotedIn && page.NotedIn <= store._ages.Now : page.Sequence != 0, $"Page {index} of object {id}: its age is {page.Sequence}.");
            return descriptor < store._firstPacked
                ? VerifyFrame(id, index, descriptor)
                : VerifyPacked(shard, id, index, descriptor);
        }

        private Found VerifyPacked(Shard shard, ObjectId id, uint index, uint page)
        {
            PackedPages packed = store._packed;
            if (!packed.IsInUse(page) || !_usedNumbers.Add(page))
            {
                _problems.Add($"Page {index} of object {id}: number {page} is not in use or belongs to two pages.");
                return default;
            }

            Require(packed.ShardOf(page) == shard.Number, $"Page {index} of object {id}: number {page} belongs to shard {packed.ShardOf(page)}.");
            uint owner = shard.PoolShard(shard.Object(shard.Descriptor(page).Object).PoolShard).Pool;
            PackedForm form = packed.FormOf(page);
            Require(
                form.Tag == 0 || (form.Length < ArenaLayout.PageBytes && !store.Pool(owner).IsPersistent && !store.Pool(owner).IsExclusive),
                $"Page {index} of object {id}: it is no entry of a retaining pool, and has the tag {form.Tag}.");
            uint frame = packed.FrameOf(page);
            if (frame != FrameAllocator.None)
            {
                return VerifyFrame(id, index, frame) with { Bytes = packed.SizeOf(page) };
            }

            _slots += form.Bytes == 0 ? 0 : 1;
            _coldPages += packed.IsCold(page) ? 1 : 0;
            _packedOfShard[(int)form.Codec].Pages++;
            _packedOfShard[(int)form.Codec].Bytes += (ulong)form.Bytes;
            Require(packed.HoldsSlot(page), $"Page {index} of object {id}: the slot of number {page} names another holder.");
            return new Found { Pages = 1, Bytes = packed.SizeOf(page), Packed = 1, PackedBytes = form.Bytes };
        }

        private Found VerifyFrame(ObjectId id, uint index, uint frame)
        {
            if (frame >= _usedFrames.Length || _usedFrames[(int)frame])
            {
                _problems.Add($"Page {index} of object {id}: frame {frame} does not exist or belongs to two pages.");
                return default;
            }

            _usedFrames[(int)frame] = true;
            _wholeFrames++;
            Require(!store._frames.IsFree(frame) && !store._frames.IsAbsent(frame), $"Page {index} of object {id}: frame {frame} is marked free.");
            return new Found { Pages = 1, Bytes = ArenaLayout.PageBytes };
        }

        private void VerifyPoolShard(Shard shard, uint pool, uint poolShard, Found found)
        {
            PoolShardRecord record = shard.PoolShard(poolShard);
            Require(record.Pool == pool, $"Pool {pool} in shard {shard.Number}: the record names pool {record.Pool}.");
            Require(record.Pages == found.Pages, $"Pool {pool} in shard {shard.Number}: {found.Pages} pages are indexed, {record.Pages} counted.");
            Require(
                record.PackedPages == found.Packed && (long)record.PackedBytes == found.PackedBytes,
                $"Pool {pool} in shard {shard.Number}: {found.Packed} pages are packed into {found.PackedBytes} bytes; {record.PackedPages} and {record.PackedBytes} counted.");
            Require(record.Objects == found.Objects, $"Pool {pool} in shard {shard.Number}: {found.Objects} objects are indexed, {record.Objects} counted.");
            shard.VerifyObjectList(poolShard, _problems);
            VerifyUse(shard, pool, record);
            if (store.Pool(pool).State == PoolState.Dying)
            {
                // Nobody looks at the ages of a pool that is being destroyed; they go after its pages.
                AddToPool(pool, found);
                return;
            }

            bool isPersistent = store.Pool(pool).IsPersistent;
            (long listed, long entries) = shard.VisitAges(poolShard, page => Require(
                shard.Object(shard.Descriptor(page).Object).PoolShard == poolShard,
                $"Pool {pool} in shard {shard.Number}: page {page} of another pool is listed."));
            Require(listed == (isPersistent ? 0 : record.Pages), $"Pool {pool} in shard {shard.Number}: {listed} pages are listed by age, {record.Pages} counted.");
            Require(entries == shard.EntriesOf(poolShard), $"Pool {pool} in shard {shard.Number}: {entries} ages are listed, {shard.EntriesOf(poolShard)} counted.");
            Require(entries == 0 || record.HeapPlace != 0, $"Pool {pool} in shard {shard.Number} is not in the heap of ages.");
            AddToPool(pool, found);
        }

        private void VerifyUse(Shard shard, uint pool, in PoolShardRecord record)
        {
            long cells = store.Pool(pool).IsPersistent ? 0 : CellsUsed(record, 0);
            long most = store.HasCap(pool) ? 1 : store._portionCells;
            Require(
                Math.Abs(cells - record.PublishedCells) < most,
                $"Pool {pool} in shard {shard.Number}: it takes {cells} cells, {record.PublishedCells} of them are in its owner's account.");
            uint owner = store.Pool(pool).Owner;
            _published[owner] = _published.GetValueOrDefault(owner) + ((long)record.PublishedCells * ArenaLayout.CellBytes);
        }

        private void AddToPool(uint pool, Found found)
        {
            _pools[pool] = _pools.GetValueOrDefault(pool) + found with
            {
                Cells = found.Cells + PoolShardRecord.Cells,
                Shards = found.Pages > 0 ? 1 : 0,
            };
        }

        private void VerifyPools()
        {
            long ephemeral = 0;
            for (uint pool = 0; pool < store.Host.PoolsReached; pool++)
            {
                PoolRecord record = store.Pool(pool);
                Found found = _pools.GetValueOrDefault(pool);
                if (record.State == PoolState.Free)
                {
                    Require(found.Pages == 0, $"Pool {pool} is free and holds {found.Pages} pages.");
                    continue;
                }

                Require(record.ShardsWithPages == found.Shards, $"Pool {pool}: {found.Shards} shards hold pages, {record.ShardsWithPages} counted.");
                long charge = record.IsPersistent ? ChargeFor(pool, found) : 0;
                Require(record.ChargedBytes == charge, $"Pool {pool}: {charge} bytes are due, {record.ChargedBytes} charged.");
                Require(!store._isXen || record.Pages.Now == found.Pages, $"Pool {pool}: {found.Pages} pages are indexed, {record.Pages.Now} counted exactly.");
                Require(!store._isXen || record.Objects.Now == found.Objects, $"Pool {pool}: {found.Objects} objects are indexed, {record.Objects.Now} counted exactly.");
                ephemeral += record.IsPersistent ? 0 : found.Pages;
                VerifyPuts(pool, record);
                VerifyOwner(pool, record, found.Pages);
            }

            Require(!store._isXen || store._ephemeral.Now == ephemeral, $"{ephemeral} ephemeral pages are indexed, {store._ephemeral.Now} counted exactly.");
            Require(!store._isXen || store._pages.Now == _pages, $"{_pages} pages are indexed, {store._pages.Now} counted exactly.");
            Require(!store._isXen || store._dataFrames.Now == _wholeFrames, $"{_wholeFrames} frames hold whole pages, {store._dataFrames.Now} counted exactly.");
        }

        private void VerifyPuts(uint pool, in PoolRecord record)
        {
            PoolCounters counters = store.CountersOf(pool).Counters;
            ulong refusals = 0;
            foreach (ulong count in record.Refusals)
            {
                refusals += count;
            }

            refusals -= record.Refusals[(int)RefusalReason.Reserve];
            Require(
                counters.Puts == counters.PutsStored + refusals,
                $"Pool {pool}: of {counters.Puts} puts {counters.PutsStored} stored the page; {refusals} refusals are counted.");
        }

        private void VerifyOwner(uint pool, in PoolRecord record, long pages)
        {
            (long charged, long ephemeral) = _owners.GetValueOrDefault(record.Owner);
            _owners[record.Owner] = (charged + record.ChargedBytes, ephemeral + (record.IsPersistent ? 0 : pages));
            if (record.State != PoolState.Live)
            {
                return;
            }

            Require(
                record.OwnerState == store.OwnerStateOf(record.Owner),
                $"Pool {pool}: its owner's state is noted as {record.OwnerState}, it is {store.OwnerStateOf(record.Owner)}.");
            Require(
                store.PackingOf(pool)?.Codec == Codecs.PageCodec.For(store.EffectiveCompression(pool)),
                $"Pool {pool}: its puts do not follow the setting {store.EffectiveCompression(pool)}.");
            Require(
                store.Client(record.Owner).Pools[(int)record.OwnerSlot] == pool + 1,
                $"Pool {pool}: its owner {record.Owner} does not have it as pool id {record.OwnerSlot}.");
        }

        /// <summary>An object that waits to be emptied is no longer charged for its place in the index.</summary>
        private long ChargeFor(uint pool, Found found)
        {
            long detached = 0;
            foreach (Shard shard in store._shards)
            {
                uint poolShard = shard.PoolShardOf(pool);
                for (uint cell = shard.Record.FirstDetached; cell != 0; cell = shard.Object(cell).Next)
                {
                    detached += shard.Object(cell).PoolShard == poolShard ? 1 : 0;
                }
            }

            return store.ChargeOf(found.Bytes, (int)found.Pages, (int)found.Cells, (int)(found.Objects + detached));
        }

        private void VerifyClients()
        {
            uint count = 0;
            uint previous = PoolRecord.None;
            long reserved = 0;
            long promised = 0;
            store.VisitClients(number =>
            {
                ClientRecord record = store.Client(number);
                Require(record.Previous == previous, $"Client {record.Id}: the list of clients is broken.");
                for (int slot = 0; slot < ClientRecord.PoolSlots; slot++)
                {
                    VerifySlot(number, slot, record.Pools[slot]);
                }

                (long charged, long ephemeral) = _owners.GetValueOrDefault(number);
                Require(record.PersistentBytes == charged, $"Client {record.Id}: {charged} bytes are due for its pools, {record.PersistentBytes} charged.");
                Require(
                    !store._isXen || record.EphemeralPages.Now == ephemeral,
                    $"Client {record.Id}: it has {ephemeral} ephemeral pages, {record.EphemeralPages.Now} counted exactly.");
                Require(
                    store._shares.BytesOf(number) == _published.GetValueOrDefault(number),
                    $"Client {record.Id}: its pools count {_published.GetValueOrDefault(number)} bytes, its account {store._shares.BytesOf(number)}.");
                reserved += record.ReservationBytes;
                promised += Math.Max(record.PersistentBytes, record.ReservationBytes);
                previous = number;
                count++;
            });
            Require(count == store.Host.ClientCount, $"{count} clients are listed, {store.Host.ClientCount} counted.");
            Require(
                reserved == store._reserved && promised == store._persistentCommitted,
                $"{reserved} bytes are reserved and {promised} promised, {store._reserved} and {store._persistentCommitted} counted.");
        }

        private void VerifySlot(uint client, int slot, uint poolPlusOne)
        {
            if (poolPlusOne == 0)
            {
                return;
            }

            PoolRecord pool = store.Pool(poolPlusOne - 1);
            Require(pool.State == PoolState.Live, $"Client {client}, pool id {slot}: pool {poolPlusOne - 1} does not live.");
            bool isOwner = pool.Owner == client && pool.OwnerSlot == slot;
            Require(isOwner || pool.IsShared, $"Client {client}, pool id {slot}: the private pool {poolPlusOne - 1} belongs to client {pool.Owner}.");
            if (pool.IsShared)
            {
                bool isSharer = false;
                for (uint cell = pool.FirstSharer; cell != 0; cell = store.Sharer(cell).Next)
                {
                    isSharer |= store.Sharer(cell).Client == client && store.Sharer(cell).Slot == slot;
                }

                Require(isSharer, $"Client {client}, pool id {slot}: it is not among the sharers of pool {poolPlusOne - 1}.");
                Require(store.SharedSlot(pool.SharedSlot).PoolPlusOne == poolPlusOne, $"Pool {poolPlusOne - 1}: its place among the shared pools belongs to another.");
            }
        }

        private void VerifyFrames()
        {
            long free = 0;
            long absent = 0;
            for (uint frame = 0; frame < store._frames.Fresh; frame++)
            {
                free += store._frames.IsFree(frame) ? 1 : 0;
                absent += store._frames.IsAbsent(frame) ? 1 : 0;
                Require(!store._frames.IsFree(frame) || !store._frames.IsAbsent(frame), $"Frame {frame} is free and absent.");
                Require(!store._frames.IsFree(frame) || store._frames.IsInSummary(frame), $"Frame {frame} is free and cannot be found.");
            }

            long inHand = Interlocked.Read(ref store._framesInHand);
            Require(free == store._frames.FreeCount, $"{free} frames are free, {store._frames.FreeCount} counted.");
            Require(absent == store._frames.Fresh - store._frames.ResidentCount, $"{absent} frames are absent, {store._frames.Fresh - store._frames.ResidentCount} counted.");
            long spans = store._spans.FramesHeld;
            Require(
                _wholeFrames + spans + free + absent + inHand == store._frames.Fresh,
                $"{_wholeFrames} frames hold pages, {spans} spans, {free} are free, {absent} absent, {inHand} in hand; together there are {store._frames.Fresh}.");
            Require(_slots == store._spans.SlotsInUse, $"{_slots} pages are in slots, {store._spans.SlotsInUse} slots are in use.");
        }

        private void VerifyBudget()
        {
            long metadata = store.TableBytes() + ((long)store._cellPages.CommittedCount * ArenaLayout.PageBytes);
            Require(metadata == store.MetadataBytes, $"{metadata} bytes of metadata are committed, {store.MetadataBytes} counted.");
            long committed = metadata + (store._frames.ResidentCount * ArenaLayout.PageBytes);
            Require(committed == store._budget.CommittedBytes, $"{committed} bytes are committed, {store._budget.CommittedBytes} counted.");
            Require(store._budget.LimitBytes <= store._capacityBytes, $"The limit is {store._budget.LimitBytes} bytes, more than the capacity of {store._capacityBytes}.");
            Require(
                committed <= Math.Max(store._budget.LimitBytes, store._governor is null ? 0 : store._ceilingBytes),
                $"{committed} bytes are committed, more than the limit of {store._budget.LimitBytes}.");
        }
    }

    private long TableBytes()
    {
        long bytes = FixedTableBytes();
        foreach (Shard shard in _shards)
        {
            bytes += shard.TableBytes;
        }

        return bytes;
    }

    /// <summary>Bytes committed for tables that are never shortened.</summary>
    private long FixedTableBytes() => _clientTable.CommittedBytes
        + _poolTable.CommittedBytes
        + _sharedTable.CommittedBytes
        + _directoryTable.CommittedBytes
        + _headerTable.CommittedBytes
        + _shardTable.CommittedBytes
        + _frames.TableBytes
        + _spans.TableBytes
        + _packed.TableBytes
        + _ghosts.CommittedBytes
        + _cellPages.TableBytes;
}
