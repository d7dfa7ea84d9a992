using System.Runtime.CompilerServices;

namespace TmemCore.Store;

/// <summary>Why a put stored nothing.</summary>
internal enum RefusalReason
{
    /// <summary>No frame, or no slot, and no ephemeral page that could make room.</summary>
    Memory,

    /// <summary>No memory for the records of page, object or pool.</summary>
    Metadata,

    /// <summary>The reserve of free frames that the Xen profile wants could not be had.</summary>
    Reserve,

    /// <summary>The owner's allowance.</summary>
    Allowance,

    /// <summary>What is reserved for others.</summary>
    Reservations,

    /// <summary>The owner's cap.</summary>
    Cap,
    Frozen,
    Unreadable,

    /// <summary>The owner is being saved while it runs: pages are not replaced then.</summary>
    Migration,
}

/// <summary>One count for each <see cref="RefusalReason"/>.</summary>
[InlineArray(Length)]
internal struct RefusalCounts
{
    public const int Length = (int)RefusalReason.Migration + 1;

    private ulong _first;

    public void Add(in RefusalCounts other)
    {
        for (int i = 0; i < Length; i++)
        {
            this[i] += other[i];
        }
    }
}
