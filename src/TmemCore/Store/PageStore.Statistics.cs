using TmemCore.Codecs;
using TmemCore.Memory;
using TmemCore.Statistics;

namespace TmemCore.Store;

/// <summary>Counters, added up on demand. The control lock is held by the caller; shards are read one after the other.</summary>
internal sealed partial class PageStore
{
    /// <summary>The host's totals, unless it is disposed; no lock is held on entry.</summary>
    public HostStatistics? TryReadStatistics(bool withLatency)
    {
        lock (Control)
        {
            return _isDisposed ? null : HostStatistics(withLatency);
        }
    }

    /// <summary>Calls <paramref name="visit"/> with the totals of each client, unless the host is disposed; no lock is held on entry.</summary>
    public void VisitClientStatistics(Action<ClientStatistics> visit)
    {
        lock (Control)
        {
            if (!_isDisposed)
            {
                VisitClients(client => visit(ClientStatistics(client)));
            }
        }
    }

    /// <summary>The host's totals.</summary>
    public HostStatistics HostStatistics(bool withLatency = true)
    {
        ShardRecord sum = SumOfShards();
        PackedCount packed = sum.Packed.Sum;
        long pages = (long)sum.EphemeralPages + sum.PersistentPages;
        long operations = Interlocked.Read(ref _controlOperations);
        return new HostStatistics
        {
            CapacityBytes = _capacityBytes,
            CommittedBytes = _budget.CommittedBytes,
            MetadataBytes = MetadataBytes,
            Memory = MemoryStatistics((long)sum.PersistentBytes),
            Operations = operations + (long)sum.Operations,
            FailedOperations = Interlocked.Read(ref _controlErrors) + (long)sum.Errors,
            FailedCopies = Interlocked.Read(ref _failedCopies),
            FreeFrames = FreeCachedFrames(),
            Puts = (long)sum.Puts,
            Refusals = Told(sum.Refusals, Interlocked.Read(ref _unavailablePuts)),
            Gets = (long)(sum.GetHits + sum.GetMisses + sum.FailedGets),
            GetHits = (long)sum.GetHits,
            Flushes = (long)sum.Flushes,
            Evictions = (long)sum.Evictions,
            EvictionReasons = Told(sum.Evictions, sum.OtherEvictions),
            EvictionAttempts = (long)sum.Evictions + Interlocked.Read(ref _evictionFailures),
            EphemeralPages = sum.EphemeralPages,
            EphemeralPagesMax = _isXen ? _ephemeral.Maximum : sum.MaxEphemeralPages,
            Clients = (int)Host.ClientCount,
            Objects = _isXen ? _objects.Now : sum.ObjectCount,
            ObjectsMax = _isXen ? _objects.Maximum : sum.MaxObjects,
            Nodes = sum.LeafCount,
            NodesMax = sum.MaxLeaves,
            Pages = pages,
            PagesMax = _isXen ? _pages.Maximum : sum.MaxPages,
            DataBytes = (long)(sum.EphemeralBytes + sum.PersistentBytes),
            PackedPages = (long)packed.Pages,
            PackedBytes = (long)packed.Bytes,
            Packed = Told(sum.Packed),
            PutsIncompressible = (long)sum.PutsPoor,
            PackedFrames = _spans.FramesHeld,
            DataFrames = _isXen ? _dataFrames.Now : pages - (long)packed.Pages,
            DataFramesMax = _isXen ? _dataFrames.Maximum : sum.MaxPages,
            GiveBacks = _giveBacks,
            FramesGivenBack = _framesGivenBack,
            GiveBackEvictionsMax = _mostEvictionsPerGiveBack,
            NewEphemeralPuts = (long)sum.NewEphemeralPuts,
            Latency = withLatency ? _latency.Read() : new LatencyStatistics(),
            ColdPages = sum.Shelf.ColdPages,
            ColdReads = (long)sum.Shelf.ColdReads,
            ColdRecompressions = _coldWalk?.Recompressions ?? 0,
            ColdBytesSaved = _coldWalk?.SavedBytes ?? 0,
            ColdWorkTime = _coldWalk?.WorkTime ?? TimeSpan.Zero,
        };
    }

    /// <summary>A client's settings and totals.</summary>
    public ClientStatistics ClientStatistics(uint client)
    {
        ref ClientRecord record = ref Client(client);
        long ephemeralHits = (long)record.PastEphemeralHits;
        long persistentPuts = (long)record.PastPersistentPuts;
        long persistentHits = (long)record.PastPersistentHits;
        long ephemeralPages = 0;
        long ephemeralCells = 0;
        long ephemeralPagesMax = 0;
        long packedPages = 0;
        long packedBytes = 0;
        long poorPuts = 0;
        long dataBytes = 0;
        var evictions = (long)record.PastEvictions;
        for (int slot = 0; slot < ClientRecord.PoolSlots; slot++)
        {
            uint pool = record.Pools[slot];
            if (pool == 0 || Pool(pool - 1).Owner != client || Pool(pool - 1).OwnerSlot != slot)
            {
                continue;
            }

            PoolShardRecord sum = SumOfPool(pool - 1, out long evicted);
            long puts = (long)(sum.Counters.PutsStored - Pool(pool - 1).CreditedPuts);
            long hits = (long)(sum.Counters.GetHits - Pool(pool - 1).CreditedGets);
            bool isPersistent = Pool(pool - 1).IsPersistent;
            persistentPuts += isPersistent ? puts : 0;
            persistentHits += isPersistent ? hits : 0;
            ephemeralHits += isPersistent ? 0 : hits;
            ephemeralPages += isPersistent ? 0 : sum.Pages;
            ephemeralCells += isPersistent ? 0 : CellsUsed(sum, 0);
            ephemeralPagesMax += isPersistent ? 0 : sum.MaxPages;
            packedPages += sum.PackedPages;
            packedBytes += (long)sum.PackedBytes;
            poorPuts += (long)sum.Counters.PutsPoor;
            dataBytes += DataBytesOf(sum);
            evictions += evicted - (long)Pool(pool - 1).CreditedEvictions;
        }

        long persistentBytes = Interlocked.Read(ref record.PersistentBytes);
        return new ClientStatistics
        {
            Refusals = Told(record.Refusals, unavailable: 0),
            PackedPutsRefused = (long)record.PackedPutsRefused,
            Evictions = evictions,
            DataBytes = dataBytes,
            MetadataBytes = Math.Max((ephemeralCells * ArenaLayout.CellBytes) + persistentBytes - dataBytes, 0),
            Id = (int)record.Id,
            Weight = record.Weight,
            EphemeralCapBytes = record.CapBytes,
            EphemeralBytes = ephemeralCells * ArenaLayout.CellBytes,
            Compresses = (record.Flags & ClientFlags.Compress) != 0,
            IsFrozen = IsFrozen(client),
            EphemeralHits = ephemeralHits,
            PersistentPuts = persistentPuts,
            PersistentHits = persistentHits,
            Compression = CompressionOf(client),
            PackedPages = packedPages,
            PackedBytes = packedBytes,
            PutsIncompressible = poorPuts,
            EphemeralPages = ephemeralPages,
            EphemeralPagesMax = _isXen ? record.EphemeralPages.Maximum : ephemeralPagesMax,
            PersistentBytes = persistentBytes,
            PersistentAllowanceBytes = record.AllowanceBytes,
            PersistentReservationBytes = record.ReservationBytes,
        };
    }

    /// <summary>A pool's totals.</summary>
    public PoolStatistics PoolStatistics(uint pool)
    {
        PoolShardRecord sum = SumOfPool(pool, out long evictions);
        ref PoolRecord record = ref Pool(pool);
        long takenBytes = record.IsPersistent
            ? Interlocked.Read(ref record.ChargedBytes)
            : CellsUsed(sum, 0) * ArenaLayout.CellBytes;
        return new PoolStatistics
        {
            Id = (int)record.OwnerSlot,
            IsPersistent = record.IsPersistent,
            IsShared = record.IsShared,
            Uuid = new PoolUuid(record.UuidLow, record.UuidHigh),
            Pages = sum.Pages,
            PagesMax = _isXen ? record.Pages.Maximum : sum.MaxPages,
            Objects = _isXen ? record.Objects.Now : sum.Objects,
            ObjectsMax = _isXen ? record.Objects.Maximum : sum.MaxObjects,
            Nodes = sum.Leaves,
            NodesMax = sum.MaxLeaves,
            Compression = EffectiveCompression(pool),
            PackedPages = sum.PackedPages,
            PackedBytes = (long)sum.PackedBytes,
            PutsIncompressible = (long)sum.Counters.PutsPoor,
            Refusals = Told(record.Refusals, unavailable: 0),
            Evictions = evictions,
            DataBytes = DataBytesOf(sum),
            MetadataBytes = Math.Max(takenBytes - DataBytesOf(sum), 0),
            Puts = (long)sum.Counters.Puts,
            PutsStored = (long)sum.Counters.PutsStored,
            PutsReplaced = (long)sum.Counters.PutsReplaced,
            PutsDropped = (long)sum.Counters.PutsDropped,
            PutsRefused = (long)sum.Counters.PutsRefused,
            Gets = (long)sum.Counters.Gets,
            GetHits = (long)sum.Counters.GetHits,
            PageFlushes = (long)sum.Counters.PageFlushes,
            PageFlushesFound = (long)sum.Counters.PageFlushesFound,
            ObjectFlushes = (long)sum.Counters.ObjectFlushes,
            ObjectFlushesFound = (long)sum.Counters.ObjectFlushesFound,
        };
    }

    /// <summary>The ids of the clients that share a pool, in the order of joining.</summary>
    public List<int> SharersOf(uint pool)
    {
        var ids = new List<int>();
        for (uint cell = Pool(pool).FirstSharer; cell != 0; cell = Sharer(cell).Next)
        {
            ids.Add((int)Client(Sharer(cell).Client).Id);
        }

        return ids;
    }

    /// <summary>Calls <paramref name="visit"/> with the slot and number of each shared pool, lowest slot first.</summary>
    public void VisitSharedPools(Action<uint, uint> visit)
    {
        for (uint slot = 0; slot < Host.SharedReached; slot++)
        {
            if (SharedSlot(slot).PoolPlusOne != 0)
            {
                visit(slot, SharedSlot(slot).PoolPlusOne - 1);
            }
        }
    }

    /// <summary>A pool's pages at this moment.</summary>
    public long PagesOf(in PoolHandle handle)
    {
        lock (Control)
        {
            RequireLive();
            return handle.IsHeld ? SumOfPool(handle.Pool, out _).Pages : 0;
        }
    }

    private PoolShardRecord SumOfPool(uint pool, out long evictions)
    {
        var sum = default(PoolShardRecord);
        sum.Counters.Add(Pool(pool).Elsewhere);
        evictions = (long)Interlocked.Read(ref Pool(pool).EvictionsElsewhere);
        foreach (Shard shard in _shards)
        {
            shard.Lock.Enter();
            uint cell = shard.PoolShardOf(pool);
            if (cell != 0)
            {
                sum.Add(shard.PoolShard(cell));
                evictions += shard.PoolShard(cell).Evictions;
            }

            shard.Lock.Exit();
        }

        return sum;
    }

    /// <summary>As <see cref="SumOfPool"/> for callers that hold every shard's lock, or know that no shard has a record.</summary>
    private (PoolCounters Counters, ulong Evictions) CountersOf(uint pool)
    {
        PoolCounters sum = Pool(pool).Elsewhere;
        ulong evictions = Pool(pool).EvictionsElsewhere;
        foreach (Shard shard in _shards)
        {
            uint cell = shard.PoolShardOf(pool);
            if (cell != 0)
            {
                sum.Add(shard.PoolShard(cell).Counters);
                evictions += shard.PoolShard(cell).Evictions;
            }
        }

        return (sum, evictions);
    }

    private static long DataBytesOf(in PoolShardRecord sum) =>
        ((long)(sum.Pages - sum.PackedPages) * ArenaLayout.PageBytes) + (long)sum.PackedBytes;

    private static PutRefusals Told(in RefusalCounts counts, long unavailable) => new()
    {
        Memory = (long)counts[(int)RefusalReason.Memory],
        Metadata = (long)counts[(int)RefusalReason.Metadata],
        Reserve = (long)counts[(int)RefusalReason.Reserve],
        Allowance = (long)counts[(int)RefusalReason.Allowance],
        Reservations = (long)counts[(int)RefusalReason.Reservations],
        Cap = (long)counts[(int)RefusalReason.Cap],
        Frozen = (long)counts[(int)RefusalReason.Frozen],
        Unreadable = (long)counts[(int)RefusalReason.Unreadable],
        Migration = (long)counts[(int)RefusalReason.Migration],
        Unavailable = unavailable,
    };

    private static EvictionReasons Told(ulong all, in EvictionCounts others)
    {
        var reasons = new EvictionReasons
        {
            Weight = (long)others[(int)EvictionReason.Weight],
            Metadata = (long)others[(int)EvictionReason.Metadata],
            Reserve = (long)others[(int)EvictionReason.Reserve],
            Cap = (long)others[(int)EvictionReason.Cap],
            Capacity = (long)others[(int)EvictionReason.Capacity],
            GiveBack = (long)others[(int)EvictionReason.GiveBack],
            Governor = (long)others[(int)EvictionReason.Governor],
        };
        return reasons with { Memory = (long)all - reasons.Total };
    }

    private static PackedStatistics Told(in PackedCounts counts) => new()
    {
        SameFilledPages = (long)counts[(int)PageCodecId.SameFilled].Pages,
        Lz4Pages = (long)counts[(int)PageCodecId.Lz4].Pages,
        Lz4Bytes = (long)counts[(int)PageCodecId.Lz4].Bytes,
        ZstandardPages = (long)counts[(int)PageCodecId.Zstandard].Pages,
        ZstandardBytes = (long)counts[(int)PageCodecId.Zstandard].Bytes,
        PlainEntries = (long)counts[(int)PageCodecId.None].Pages,
        PlainEntryBytes = (long)counts[(int)PageCodecId.None].Bytes,
    };

    private ShardRecord SumOfShards()
    {
        var sum = default(ShardRecord);
        foreach (Shard shard in _shards)
        {
            shard.Lock.Enter();
            sum.Add(shard.Record);
            shard.Lock.Exit();
        }

        return sum;
    }
}
