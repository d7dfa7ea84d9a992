using System.Runtime.CompilerServices;

namespace TmemCore.Store;

/// <summary>What a page was given up for.</summary>
internal enum EvictionReason
{
    /// <summary>A put was short of a frame or a slot, and the page was the oldest of all.</summary>
    Memory,

    /// <summary>A put was short of a frame or a slot, and the page was the oldest of the client that weights had chosen.</summary>
    Weight,

    /// <summary>Memory for records was short, in a put or for a new pool or client.</summary>
    Metadata,

    /// <summary>The reserve of free frames in the Xen profile.</summary>
    Reserve,

    /// <summary>The owner's cap.</summary>
    Cap,

    /// <summary>A lower limit of the host.</summary>
    Capacity,

    /// <summary>An operator wanted memory back.</summary>
    GiveBack,

    /// <summary>A target of the governor below what was held.</summary>
    Governor,
}

/// <summary>One count for each <see cref="EvictionReason"/>.</summary>
[InlineArray(Length)]
internal struct EvictionCounts
{
    public const int Length = (int)EvictionReason.Governor + 1;

    private ulong _first;

    public void Add(in EvictionCounts other)
    {
        for (int i = 0; i < Length; i++)
        {
            this[i] += other[i];
        }
    }
}
