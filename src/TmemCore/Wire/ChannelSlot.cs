using System.Runtime.InteropServices;

namespace TmemCore.Wire;

/// <summary>An operation in shared memory, and what came of it: 64 bytes. Numbers are those of the socket protocol.</summary>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal struct ChannelSlot
{
    public const int Bytes = 64;

    /// <summary>Nothing is under way.</summary>
    public const int Free = 0;

    /// <summary>The daemon has it.</summary>
    public const int Submitted = 1;

    /// <summary>The daemon has it, and the client sleeps until it is done.</summary>
    public const int Awaited = 2;

    /// <summary>It is done.</summary>
    public const int Done = 3;

    /// <summary>Where the two meet: everything else is written before it and read after it.</summary>
    [FieldOffset(0)]
    public int State;

    /// <summary>The number of the op: put, get, flush page or flush object.</summary>
    [FieldOffset(4)]
    public uint Op;

    [FieldOffset(8)]
    public int Pool;

    [FieldOffset(12)]
    public uint Index;

    [FieldOffset(16)]
    public ObjectId Object;

    /// <summary>Of a put the bytes in the slot's page; of a get how many there is room for.</summary>
    [FieldOffset(40)]
    public int DataBytes;

    /// <summary>Bytes that were found, in the slot's page.</summary>
    [FieldOffset(44)]
    public int FoundBytes;

    [FieldOffset(48)]
    public long Result;
}
