using System.Buffers.Binary;

namespace TmemCore.Hypercalls;

/// <summary>
/// The byte layouts this room needs: the ops as a 64-bit caller writes them, as any caller wrote them, and the records
/// that control exchanges. No other file here knows an offset of tmem's.
/// </summary>
internal static class XenOpBytes
{
    public const int OpBytes = 56;
    public const int EnvelopeBytes = 136;
    public const int ClientInfoBytes = 20;
    public const int PoolInfoBytes = 32;
    public const int PoolUuidBytes = 16;

    private const int OpBytesOf2009 = 40;
    private const int OpBytes32 = 52;
    private const int OpBytes32Of2009 = 36;
    private const int SysctlTmem = 24;
    private const int SysctlAt = 8;
    private const int InterfaceVersionLast = 0x0D;

    /// <summary>Whether a hypervisor that is called by a 64-bit program finds an op of its size.</summary>
    public static bool IsComplete(HypercallNumber number, int lengthBytes) => number switch
    {
        HypercallNumber.TmemOp => lengthBytes is OpBytesOf2009 or >= OpBytes,
        HypercallNumber.Sysctl => lengthBytes >= EnvelopeBytes,
        _ => false,
    };

    /// <summary>Whether an envelope of this interface version has the arguments of 4.6 and 4.7.</summary>
    public static bool IsFirstSysctlForm(uint interfaceVersion) => interfaceVersion <= InterfaceVersionLast;

    public static void WriteGeneric(Span<byte> op, in OpFields fields)
    {
        op[..OpBytes].Clear();
        WriteHead(op, fields);
        WriteObject(op[8..], fields.Object);
        BinaryPrimitives.WriteUInt32LittleEndian(op[32..], fields.Index);
        BinaryPrimitives.WriteUInt64LittleEndian(op[48..], fields.Frame);
    }

    public static void WriteCreate(Span<byte> op, in OpFields fields)
    {
        op[..OpBytes].Clear();
        WriteHead(op, fields);
        BinaryPrimitives.WriteUInt64LittleEndian(op[8..], fields.Uuid.Low);
        BinaryPrimitives.WriteUInt64LittleEndian(op[16..], fields.Uuid.High);
        BinaryPrimitives.WriteUInt32LittleEndian(op[24..], fields.Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(op[28..], fields.TargetClient);
    }

    public static void WriteControl(Span<byte> op, in OpFields fields)
    {
        op[..OpBytes].Clear();
        WriteHead(op, fields);
        BinaryPrimitives.WriteUInt32LittleEndian(op[8..], fields.SubOp);
        BinaryPrimitives.WriteUInt32LittleEndian(op[12..], fields.ClientId);
        BinaryPrimitives.WriteUInt32LittleEndian(op[16..], fields.Argument1);
        BinaryPrimitives.WriteUInt32LittleEndian(op[20..], fields.Argument2);
        WriteObject(op[24..], fields.Object);
        BinaryPrimitives.WriteUInt64LittleEndian(op[48..], fields.BufferAddress);
    }

    /// <summary>Both sysctl forms: they name their arguments differently and lay them out alike.</summary>
    public static void WriteSysctl(Span<byte> envelope, in OpFields fields)
    {
        envelope[..EnvelopeBytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(envelope, SysctlTmem);
        BinaryPrimitives.WriteUInt32LittleEndian(envelope[4..], fields.InterfaceVersion);
        Span<byte> op = envelope[SysctlAt..];
        BinaryPrimitives.WriteUInt32LittleEndian(op, fields.SubOp);
        BinaryPrimitives.WriteUInt32LittleEndian(op[4..], fields.PoolId);
        BinaryPrimitives.WriteUInt32LittleEndian(op[8..], fields.ClientId);
        BinaryPrimitives.WriteUInt32LittleEndian(op[12..], fields.Argument1);
        BinaryPrimitives.WriteUInt32LittleEndian(op[16..], fields.Argument2);
        WriteObject(op[24..], fields.Object);
        BinaryPrimitives.WriteUInt64LittleEndian(op[48..], fields.BufferAddress);
    }

    /// <summary>Reads an op of any generation and width: the four lengths of a <c>tmem_op</c> differ.</summary>
    public static bool TryRead(HypercallNumber number, ReadOnlySpan<byte> bytes, out OpFields fields)
    {
        fields = default;
        if (number == HypercallNumber.Sysctl)
        {
            return bytes.Length >= EnvelopeBytes && TryReadSysctl(bytes, out fields);
        }

        if (number != HypercallNumber.TmemOp || bytes.Length is not (OpBytes32Of2009 or OpBytesOf2009 or OpBytes32 or >= OpBytes))
        {
            return false;
        }

        bool isWide = bytes.Length is OpBytesOf2009 or >= OpBytes;
        fields = bytes.Length >= OpBytes32 ? ReadOp(bytes, isWide) : ReadOpOf2009(bytes, isWide);
        return true;
    }

    /// <summary>The record of a client: whether it is frozen and compressed, and its weight.</summary>
    public static (bool IsFrozen, bool IsCompressed, uint Weight) ReadClientInfo(ReadOnlySpan<byte> record)
    {
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
        return ((flags & 1) != 0, (flags & 2) != 0, BinaryPrimitives.ReadUInt32LittleEndian(record[16..]));
    }

    /// <summary>Changes weight and compression in a record the hypervisor has filled.</summary>
    public static void ChangeClientInfo(Span<byte> record, uint weight, bool isCompressed)
    {
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], isCompressed ? flags | 2 : flags & ~2u);
        BinaryPrimitives.WriteUInt32LittleEndian(record[16..], weight);
    }

    /// <summary>One entry of SET_AUTH: bit 2 of the flags grants.</summary>
    public static void WriteAuthorization(Span<byte> record, PoolUuid uuid, bool isGranted)
    {
        record[..PoolInfoBytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(record, isGranted ? 4u : 0);
        BinaryPrimitives.WriteUInt64LittleEndian(record[16..], uuid.Low);
        BinaryPrimitives.WriteUInt64LittleEndian(record[24..], uuid.High);
    }

    public static PoolUuid ReadPoolUuid(ReadOnlySpan<byte> buffer) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(buffer),
        BinaryPrimitives.ReadUInt64LittleEndian(buffer[8..]));

    private static void WriteHead(Span<byte> op, in OpFields fields)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(op, fields.Command);
        BinaryPrimitives.WriteUInt32LittleEndian(op[4..], fields.PoolId);
    }

    private static void WriteObject(Span<byte> at, ObjectId id)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(at, id.Word0);
        BinaryPrimitives.WriteUInt64LittleEndian(at[8..], id.Word1);
        BinaryPrimitives.WriteUInt64LittleEndian(at[16..], id.Word2);
    }

    private static bool TryReadSysctl(ReadOnlySpan<byte> envelope, out OpFields fields)
    {
        ReadOnlySpan<byte> op = envelope[SysctlAt..];
        fields = new OpFields
        {
            InterfaceVersion = U32(envelope, 4),
            SubOp = U32(op, 0),
            PoolId = U32(op, 4),
            ClientId = U32(op, 8),
            Argument1 = U32(op, 12),
            Argument2 = U32(op, 16),
            Object = Id(op[24..]),
            BufferAddress = U64(op, 48),
        };
        return U32(envelope, 0) == SysctlTmem;
    }

    private static OpFields ReadOp(ReadOnlySpan<byte> op, bool isWide)
    {
        ulong last = isWide ? U64(op, 48) : U32(op, 48);
        return U32(op, 0) switch
        {
            GuestCommand.Control => new OpFields
            {
                Command = GuestCommand.Control,
                PoolId = U32(op, 4),
                SubOp = U32(op, 8),
                ClientId = U32(op, 12),
                Argument1 = U32(op, 16),
                Argument2 = U32(op, 20),
                Object = Id(op[24..]),
                BufferAddress = last,
            },
            GuestCommand.NewPool or GuestCommand.Authorize or GuestCommand.RestoreNew => ReadCreate(op),
            _ => new OpFields { Command = U32(op, 0), PoolId = U32(op, 4), Object = Id(op[8..]), Index = U32(op, 32), Frame = last },
        };
    }

    private static OpFields ReadOpOf2009(ReadOnlySpan<byte> op, bool isWide)
    {
        ulong last = isWide ? U64(op, 32) : U32(op, 32);
        return U32(op, 0) switch
        {
            GuestCommand.Control => new OpFields
            {
                Command = GuestCommand.Control,
                PoolId = U32(op, 4),
                SubOp = U32(op, 8),
                ClientId = U32(op, 12),
                Argument1 = U32(op, 16),
                Argument2 = U32(op, 20),
                Object = new ObjectId(U64(op, 24)),
                BufferAddress = last,
            },
            GuestCommand.NewPool or GuestCommand.Authorize or GuestCommand.RestoreNew => ReadCreate(op),
            _ => new OpFields
            {
                Command = U32(op, 0),
                PoolId = U32(op, 4),
                Object = new ObjectId(U64(op, 8)),
                Index = U32(op, 16),
                Frame = last,
            },
        };
    }

    private static OpFields ReadCreate(ReadOnlySpan<byte> op) => new()
    {
        Command = U32(op, 0),
        PoolId = U32(op, 4),
        Uuid = ReadPoolUuid(op[8..]),
        Flags = U32(op, 24),
        TargetClient = U32(op, 28),
    };

    private static ObjectId Id(ReadOnlySpan<byte> at) => new(U64(at, 0), U64(at, 8), U64(at, 16));

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
