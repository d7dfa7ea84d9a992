using System.Buffers.Binary;
using System.Globalization;

namespace TmemCore;

/// <summary>The 128-bit name under which clients find a shared pool.</summary>
/// <param name="Low">The low 64 bits.</param>
/// <param name="High">The high 64 bits.</param>
public readonly record struct PoolUuid(ulong Low, ulong High)
{
    /// <summary>The uuid that never names a shared pool: all bits set. Asking to share it gives a private pool in the tmem ABI.</summary>
    public static PoolUuid Private { get; } = new(ulong.MaxValue, ulong.MaxValue);

    /// <summary>Takes the bits of a <see cref="Guid"/>: its first sixteen hexadecimal digits become the high half.</summary>
    /// <param name="guid">The identifier, in the usual 8-4-4-4-12 text order.</param>
    /// <returns>The uuid with the same digits.</returns>
    public static PoolUuid FromGuid(Guid guid)
    {
        Span<byte> bytes = stackalloc byte[16];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        return new PoolUuid(
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }

    /// <summary>The uuid as 36 characters, hexadecimal groups of 8-4-4-4-12, the high half first.</summary>
    /// <returns>For example <c>00000000-0000-0100-0000-000000000200</c>.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{High >> 32:x8}-{(High >> 16) & 0xffff:x4}-{High & 0xffff:x4}-{Low >> 48:x4}-{Low & 0xffff_ffff_ffff:x12}");
}
