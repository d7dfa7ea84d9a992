using System.Buffers.Binary;

namespace TmemCore.Hypercalls;

/// <summary>
/// The layouts of the control device's ioctls and of the hypercalls, other than tmem's own, that machine frames and the
/// probe need. No other file here knows an offset of them.
/// </summary>
/// <remarks>
/// Written by hand, unlike tmem's own structures: these are the kernel's and the hypervisor's. They have one layout, whatever
/// generation of tmem is behind them, and 64-bit callers only, so that the generator's definitions, which are about both,
/// would say less than these lines.
/// </remarks>
internal static class PrivcmdBytes
{
    /// <summary>Type 'P', number 0, size 48: one hypercall.</summary>
    public const uint HypercallRequest = 0x0030_5000;

    /// <summary>Type 'P', number 4, size 32: map frames of a domain.</summary>
    public const uint MapBatchRequest = 0x0020_5004;

    public const int HypercallBytes = 48;
    public const int MapBatchBytes = 32;
    public const int ReservationBytes = 32;
    public const int FrameListBytes = 24;
    public const int FeatureBytes = 8;

    /// <summary>The caller's own domain; its real number is refused.</summary>
    public const ushort DomainSelf = 0x7FF0;

    /// <summary>The hypervisor itself, which owns the machine-to-physical table.</summary>
    public const ushort DomainXen = 0x7FF2;

    public const ulong MemoryOp = 12;
    public const ulong XenVersion = 17;

    public const ulong IncreaseReservation = 0;
    public const ulong DecreaseReservation = 1;
    public const ulong MaximumRamPage = 2;
    public const ulong MachineFrameList = 5;

    public const ulong VersionNumber = 0;
    public const ulong VersionFeatures = 6;

    private const int FeatureTranslated = 2;
    private const int FeatureControlDomain = 11;

    public static void WriteHypercall(Span<byte> argument, ulong number, ulong first, ulong second)
    {
        argument[..HypercallBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(argument, number);
        BinaryPrimitives.WriteUInt64LittleEndian(argument[8..], first);
        BinaryPrimitives.WriteUInt64LittleEndian(argument[16..], second);
    }

    public static (ulong Number, ulong First, ulong Second) ReadHypercall(ReadOnlySpan<byte> argument) => (
        BinaryPrimitives.ReadUInt64LittleEndian(argument),
        BinaryPrimitives.ReadUInt64LittleEndian(argument[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(argument[16..]));

    public static void WriteMapBatch(Span<byte> argument, int count, ushort domain, nint address, nint frames, nint errors)
    {
        argument[..MapBatchBytes].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(argument, count);
        BinaryPrimitives.WriteUInt16LittleEndian(argument[4..], domain);
        BinaryPrimitives.WriteInt64LittleEndian(argument[8..], address);
        BinaryPrimitives.WriteInt64LittleEndian(argument[16..], frames);
        BinaryPrimitives.WriteInt64LittleEndian(argument[24..], errors);
    }

    /// <summary>The argument of both reservation calls: single frames of the caller, listed at an address.</summary>
    public static void WriteReservation(Span<byte> argument, nint frames, int count)
    {
        argument[..ReservationBytes].Clear();
        BinaryPrimitives.WriteInt64LittleEndian(argument, frames);
        BinaryPrimitives.WriteInt64LittleEndian(argument[8..], count);
        BinaryPrimitives.WriteUInt16LittleEndian(argument[24..], DomainSelf);
    }

    public static (long Frames, long Count) ReadReservation(ReadOnlySpan<byte> argument) => (
        BinaryPrimitives.ReadInt64LittleEndian(argument),
        BinaryPrimitives.ReadInt64LittleEndian(argument[8..]));

    public static void WriteFrameList(Span<byte> argument, nint frames, int countMax)
    {
        argument[..FrameListBytes].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(argument, countMax);
        BinaryPrimitives.WriteInt64LittleEndian(argument[8..], frames);
    }

    /// <summary>How many frames the hypervisor has listed.</summary>
    public static int ReadFrameListCount(ReadOnlySpan<byte> argument) =>
        BinaryPrimitives.ReadInt32LittleEndian(argument[16..]);

    public static (bool IsTranslated, bool IsControlDomain) ReadFeatures(ReadOnlySpan<byte> argument)
    {
        uint features = BinaryPrimitives.ReadUInt32LittleEndian(argument[4..]);
        return ((features >> FeatureTranslated & 1) != 0, (features >> FeatureControlDomain & 1) != 0);
    }
}
