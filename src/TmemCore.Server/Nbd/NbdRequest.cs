using System.Buffers.Binary;

namespace TmemCore.Server.Nbd;

/// <summary>A request as its 28 bytes say it. Every field is a peer's: any number at all.</summary>
/// <param name="Flags">How.</param>
/// <param name="Command">What.</param>
/// <param name="Cookie">The answer has it, too.</param>
/// <param name="Offset">The first byte.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct NbdRequest(NbdCommandFlags Flags, NbdCommand Command, ulong Cookie, ulong Offset, uint Length)
{
    /// <summary>The length of a request without its payload.</summary>
    public const int Bytes = 28;

    /// <summary>The bytes that follow it.</summary>
    public uint PayloadBytes => Command == NbdCommand.Write ? Length : 0;

    /// <summary>Whether it would change the export.</summary>
    public bool IsChange => Command is NbdCommand.Write or NbdCommand.Trim or NbdCommand.WriteZeroes;

    public bool Has(NbdCommandFlags flag) => (Flags & flag) != 0;

    /// <summary>Reads a request.</summary>
    /// <param name="bytes">28 bytes, or more.</param>
    /// <param name="request">The request.</param>
    /// <returns>False when it is none.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out NbdRequest request)
    {
        request = new NbdRequest(
            (NbdCommandFlags)BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]),
            (NbdCommand)BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[24..]));
        return BinaryPrimitives.ReadUInt32BigEndian(bytes) == NbdWire.RequestMagic;
    }

    /// <summary>Writes the 28 bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, NbdWire.RequestMagic);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)Flags);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)Command);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Cookie);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], Offset);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[24..], Length);
    }

    /// <summary>What is wrong with it for such an export, before anything is done.</summary>
    /// <param name="export">What it is for.</param>
    /// <param name="state">What was agreed on in the handshake.</param>
    /// <param name="mostPayloadBytes">The most that may be read or written at once.</param>
    public NbdError Check(NbdExport export, NbdConnectionState state, int mostPayloadBytes)
    {
        NbdCommandFlags allowed = Command switch
        {
            NbdCommand.Read when state.HasStructuredReplies => NbdCommandFlags.DontFragment,
            NbdCommand.WriteZeroes => NbdCommandFlags.NoHole | NbdCommandFlags.FastZero,
            NbdCommand.BlockStatus => NbdCommandFlags.OneExtent,
            _ => NbdCommandFlags.None,
        };
        bool isKnown = Command <= NbdCommand.BlockStatus && Command != NbdCommand.Disconnect;
        if (!isKnown || (Flags & ~(allowed | NbdCommandFlags.ForceUnitAccess)) != 0)
        {
            return NbdError.Invalid;
        }

        if (IsChange && export.IsReadOnly)
        {
            return NbdError.NotPermitted;
        }

        if (Offset > (ulong)export.SizeBytes || Length > (ulong)export.SizeBytes - Offset)
        {
            return Command is NbdCommand.Write or NbdCommand.WriteZeroes ? NbdError.NoSpace : NbdError.Invalid;
        }

        return Command switch
        {
            NbdCommand.Read or NbdCommand.Write when Length > (uint)mostPayloadBytes => NbdError.Invalid,
            NbdCommand.Flush when (Offset | Length) != 0 => NbdError.Invalid,
            NbdCommand.BlockStatus when !state.HasAllocationContext || Length == 0 => NbdError.Invalid,
            _ => NbdError.None,
        };
    }
}
