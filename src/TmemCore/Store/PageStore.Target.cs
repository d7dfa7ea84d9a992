using TmemCore.Memory;
using TmemCore.Reclaim;
using TmemCore.Statistics;

namespace TmemCore.Store;

/// <summary>The limit as a governor moves it, up to the capacity, and the way down to it by steps.</summary>
internal sealed partial class PageStore
{
    private readonly Governor? _governor;

    /// <summary>What a governor leaves beside what is never given up: records of clients and pools that come while memory is short.</summary>
    private const long RecordsBytes = 1L << 20;

    /// <summary>What may be held just now: the limit, or what was held above it when it was lowered last and is on its way out.</summary>
    private long _ceilingBytes;

    private long _returnedBytes;

    /// <summary>What follows the machine; null where nothing does.</summary>
    public Governor? Governor => _governor;

    /// <summary>What is held and what has to be.</summary>
    public HeldMemory MeasureHeld()
    {
        lock (Control)
        {
            RequireLive();
            return new HeldMemory(
                _budget.CommittedBytes, FloorOf(UndroppableBytes()), _budget.LimitBytes, _capacityBytes, _arena.CanReturnMemory);
        }
    }

    /// <summary>
    /// Moves the limit, not above the capacity nor below what is never given up. From now on nothing is taken beyond it; what is held already goes
    /// by <see cref="ShrinkStep"/>.
    /// </summary>
    public void SetTarget(long targetBytes)
    {
        lock (Control)
        {
            RequireLive();
            _budget.LimitBytes = Math.Clamp(targetBytes, FloorOf(UndroppableBytes()), _capacityBytes);
            NoteCeiling();
        }
    }

    /// <summary>
    /// Evicts or gives back what is held above the limit, <see cref="BatchFrames"/> frames and a huge page at most, so that whoever waits for the
    /// control lock waits for no more. Ephemeral pages go; when there are no more, the rest stays.
    /// </summary>
    /// <returns>Whether there is more to do.</returns>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public bool ShrinkStep()
    {
        lock (Control)
        {
            RequireLive();
            long shed = 0;
            long evictions = 0;
            long excess = ExcessFrames;
            bool isMore = (excess > 0 || _departing.Count > 0) && TryShedSome(excess, RunFor(excess), EvictionReason.Governor, ref shed, ref evictions);
            _returnedBytes += shed * ArenaLayout.PageBytes;
            if (!isMore)
            {
                // The pages that went have left records behind, free now.
                long metadata = MetadataBytes;
                TrimAll();
                _returnedBytes += Math.Max(0, metadata - MetadataBytes);
                NoteCeiling();
            }

            return isMore;
        }
    }

    /// <summary>What is held, how far it may go, and why no further. The control lock is held.</summary>
    /// <param name="persistentBytes">What persistent pages take.</param>
    private MemoryStatistics MemoryStatistics(long persistentBytes)
    {
        var statistics = new MemoryStatistics
        {
            CapacityBytes = _capacityBytes,
            TargetBytes = _budget.LimitBytes,
            CommittedBytes = _budget.CommittedBytes,
            FloorBytes = FloorOf(UndroppableBytes(persistentBytes)),
            ReturnedBytes = _returnedBytes,
        };
        return _governor is null ? statistics : _governor.Describe(statistics);
    }

    private Governor? CreateGovernor(TmemHostOptions options) => options.Governor is FallowMemoryOptions governed
        ? new Governor(this, governed, options.Machine ?? new MachineReader(), options.GovernorClock)
        : null;

    /// <summary>Raises the limit where more has been promised than it is; the control lock is held.</summary>
    private void RaiseToFloor()
    {
        long floor = FloorOf(UndroppableBytes());
        if (_budget.LimitBytes < floor)
        {
            _budget.LimitBytes = floor;
            NoteCeiling();
        }
    }

    private long FloorOf(long undroppableBytes) => Math.Min(undroppableBytes + RecordsBytes, _capacityBytes);

    private void NoteCeiling() => _ceilingBytes = Math.Max(_budget.LimitBytes, _budget.CommittedBytes);
}
