namespace TmemCore.Abi;

/// <summary>How a field stands in the bytes, where its C# type alone does not say so.</summary>
public enum AbiForm : byte
{
    /// <summary>As the type says: an integer of its own size, an object id of three 64-bit words, a uuid of two.</summary>
    Natural = 0,

    /// <summary>An unsigned word of the caller, 8 or 4 bytes, such as a frame number. The field is a <see cref="ulong"/>.</summary>
    Word = 1,

    /// <summary>An address in the caller's memory, 8 or 4 bytes. The field is a <see cref="ulong"/>.</summary>
    Pointer = 2,

    /// <summary>8 bytes, the first word of an <see cref="ObjectId"/>; the other two are zero.</summary>
    FirstWord = 3,

    /// <summary>64-bit words aligned to 8 bytes for every caller, as the sysctl interface has them.</summary>
    Aligned = 4,

    /// <summary>An address of 8 bytes, aligned to 8 for every caller. The field is a <see cref="ulong"/>.</summary>
    AlignedPointer = 5,
}
