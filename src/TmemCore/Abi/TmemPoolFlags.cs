using System.Diagnostics.CodeAnalysis;

namespace TmemCore.Abi;

/// <summary>The word that describes a pool to be made or reported. A private ephemeral pool of version 1 is 0x01000000.</summary>
[Flags]
[SuppressMessage("Naming", "CA1711", Justification = "Flags is the ABI's word for it.")]
public enum TmemPoolFlags : uint
{
    /// <summary>Ephemeral, private, pages of 4,096 bytes, version 0.</summary>
    None = 0,

    /// <summary>Persistent; ephemeral where clear.</summary>
    Persistent = 0x0000_0001,

    /// <summary>Shared; private where clear.</summary>
    Shared = 0x0000_0002,

    /// <summary>When a pool is made: the guest compresses itself, which no release accepts.</summary>
    Precompressed = 0x0000_0004,

    /// <summary>The same bit in SET_AUTH: grant, where clear revoke.</summary>
    Authorize = 0x0000_0004,

    /// <summary>The page size: log2 of the bytes, minus 12. Zero is the only size on x86.</summary>
    PageSizeMask = 0x0000_00f0,

    /// <summary>Bits that must be zero from version 1 on.</summary>
    ReservedMask = 0x00ff_ff00,

    /// <summary>The version of the interface, 0 or 1, in the top byte.</summary>
    VersionMask = 0xff00_0000,

    /// <summary>Version 1 in the top byte.</summary>
    Version1 = 0x0100_0000,
}
