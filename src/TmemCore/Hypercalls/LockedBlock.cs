namespace TmemCore.Hypercalls;

/// <summary>
/// A run of locked pages that its pool rents out again and again. The generation counts the leases; the holds are the
/// lease itself and whoever must not see the memory rented again before it is done.
/// </summary>
internal sealed class LockedBlock(HypercallBufferPool pool, nint address, int capacityBytes)
{
    private readonly Lock _lock = new();
    private long _generation;
    private int _holds;

    public nint Address { get; } = address;

    public int CapacityBytes { get; } = capacityBytes;

    public long Generation => Volatile.Read(ref _generation);

    /// <summary>Called by the pool, which is the only one to know the block at this time.</summary>
    public HypercallBuffer BeginLease(int lengthBytes)
    {
        Native.AsSpan(Address, CapacityBytes).Clear();
        lock (_lock)
        {
            _holds = 1;
        }

        return new HypercallBuffer(this, lengthBytes);
    }

    public void EndLease(long generation)
    {
        lock (_lock)
        {
            if (_generation != generation)
            {
                return;
            }

            Volatile.Write(ref _generation, generation + 1);
        }

        Release();
    }

    public bool TryHold(long generation)
    {
        lock (_lock)
        {
            if (_generation != generation)
            {
                return false;
            }

            _holds++;
            return true;
        }
    }

    public void Release()
    {
        bool free;
        lock (_lock)
        {
            free = --_holds == 0;
        }

        if (free)
        {
            pool.Return(this);
        }
    }
}
