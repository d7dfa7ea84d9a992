using System.Runtime.InteropServices;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>What a host remembers at the head of its arena. Guarded by the control lock.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct HostRecord
{
    public const int ControlHeapOffset = 0;
    public const int ChangeHeapOffset = 64;
    public const int SpanHeapOffset = 192;

    /// <summary>The cells of sharers.</summary>
    [FieldOffset(ControlHeapOffset)]
    public CellHeapState ControlHeap;

    /// <summary>The cells of the logs of changes.</summary>
    [FieldOffset(ChangeHeapOffset)]
    public CellHeapState ChangeHeap;

    /// <summary>Numbers of clients and pools that have been in use at some time.</summary>
    [FieldOffset(128)]
    public uint ClientsReached;

    [FieldOffset(132)]
    public uint PoolsReached;

    [FieldOffset(136)]
    public uint SharedReached;

    /// <summary>Numbers to be given out again, as a chain through the records; <see cref="PoolRecord.None"/> ends it.</summary>
    [FieldOffset(140)]
    public uint FreeClient;

    [FieldOffset(144)]
    public uint FreePool;

    /// <summary>The clients in order of creation.</summary>
    [FieldOffset(148)]
    public uint FirstClient;

    [FieldOffset(152)]
    public uint LastClient;

    [FieldOffset(156)]
    public uint ClientCount;

    /// <summary>The weights of all clients; as in the original, also of those that have gone. In the Xen profile only.</summary>
    [FieldOffset(160)]
    public long WeightSum;

    /// <summary>The cells of spans.</summary>
    [FieldOffset(SpanHeapOffset)]
    public CellHeapState SpanHeap;
}

/// <summary>One client's share in a shared pool, in one cell: its number, the pool id it has there, the next sharer.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SharerRecord
{
    public uint Client;
    public uint Slot;
    public uint Next;
}

/// <summary>A place among the shared pools.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SharedSlotRecord
{
    /// <summary>The pool's number plus 1; 0 when the place is free.</summary>
    public uint PoolPlusOne;

    /// <summary>A hash of the uuid, so that a search reads only this table.</summary>
    public uint UuidHash;
}
