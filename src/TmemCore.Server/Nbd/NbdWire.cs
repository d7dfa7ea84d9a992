namespace TmemCore.Server.Nbd;

/// <summary>
/// Numbers of the NBD protocol that have no list of their own. Everything on the wire is big-endian. The source of all is the protocol's description,
/// doc/proto.md of the reference implementation.
/// </summary>
internal static class NbdWire
{
    /// <summary>NBDMAGIC in ASCII: how a server begins.</summary>
    public const ulong ServerMagic = 0x4e42_444d_4147_4943;

    /// <summary>IHAVEOPT in ASCII: in front of a server's flags, and of each option.</summary>
    public const ulong OptionMagic = 0x4948_4156_454f_5054;

    public const ulong OptionReplyMagic = 0x0003_e889_0455_65a9;
    public const uint RequestMagic = 0x2560_9513;
    public const uint SimpleReplyMagic = 0x6744_6698;
    public const uint ChunkMagic = 0x668e_33ef;

    /// <summary>Flags of the handshake, the same number on both sides: the fixed form of it, and no zeros behind the answer to an export's name.</summary>
    public const ushort FixedNewstyle = 1;
    public const ushort NoZeroes = 2;

    public const int GreetingBytes = 18;
    public const int ClientFlagsBytes = 4;
    public const int OptionHeaderBytes = 16;
    public const int OptionReplyHeaderBytes = 20;
    public const int SimpleReplyBytes = 16;
    public const int ChunkHeaderBytes = 20;

    /// <summary>In front of a chunk's data: where they belong.</summary>
    public const int ChunkOffsetBytes = 8;

    /// <summary>Zeros behind the answer to an export's name.</summary>
    public const int ReservedBytes = 124;

    /// <summary>The longest string that the protocol allows.</summary>
    public const int MostStringBytes = 4096;

    /// <summary>The one context of metadata that is known here, and the number it goes by.</summary>
    public const string AllocationContext = "base:allocation";
    public const uint AllocationContextId = 1;

    /// <summary>What the context says of an extent: nothing is kept for it, and it reads as zeros.</summary>
    public const uint HoleAndZero = 1 | 2;

    /// <summary>The largest payload that clients count on when nothing is said.</summary>
    public const int UsualPayloadBytes = 32 << 20;
}
