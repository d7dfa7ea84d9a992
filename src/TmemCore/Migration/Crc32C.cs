using System.Buffers.Binary;
using System.Numerics;

namespace TmemCore.Migration;

/// <summary>The Castagnoli checksum, by the processor's own instruction where it has one. Any one burst of up to 32 wrong bits is found.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    /// <summary>A sum over checksums in their order: of the sum so far and the next one.</summary>
    public static uint Chain(uint sum, uint checksum) => BitOperations.Crc32C(sum, checksum);
}
