namespace TmemCore.Abi;

/// <summary>Whether the caller is a 64-bit or a 32-bit guest; it decides the width of frame numbers and pointers.</summary>
public enum AbiWordSize : byte
{
    /// <summary>x86-64: words of 8 bytes, 64-bit integers aligned to 8.</summary>
    Bits64 = 0,

    /// <summary>i386: words of 4 bytes, 64-bit integers aligned to 4.</summary>
    Bits32 = 1,
}
