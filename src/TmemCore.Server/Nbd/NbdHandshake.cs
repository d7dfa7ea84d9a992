using System.Buffers.Binary;
using System.Runtime.Versioning;
using System.Text;
using TmemCore.Server.Takeover;

namespace TmemCore.Server.Nbd;

/// <summary>
/// The first part of a connection: the client chooses an export and how it wants to be answered. Every byte is a peer's, and what it sends is
/// looked at before anything is made of its size.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class NbdHandshake(
    NbdChannel channel, IReadOnlyList<NbdExport> exports, NbdPauses pauses, int mostPayloadBytes, NbdHandshakeState? begun)
{
    /// <summary>An export's name and some queries; longer options are answered without being read.</summary>
    private const int MostOptionBytes = 2 * NbdWire.MostStringBytes;

    private bool _hasFlags = begun is { HasFlags: true };
    private bool _hasNoZeroes = begun is { HasNoZeroes: true };
    private bool _hasStructuredReplies = begun is { HasStructuredReplies: true };

    /// <summary>The export whose extents the client may ask for.</summary>
    private string? _allocationOf = begun?.AllocationOf;

    /// <summary>What is still to come of an option that was too long.</summary>
    private uint _unwantedBytes = begun?.UnwantedBytes ?? 0;

    private NbdExport? _chosen;
    private string? _ending;
    private bool _isLeft;

    /// <summary>Why it has ended without an export; null when it goes on in another process.</summary>
    public string? Ending => _isLeft ? null : _ending ?? channel.Ending;

    /// <summary>What it had come to when it stood still.</summary>
    public NbdHandshakeState? Standing { get; private set; }

    /// <summary>Does the whole of it.</summary>
    /// <returns>False when the connection is over.</returns>
    public bool TryRun(out NbdExport? export, out NbdConnectionState? state)
    {
        export = null;
        state = null;
        if ((begun is null && !TryGreet()) || (!_hasFlags && !TryTakeFlags()))
        {
            return false;
        }

        while (_chosen is null)
        {
            if (!TrySkipUnwanted() || !TryTakeOption())
            {
                return false;
            }
        }

        export = _chosen;
        state = new NbdConnectionState(export.Name, _hasStructuredReplies, _hasStructuredReplies && _allocationOf == export.Name);
        return true;
    }

    private bool TryGreet()
    {
        if (!channel.TryReserve(NbdWire.GreetingBytes, out Span<byte> greeting))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt64BigEndian(greeting, NbdWire.ServerMagic);
        BinaryPrimitives.WriteUInt64BigEndian(greeting[8..], NbdWire.OptionMagic);
        BinaryPrimitives.WriteUInt16BigEndian(greeting[16..], NbdWire.FixedNewstyle | NbdWire.NoZeroes);
        channel.Advance(NbdWire.GreetingBytes);
        return true;
    }

    private bool TryTakeFlags()
    {
        if (!TryAwait(NbdWire.ClientFlagsBytes))
        {
            return false;
        }

        uint flags = BinaryPrimitives.ReadUInt32BigEndian(channel.Unread);
        channel.Consume(NbdWire.ClientFlagsBytes);
        _hasFlags = true;
        _hasNoZeroes = (flags & NbdWire.NoZeroes) != 0;
        return (flags & ~(uint)(NbdWire.FixedNewstyle | NbdWire.NoZeroes)) == 0 || End("it sent flags that nobody knows");
    }

    private bool TrySkipUnwanted()
    {
        while (_unwantedBytes > 0)
        {
            if (!TryAwait(1))
            {
                return false;
            }

            int part = (int)Math.Min(_unwantedBytes, (uint)channel.Unread.Length);
            channel.Consume(part);
            _unwantedBytes -= (uint)part;
        }

        return true;
    }

    /// <summary>Takes an option and answers it; of one that is too long, the header.</summary>
    /// <returns>False when the connection is over.</returns>
    private bool TryTakeOption()
    {
        if (!TryAwait(NbdWire.OptionHeaderBytes))
        {
            return false;
        }

        ReadOnlySpan<byte> header = channel.Unread;
        if (BinaryPrimitives.ReadUInt64BigEndian(header) != NbdWire.OptionMagic)
        {
            return End("it sent what is no option");
        }

        var option = (NbdOption)BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        uint bytes = BinaryPrimitives.ReadUInt32BigEndian(header[12..]);
        if (bytes > MostOptionBytes)
        {
            if (option == NbdOption.ExportName)
            {
                return End("it asked for an export whose name is too long");
            }

            channel.Consume(NbdWire.OptionHeaderBytes);
            _unwantedBytes = bytes;
            return TryReply(option, NbdOptionReply.TooBig, "The option is too long."u8);
        }

        // All of it before any is taken: it may be the successor that answers.
        if (!TryAwait(NbdWire.OptionHeaderBytes + (int)bytes))
        {
            return false;
        }

        channel.Consume(NbdWire.OptionHeaderBytes);
        return TryAnswer(option, (int)bytes);
    }

    /// <summary>Waits until so many bytes are unread, and stands still meanwhile if that is asked for.</summary>
    /// <returns>False when the connection is over here.</returns>
    private bool TryAwait(int bytes)
    {
        while (!pauses.IsAsked || TryStandStill())
        {
            if (channel.Unread.Length >= bytes)
            {
                return true;
            }

            if (!channel.TryReceive(pauses.Handle, out _))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Stands still for a takeover, with nothing left to be sent.</summary>
    /// <returns>False when it goes on in another process, or is over.</returns>
    private bool TryStandStill()
    {
        if (!channel.TryFlush())
        {
            return false;
        }

        Standing = new(_hasFlags, _hasNoZeroes, _hasStructuredReplies, _allocationOf, _unwantedBytes, channel.LeftMilliseconds);
        switch (pauses.Await(channel.Unread.ToArray()))
        {
            case PauseOutcome.GoOn:
                // The time that it stood still is not the peer's.
                channel.SetDeadline(TimeSpan.FromMilliseconds(Standing.LeftMilliseconds));
                return true;
            case PauseOutcome.Leave:
                _isLeft = true;
                channel.Leave();
                return false;
            default:
                return End("it took no answers while another server took over");
        }
    }

    /// <summary>Answers an option whose bytes are all there.</summary>
    /// <returns>False when the connection is over.</returns>
    private bool TryAnswer(NbdOption option, int bytes)
    {
        ReadOnlySpan<byte> data = channel.Unread[..bytes];
        bool isAlive = option switch
        {
            NbdOption.ExportName => TryEnter(data),
            NbdOption.Abort => TryReply(option, NbdOptionReply.Ack, default) && channel.TryFlush() && End("it left during the handshake"),
            NbdOption.List => TryList(data),
            NbdOption.StartTls => TryReply(option, NbdOptionReply.Policy, "There is no TLS here."u8),
            NbdOption.Info or NbdOption.Go => TryInform(option, data),
            NbdOption.StructuredReply => TryStructure(data),
            NbdOption.ListMetaContext or NbdOption.SetMetaContext => TryContexts(option, data),
            _ => TryReply(option, NbdOptionReply.Unsupported, "The option is not known here."u8),
        };
        if (isAlive)
        {
            channel.Consume(bytes);
        }

        return isAlive;
    }

    /// <summary>The old way to choose an export, which leaves no room for an error.</summary>
    private bool TryEnter(ReadOnlySpan<byte> name)
    {
        NbdExport? export = Find(name);
        if (export is null)
        {
            return End("it asked for an export that is not there");
        }

        int bytes = sizeof(ulong) + sizeof(ushort) + (_hasNoZeroes ? 0 : NbdWire.ReservedBytes);
        if (!channel.TryReserve(bytes, out Span<byte> answer))
        {
            return false;
        }

        answer.Clear();
        WriteExport(answer, export);
        channel.Advance(bytes);
        _chosen = export;
        return true;
    }

    private bool TryList(ReadOnlySpan<byte> data)
    {
        if (!data.IsEmpty)
        {
            return TryReply(NbdOption.List, NbdOptionReply.Invalid, "The option has no data."u8);
        }

        foreach (NbdExport export in exports)
        {
            int nameBytes = Encoding.UTF8.GetByteCount(export.Name);
            var bytes = new byte[sizeof(uint) + nameBytes + Encoding.UTF8.GetByteCount(export.Description)];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)nameBytes);
            Encoding.UTF8.GetBytes(export.Name, bytes.AsSpan(sizeof(uint)));
            Encoding.UTF8.GetBytes(export.Description, bytes.AsSpan(sizeof(uint) + nameBytes));
            if (!TryReply(NbdOption.List, NbdOptionReply.Server, bytes))
            {
                return false;
            }
        }

        return TryReply(NbdOption.List, NbdOptionReply.Ack, default);
    }

    private bool TryStructure(ReadOnlySpan<byte> data)
    {
        if (!data.IsEmpty)
        {
            return TryReply(NbdOption.StructuredReply, NbdOptionReply.Invalid, "The option has no data."u8);
        }

        _hasStructuredReplies = true;
        return TryReply(NbdOption.StructuredReply, NbdOptionReply.Ack, default);
    }

    /// <summary>Tells of an export, and enters it if that is asked for.</summary>
    private bool TryInform(NbdOption option, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> rest = data;
        if (!TryTakeString(ref rest, out ReadOnlySpan<byte> name)
            || rest.Length < sizeof(ushort)
            || rest.Length != sizeof(ushort) + (BinaryPrimitives.ReadUInt16BigEndian(rest) * sizeof(ushort)))
        {
            return TryReply(option, NbdOptionReply.Invalid, "Its lengths do not fit together."u8);
        }

        NbdExport? export = Find(name);
        if (export is null)
        {
            return TryReply(option, NbdOptionReply.Unknown, "There is no such export."u8);
        }

        if (!TryTellExport(option, export) || !TryTellBlockSize(option))
        {
            return false;
        }

        for (rest = rest[sizeof(ushort)..]; !rest.IsEmpty; rest = rest[sizeof(ushort)..])
        {
            string? words = (NbdInfo)BinaryPrimitives.ReadUInt16BigEndian(rest) switch
            {
                NbdInfo.Name => export.Name,
                NbdInfo.Description => export.Description,
                _ => null,
            };
            if (words is not null && !TryReply(option, NbdOptionReply.Info, [.. rest[..sizeof(ushort)], .. Encoding.UTF8.GetBytes(words)]))
            {
                return false;
            }
        }

        _chosen = option == NbdOption.Go ? export : null;
        return TryReply(option, NbdOptionReply.Ack, default);
    }

    private bool TryTellExport(NbdOption option, NbdExport export)
    {
        Span<byte> told = stackalloc byte[sizeof(ushort) + sizeof(ulong) + sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(told, (ushort)NbdInfo.Export);
        WriteExport(told[sizeof(ushort)..], export);
        return TryReply(option, NbdOptionReply.Info, told);
    }

    private bool TryTellBlockSize(NbdOption option)
    {
        Span<byte> told = stackalloc byte[sizeof(ushort) + (3 * sizeof(uint))];
        BinaryPrimitives.WriteUInt16BigEndian(told, (ushort)NbdInfo.BlockSize);
        BinaryPrimitives.WriteUInt32BigEndian(told[2..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(told[6..], TmemPool.PageBytes);
        BinaryPrimitives.WriteUInt32BigEndian(told[10..], (uint)mostPayloadBytes);
        return TryReply(option, NbdOptionReply.Info, told);
    }

    private bool TryContexts(NbdOption option, ReadOnlySpan<byte> data)
    {
        bool isSet = option == NbdOption.SetMetaContext;
        if (isSet)
        {
            _allocationOf = null;
        }

        if (!_hasStructuredReplies)
        {
            return TryReply(option, NbdOptionReply.Invalid, "Structured replies come first."u8);
        }

        if (!TryReadContexts(data, isSet, out ReadOnlySpan<byte> name, out bool isWanted))
        {
            return TryReply(option, NbdOptionReply.Invalid, "Its lengths do not fit together."u8);
        }

        NbdExport? export = Find(name);
        if (export is null)
        {
            return TryReply(option, NbdOptionReply.Unknown, "There is no such export."u8);
        }

        if (isWanted)
        {
            var told = new byte[sizeof(uint) + NbdWire.AllocationContext.Length];
            BinaryPrimitives.WriteUInt32BigEndian(told, isSet ? NbdWire.AllocationContextId : 0);
            Encoding.ASCII.GetBytes(NbdWire.AllocationContext, told.AsSpan(sizeof(uint)));
            if (!TryReply(option, NbdOptionReply.MetaContext, told))
            {
                return false;
            }

            _allocationOf = isSet ? export.Name : _allocationOf;
        }

        return TryReply(option, NbdOptionReply.Ack, default);
    }

    /// <summary>Reads queries. A list of none asks for all there are, and one that ends in its colon for all of that kind; what is to be set is named in full.</summary>
    private static bool TryReadContexts(ReadOnlySpan<byte> data, bool isSet, out ReadOnlySpan<byte> name, out bool isWanted)
    {
        isWanted = false;
        if (!TryTakeString(ref data, out name) || data.Length < sizeof(uint))
        {
            return false;
        }

        uint queries = BinaryPrimitives.ReadUInt32BigEndian(data);
        data = data[sizeof(uint)..];
        isWanted = queries == 0 && !isSet;
        for (; queries > 0; queries--)
        {
            if (!TryTakeString(ref data, out ReadOnlySpan<byte> query))
            {
                return false;
            }

            isWanted |= query.SequenceEqual("base:allocation"u8) || (!isSet && query.SequenceEqual("base:"u8));
        }

        return data.IsEmpty;
    }

    private static bool TryTakeString(scoped ref ReadOnlySpan<byte> data, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (data.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32BigEndian(data) > (uint)(data.Length - sizeof(uint)))
        {
            return false;
        }

        int bytes = (int)BinaryPrimitives.ReadUInt32BigEndian(data);
        taken = data.Slice(sizeof(uint), bytes);
        data = data[(sizeof(uint) + bytes)..];
        return bytes <= NbdWire.MostStringBytes;
    }

    /// <summary>The export of a name; without a name, the first.</summary>
    private NbdExport? Find(ReadOnlySpan<byte> name)
    {
        string wanted = Encoding.UTF8.GetString(name);
        return exports.FirstOrDefault(export => export.Name == wanted) ?? (name.IsEmpty && exports.Count > 0 ? exports[0] : null);
    }

    private void WriteExport(Span<byte> bytes, NbdExport export)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)export.SizeBytes);
        NbdExportFlags flags = export.Flags | NbdExportFlags.HasFlags
            | (export.IsReadOnly ? NbdExportFlags.ReadOnly : NbdExportFlags.None)
            | (_hasStructuredReplies ? NbdExportFlags.SendDontFragment : NbdExportFlags.None);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[sizeof(ulong)..], (ushort)flags);
    }

    private bool TryReply(NbdOption option, NbdOptionReply type, ReadOnlySpan<byte> data)
    {
        int bytes = NbdWire.OptionReplyHeaderBytes + data.Length;
        if (!channel.TryReserve(bytes, out Span<byte> reply))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt64BigEndian(reply, NbdWire.OptionReplyMagic);
        BinaryPrimitives.WriteUInt32BigEndian(reply[8..], (uint)option);
        BinaryPrimitives.WriteUInt32BigEndian(reply[12..], (uint)type);
        BinaryPrimitives.WriteUInt32BigEndian(reply[16..], (uint)data.Length);
        data.CopyTo(reply[NbdWire.OptionReplyHeaderBytes..]);
        channel.Advance(bytes);
        return true;
    }

    /// <summary>Says why it ends; the answer is always false.</summary>
    private bool End(string reason)
    {
        _ending = reason;
        return false;
    }
}
