using System.Buffers.Binary;

namespace TmemCore.Wire;

/// <summary>What a daemon says first on a connection, 32 bytes, little-endian; the other side says nothing but requests.</summary>
/// <param name="Refusal">0, or a negative error number: the connection ends behind it.</param>
/// <param name="ClientId">The client that the connection is.</param>
/// <param name="MayControl">Whether it may use control operations.</param>
internal readonly record struct WireGreeting(long Refusal, int ClientId, bool MayControl)
{
    public const int Bytes = 32;

    /// <summary>The version of all that is said on the connection.</summary>
    public const uint Version = 1;

    /// <summary>"tmem" in ASCII.</summary>
    private const uint Mark = 0x6d65_6d74;
    private const uint ControlFlag = 1;

    /// <summary>Writes 32 bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        bytes[..Bytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Mark);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], Refusal);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], ClientId);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], MayControl ? ControlFlag : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], TmemPool.PageBytes);
    }

    /// <summary>Reads 32 bytes.</summary>
    /// <param name="bytes">What came first.</param>
    /// <param name="version">The version, also when it is another one than is understood here.</param>
    /// <param name="greeting">The greeting.</param>
    /// <returns>False when it is none of this version.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out uint version, out WireGreeting greeting)
    {
        version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        greeting = new WireGreeting(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]),
            (BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]) & ControlFlag) != 0);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Mark
            && version == Version
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]) == TmemPool.PageBytes;
    }
}
