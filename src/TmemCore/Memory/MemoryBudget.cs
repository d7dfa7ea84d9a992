namespace TmemCore.Memory;

/// <summary>
/// The ledger of physical memory: every page of data or metadata is committed here before it is touched, so that the sum
/// never passes the limit. Thread-safe.
/// </summary>
internal sealed class MemoryBudget(long limitBytes, Func<bool>? failAllocation)
{
    private long _limitBytes = limitBytes;
    private long _committedBytes;

    /// <summary>The most that may be committed.</summary>
    public long LimitBytes
    {
        get => Volatile.Read(ref _limitBytes);
        set => Interlocked.Exchange(ref _limitBytes, value);
    }

    /// <summary>What is committed now.</summary>
    public long CommittedBytes => Volatile.Read(ref _committedBytes);

    /// <summary>What may still be committed; negative after the limit was lowered.</summary>
    public long AvailableBytes => LimitBytes - CommittedBytes;

    /// <summary>Whether a test wants the allocation about to be made to fail.</summary>
    public bool IsFaulted => failAllocation is not null && failAllocation();

    /// <summary>Commits <paramref name="bytes"/> if they fit under the limit.</summary>
    public bool TryCommit(long bytes)
    {
        if (IsFaulted)
        {
            return false;
        }

        // Nobody may see the sum pass the limit, not even for a moment: others would be refused what fits.
        long committed = CommittedBytes;
        while (committed + bytes <= LimitBytes)
        {
            long seen = Interlocked.CompareExchange(ref _committedBytes, committed + bytes, committed);
            if (seen == committed)
            {
                if (committed + bytes <= LimitBytes)
                {
                    return true;
                }

                // The limit was lowered meanwhile, and whoever lowered it may not have seen this.
                Release(bytes);
                return false;
            }

            committed = seen;
        }

        return false;
    }

    /// <summary>Passes what lies outside of the arena on to a successor.</summary>
    public void PassOn(StateTransfer state)
    {
        state.Pass(ref _limitBytes);
        state.Pass(ref _committedBytes);
    }

    /// <summary>Takes back a commitment whose memory has been returned.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _committedBytes, -bytes);
}
