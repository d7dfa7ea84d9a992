using System.Globalization;
using TmemCore.Memory;
using TmemCore.Reclaim;

namespace TmemCore.Store;

/// <summary>Giving memory back to the system, on request or since the limit was lowered. All of it under the control lock.</summary>
internal sealed partial class PageStore
{
    /// <summary>Pages evicted, or frames given back, by one step.</summary>
    public const int BatchFrames = 4096;

    /// <summary>Frames of evicted pages on their way to the system.</summary>
    private readonly DepartingFrames _departing;
    private uint[]? _batch;

    private long _giveBacks;
    private long _framesGivenBack;
    private long _mostEvictionsPerGiveBack;

    /// <summary>What the limit is without a governor, and how far it may go with one.</summary>
    private long _capacityBytes;

    /// <summary>What may be held at most, in bytes.</summary>
    public long CapacityBytes => Volatile.Read(ref _capacityBytes);

    /// <summary>Bytes that could be given back: free memory held, and ephemeral pages.</summary>
    public long FreeableBytes()
    {
        return _isXen
            ? (Volatile.Read(ref _cachedFree) + Volatile.Read(ref _ephemeral.Now)) * ArenaLayout.PageBytes
            : (_frames.FreeCount * ArenaLayout.PageBytes) + SumOverShards(static shard => (long)shard.Record.EphemeralBytes);
    }

    /// <summary>Evicts until <paramref name="frames"/> frames are free, then gives free frames back to the system.</summary>
    /// <returns>How many frames were given back: in the Xen profile all that were free, as the original did.</returns>
    public long GiveBack(long frames)
    {
        long evictions = 0;
        long given = _isXen ? GiveBackAll(frames, out evictions) : Shed(frames, RunFor(frames), EvictionReason.GiveBack, out evictions);
        _giveBacks++;
        _framesGivenBack += given;
        _mostEvictionsPerGiveBack = Math.Max(_mostEvictionsPerGiveBack, evictions);
        return given;
    }

    private long GiveBackAll(long frames, out long evictions)
    {
        evictions = 0;

        // Others may take what is freed meanwhile: as many evictions as frames are wanted, and no more.
        while (evictions < frames
            && FreeCachedFrames() < frames
            && TryEvict(IVictimPolicy.Everyone, FrameUse.Release, EvictionReason.GiveBack, out _))
        {
            evictions++;
        }

        _frames.Shed(int.MaxValue);
        return Interlocked.Exchange(ref _cachedFree, 0);
    }

    /// <summary>Gives frames back to the system.</summary>
    /// <param name="frames">How many are wanted.</param>
    /// <param name="run">Pages evicted under one hold of a shard's lock, see <see cref="RunFor"/>.</param>
    /// <param name="reason">What for.</param>
    /// <param name="evictions">How many pages were evicted.</param>
    /// <returns>How many frames were given back.</returns>
    private long Shed(long frames, int run, EvictionReason reason, out long evictions)
    {
        long shed = 0;
        evictions = 0;
        while (shed < frames && TryShedSome(frames - shed, run, reason, ref shed, ref evictions))
        {
        }

        return shed;
    }

    /// <summary>
    /// A step of giving frames back: free ones go first, then those of sparse spans, then those of the oldest pages. The frames of evicted pages are in
    /// hand until they go: others cannot take them meanwhile, so that the work has an end. They go when a huge page of them has come together, and
    /// all when as many as are wanted have.
    /// </summary>
    /// <param name="wanted">How many frames are to go still, those on their way included.</param>
    /// <param name="run">Pages evicted under one hold of a shard's lock.</param>
    /// <param name="reason">What for.</param>
    /// <param name="shed">Raised by the frames that went.</param>
    /// <param name="evictions">Raised by the pages that were evicted.</param>
    /// <returns>Whether anything was done: <see cref="BatchFrames"/> frames were evicted or went, and at most a huge page more.</returns>
    private bool TryShedSome(long wanted, int run, EvictionReason reason, ref long shed, ref long evictions)
    {
        int returned = _departing.ReturnWhole(BatchFrames);
        if (returned == 0 && wanted > _departing.Count)
        {
            int most = (int)Math.Min(wanted - _departing.Count, BatchFrames);
            int free = _frames.Shed(most);
            if (free != 0 || TryCompact())
            {
                shed += free;
                return true;
            }

            _batch ??= new uint[BatchFrames];
            int evicted = EvictBatch(_batch.AsSpan(0, most), run, reason, out int inHand);
            _departing.Add(_batch.AsSpan(0, inHand));
            evictions += evicted;
            if (evicted != 0)
            {
                return true;
            }
        }

        returned = NoteGone(returned == 0 ? _departing.ReturnAny(BatchFrames) : returned);
        shed += returned;
        return returned != 0;
    }

    /// <summary>Frames that were in hand have gone back to the system.</summary>
    private int NoteGone(int frames)
    {
        Interlocked.Add(ref _framesInHand, -frames);
        return frames;
    }

    /// <summary>Moves the capacity. Lowering it evicts ephemeral pages and gives memory back before the method returns.</summary>
    /// <exception cref="InsufficientMemoryException">What may not be dropped does not fit; all limits are unchanged.</exception>
    public void SetCapacity(long capacityBytes)
    {
        lock (Control)
        {
            RequireLive();
            (long previousCapacity, long previousLimit) = (_capacityBytes, _budget.LimitBytes);
            long kept = UndroppableBytes();
            if (kept > capacityBytes && capacityBytes < previousCapacity)
            {
                throw DoesNotFit(capacityBytes, kept);
            }

            Volatile.Write(ref _capacityBytes, capacityBytes);
            _budget.LimitBytes = _governor is null ? capacityBytes : Math.Min(previousLimit, capacityBytes);
            if (!TryFitBudget())
            {
                kept = _budget.CommittedBytes;
                Volatile.Write(ref _capacityBytes, previousCapacity);
                _budget.LimitBytes = previousLimit;
                throw DoesNotFit(capacityBytes, kept);
            }

            NoteCeiling();
        }
    }

    /// <summary>
    /// What stays whatever happens: the memory of persistent pages and the tables that are never shortened. As long as
    /// reservations are kept, all that is promised to persistent pages, with the share that belongs to nobody.
    /// </summary>
    private long UndroppableBytes() => UndroppableBytes(SumOverShards(static shard => (long)shard.Record.PersistentBytes));

    /// <summary>The same with what persistent pages take, as it was summed up before.</summary>
    private long UndroppableBytes(long persistentBytes)
    {
        long promised = Volatile.Read(ref _persistentCommitted);
        long promisedWithShare = _reserved == 0 ? 0 : promised + (promised / (TableShare - 1));
        return Math.Max(promisedWithShare, persistentBytes + FixedTableBytes() - _packed.TableBytes);
    }

    private bool TryFitBudget()
    {
        TrimAll();
        while (true)
        {
            long excess = ExcessFrames;
            if (excess <= 0)
            {
                return true;
            }

            if (Shed(excess, RunFor(excess), EvictionReason.Capacity, out _) == 0)
            {
                // The pages that went have left records behind, free now.
                TrimAll();
                return ExcessFrames <= 0;
            }
        }
    }

    /// <summary>Frames that are held above the limit, those on their way included; not above 0 when there are none.</summary>
    private long ExcessFrames => (_budget.CommittedBytes - _budget.LimitBytes + ArenaLayout.PageBytes - 1) / ArenaLayout.PageBytes;

    private void TrimAll()
    {
        foreach (Shard shard in _shards)
        {
            shard.Lock.Enter();
            shard.Trim();
            shard.Lock.Exit();
        }

        _cellPages.Trim();
    }

    private static InsufficientMemoryException DoesNotFit(long capacityBytes, long kept) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The capacity cannot be {capacityBytes:N0} bytes: {kept:N0} bytes are held by persistent pages, reservations and tables that are never dropped."));
}
