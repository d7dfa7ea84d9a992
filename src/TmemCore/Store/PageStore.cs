using System.Runtime.CompilerServices;
using TmemCore.Memory;
using TmemCore.Reclaim;
using TmemCore.Statistics;

namespace TmemCore.Store;

/// <summary>
/// The store of pages: what a host does below its face. Pages are found, put, got and flushed under the lock of one shard;
/// pools and clients change under the control lock. A shard's lock may be taken under the control lock, never the reverse.
/// </summary>
/// <remarks>
/// Every access to the arena happens under some lock, and disposal takes them all: that is why no operation can meet
/// memory that is gone.
/// </remarks>
internal sealed partial class PageStore : IDisposable
{
    private readonly TmemHostOptions _options;
    private readonly Arena _arena;
    private readonly MemoryBudget _budget;
    private readonly FrameAllocator _frames;
    private readonly CellPages _cellPages;
    private readonly PagedTable _headerTable;
    private readonly PagedTable _shardTable;
    private readonly CellHeap _controlHeap;
    private readonly ChangeLog _changeLog;
    private readonly KeyHash _hash;
    private readonly Shard[] _shards;
    private readonly uint _shardMask;
    private readonly IVictimPolicy _victims;
    private readonly AgeClock _ages = new();
    private readonly bool _isXen;
    private readonly bool _usesStreaming;
    private bool _isDisposed;

    /// <summary>Makes a store, or takes one over; of that nothing is changed before <see cref="BeginServing"/>.</summary>
    public PageStore(TmemHostOptions options, int shards, int maxSharedPools, Predecessor? predecessor = null)
    {
        _options = options;
        _compression = options.Compression;
        _eviction = options.EffectiveEviction;
        _isXen = options.Profile == TmemProfile.Xen;
        _victims = options.ReversedWeights ? new ReversedWeights(CountForWeights) : _shares;
        _hash = predecessor is null ? new KeyHash(options.HashSeed) : KeyHash.PassOn(default, predecessor.State);
        long maximumBytes = Math.Max(options.MaximumCapacityBytes, options.CapacityBytes);
        BackingMemory backing = MemoryRegion.Effective(options.Backing);
        bool isCompact = backing == BackingMemory.Portable;
        var layout = new ArenaLayout(maximumBytes, shards, options.MaxClients, maxSharedPools, isCompact, options.GhostsPerFrame);
        _budget = new MemoryBudget(options.CapacityBytes, options.FailAllocation);
        _capacityBytes = options.CapacityBytes;
        NoteCeiling();
        _arena = new Arena(layout, _budget, backing, options.UsesHugePages, options.LockMemory, predecessor?.Memory);
        try
        {
            _usesStreaming = PageCopy.PrefersStreaming(options.CapacityBytes);
            _frames = new FrameAllocator(_arena);
            _departing = new DepartingFrames(_frames);
            _cellPages = new CellPages(_arena);
            _clientTable = new PagedTable(_arena, layout.Clients, ArenaLayout.ClientRecordBytes);
            _poolTable = new PagedTable(_arena, layout.Pools, ArenaLayout.PoolRecordBytes);
            _sharedTable = new PagedTable(_arena, layout.SharedSlots, ArenaLayout.SharedSlotBytes);
            _maxSharedPools = maxSharedPools;
            _directoryTable = new PagedTable(_arena, layout.PoolShards, sizeof(uint));
            _headerTable = new PagedTable(_arena, layout.Header, ArenaLayout.PageBytes);
            _shardTable = new PagedTable(_arena, layout.ShardRecords, ArenaLayout.ShardRecordBytes);
            if (predecessor is null)
            {
                MakeFixedTables(layout);
            }

            _controlHeap = new CellHeap(_arena, _cellPages, layout.Header + HostRecord.ControlHeapOffset);
            _changeLog = new ChangeLog(_arena, new CellHeap(_arena, _cellPages, layout.Header + HostRecord.ChangeHeapOffset));
            _spans = new SpanHeap(_arena, _frames, new CellHeap(_arena, _cellPages, layout.Header + HostRecord.SpanHeapOffset));
            _packed = new PackedPages(_arena, _frames, _spans);
            _firstPacked = layout.FirstPacked;
            _ghosts = new GhostTable(_arena);
            _oldestSequences = new ulong[shards];
            _shards = [.. Enumerable.Range(0, shards).Select(i => new Shard(_arena, _cellPages, _hash, i, _oldestSequences, _ghosts))];
            _shardMask = (uint)shards - 1;
            _latency = new LatencyRecorder(shards);
            if (options.MeasureLatency)
            {
                StartSampling();
            }

            _victimAges = new ClientAges(IVictimPolicy.Everyone, shards);
            _portionCells = _isXen ? 1 : Math.Clamp(layout.Frames / shards / PortionShare * (ArenaLayout.PageBytes / ArenaLayout.CellBytes), 1, MostPortionCells);
            _victimQuantum = (int)Math.Clamp(layout.Frames / VictimShare, 1, MostVictimQuantum);
            _governor = CreateGovernor(options);
            _coldWalk = CreateColdWalk(options);
            _coldWorker = _coldWalk is null || options.ColdClock is not null ? null : new ColdWorker(this, options.ColdProcessorShare);
            if (predecessor is null)
            {
                StartWorkers();
            }
            else
            {
                Restore(predecessor.State);
            }
        }
        catch
        {
            _arena.Dispose();
            throw;
        }
    }

    /// <summary>Guards pools, clients, shared slots and settings.</summary>
    public Lock Control { get; } = new();

    public MemoryBudget Budget => _budget;

    public long MetadataBytes => _arena.MetadataBytes;

    public bool IsXen => _isXen;

    public int ShardCount => _shards.Length;

    public bool UsesStreaming => _usesStreaming;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref PoolRecord Pool(uint pool) =>
        ref _arena.At<PoolRecord>(_arena.Layout.Pools + ((long)pool * ArenaLayout.PoolRecordBytes));

    public ref ClientRecord Client(uint client) =>
        ref _arena.At<ClientRecord>(_arena.Layout.Clients + ((long)client * ArenaLayout.ClientRecordBytes));

    /// <summary>Waits for the calls in flight, then gives all memory back. Calls from then on are told so.</summary>
    public void Dispose()
    {
        lock (Control)
        {
            if (_isDisposed)
            {
                return;
            }

            EnterAllShards();
            CloseShards();
        }

        _governor?.Stop();
        _coldWorker?.Stop();
        _scratches.Dispose();
    }

    public bool IsLive => !Volatile.Read(ref _isDisposed);

    /// <summary>Throws when the host is disposed; the control lock is held.</summary>
    public void RequireLive() => ObjectDisposedException.ThrowIf(_isDisposed, typeof(TmemHost));

    /// <summary>Leaves the store for good; all locks are held.</summary>
    private void CloseShards()
    {
        _isDisposed = true;
        foreach (Shard shard in _shards)
        {
            shard.Lock.Close();
        }

        AbandonTrackings();
        _arena.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Shard ShardOf(ulong hash) => _shards[(uint)(hash >> 32) & 0xffff & _shardMask];

    private void MakeFixedTables(ArenaLayout layout)
    {
        if (!_headerTable.TryReach(1) || !_shardTable.TryReach(layout.Shards))
        {
            throw new InsufficientMemoryException(
                $"The capacity of {_options.CapacityBytes:N0} bytes does not hold the tables of {layout.Shards:N0} shards.");
        }

        Host.FreeClient = PoolRecord.None;
        Host.FreePool = PoolRecord.None;
        Host.FirstClient = PoolRecord.None;
        Host.LastClient = PoolRecord.None;
    }
}
