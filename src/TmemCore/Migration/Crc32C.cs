using System.Buffers.Binary;
using System.Numerics;

namespace TmemCore.Migration;

/// <summary>
/// The Castagnoli checksum, by the processor's own instruction where it has one. Any one burst of up to 32 wrong bits is found. The instruction has to wait for its
/// predecessor's result, so that of a page three parts are summed up side by side, and put together at the end.
/// </summary>
internal static class Crc32C
{
    /// <summary>A third of what is summed up in one go: nearly a page.</summary>
    private const int LaneBytes = 1360;

    private static readonly uint[] s_pastOneLane = MakeTable(LaneBytes);
    private static readonly uint[] s_pastTwoLanes = MakeTable(2 * LaneBytes);

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= 3 * LaneBytes; bytes = bytes[(3 * LaneBytes)..])
        {
            crc = PassLanes(crc, bytes[..LaneBytes], bytes.Slice(LaneBytes, LaneBytes), bytes.Slice(2 * LaneBytes, LaneBytes));
        }

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

    private static uint PassLanes(uint crc, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        uint crc2 = 0;
        uint crc3 = 0;
        for (int at = 0; at < first.Length; at += sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(first[at..]));
            crc2 = BitOperations.Crc32C(crc2, BinaryPrimitives.ReadUInt64LittleEndian(second[at..]));
            crc3 = BitOperations.Crc32C(crc3, BinaryPrimitives.ReadUInt64LittleEndian(third[at..]));
        }

        return Pass(s_pastTwoLanes, crc) ^ Pass(s_pastOneLane, crc2) ^ crc3;
    }

    /// <summary>What a sum becomes when a table's number of zero bytes follows.</summary>
    private static uint Pass(uint[] table, uint crc) =>
        table[crc & 0xff] ^ table[256 + ((crc >> 8) & 0xff)] ^ table[512 + ((crc >> 16) & 0xff)] ^ table[768 + (crc >> 24)];

    /// <summary>For each byte of a sum and each value of it, what it becomes when so many zero bytes follow: sums are linear.</summary>
    private static uint[] MakeTable(int zeroBytes)
    {
        var table = new uint[4 * 256];
        for (int bit = 0; bit < 32; bit++)
        {
            uint passed = 1U << bit;
            for (int i = 0; i < zeroBytes; i += sizeof(ulong))
            {
                passed = BitOperations.Crc32C(passed, 0UL);
            }

            int place = bit / 8 * 256;
            int value = 1 << (bit % 8);
            for (int i = 0; i < 256; i++)
            {
                table[place + i] ^= (i & value) != 0 ? passed : 0;
            }
        }

        return table;
    }
}
