using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace TmemCore.Server.Nbd;

/// <summary>The client's side of a handshake with another NBD server. What it says is not trusted.</summary>
internal sealed class RemoteHandshake(Socket socket, Stream input, string exportName)
{
    private const int MostReplyBytes = 64 << 10;
    private const int ExportBytes = sizeof(ulong) + sizeof(ushort);

    /// <summary>Does the whole of it.</summary>
    /// <returns>The export's size, and what it can do.</returns>
    /// <exception cref="InvalidDataException">The other side is no NBD server of the fixed newstyle kind, or has not got the export.</exception>
    public async Task<(long SizeBytes, NbdExportFlags Flags)> RunAsync(CancellationToken cancellation)
    {
        byte[] greeting = await ReadAsync(NbdWire.GreetingBytes, cancellation).ConfigureAwait(false);
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(greeting.AsSpan(16));
        if (BinaryPrimitives.ReadUInt64BigEndian(greeting) != NbdWire.ServerMagic
            || BinaryPrimitives.ReadUInt64BigEndian(greeting.AsSpan(8)) != NbdWire.OptionMagic
            || (flags & NbdWire.FixedNewstyle) == 0)
        {
            throw new InvalidDataException("it does not greet as an NBD server of the fixed newstyle kind does.");
        }

        var answer = new byte[NbdWire.ClientFlagsBytes];
        BinaryPrimitives.WriteUInt32BigEndian(answer, flags & (uint)(NbdWire.FixedNewstyle | NbdWire.NoZeroes));
        await SendAsync(answer, cancellation).ConfigureAwait(false);
        await AskAsync(NbdOption.StructuredReply, [], cancellation).ConfigureAwait(false);
        _ = await ReadReplyAsync(NbdOption.StructuredReply, cancellation).ConfigureAwait(false);
        return await EnterAsync((flags & NbdWire.NoZeroes) != 0, cancellation).ConfigureAwait(false);
    }

    private async Task<(long SizeBytes, NbdExportFlags Flags)> EnterAsync(bool hasNoZeroes, CancellationToken cancellation)
    {
        byte[] name = Encoding.UTF8.GetBytes(exportName);
        var data = new byte[sizeof(uint) + name.Length + sizeof(ushort)];
        BinaryPrimitives.WriteUInt32BigEndian(data, (uint)name.Length);
        name.CopyTo(data, sizeof(uint));
        await AskAsync(NbdOption.Go, data, cancellation).ConfigureAwait(false);
        (long, NbdExportFlags)? export = null;
        while (true)
        {
            (NbdOptionReply type, byte[] reply) = await ReadReplyAsync(NbdOption.Go, cancellation).ConfigureAwait(false);
            switch (type)
            {
                case NbdOptionReply.Ack:
                    return export ?? throw new InvalidDataException("it does not tell the size of its export.");
                case NbdOptionReply.Info when reply.Length == sizeof(ushort) + ExportBytes && BinaryPrimitives.ReadUInt16BigEndian(reply) == (ushort)NbdInfo.Export:
                    export = ReadExport(reply.AsSpan(sizeof(ushort)));
                    break;
                case NbdOptionReply.Info:
                    break;
                case NbdOptionReply.Unsupported:
                    await AskAsync(NbdOption.ExportName, name, cancellation).ConfigureAwait(false);
                    byte[] told = await ReadAsync(ExportBytes + (hasNoZeroes ? 0 : NbdWire.ReservedBytes), cancellation).ConfigureAwait(false);
                    return ReadExport(told);
                default:
                    string words = reply.Length == 0 ? "" : $" ({Encoding.UTF8.GetString(reply)})";
                    throw new InvalidDataException($"it does not give the export \"{exportName}\"{words}.");
            }
        }
    }

    private static (long SizeBytes, NbdExportFlags Flags) ReadExport(ReadOnlySpan<byte> bytes)
    {
        ulong size = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        return size <= long.MaxValue
            ? ((long)size, (NbdExportFlags)BinaryPrimitives.ReadUInt16BigEndian(bytes[sizeof(ulong)..]))
            : throw new InvalidDataException($"its export has {size} bytes, which is no size.");
    }

    private async Task AskAsync(NbdOption option, byte[] data, CancellationToken cancellation)
    {
        var bytes = new byte[NbdWire.OptionHeaderBytes + data.Length];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, NbdWire.OptionMagic);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), (uint)option);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(12), (uint)data.Length);
        data.CopyTo(bytes, NbdWire.OptionHeaderBytes);
        await SendAsync(bytes, cancellation).ConfigureAwait(false);
    }

    private async Task<(NbdOptionReply Type, byte[] Data)> ReadReplyAsync(NbdOption option, CancellationToken cancellation)
    {
        byte[] header = await ReadAsync(NbdWire.OptionReplyHeaderBytes, cancellation).ConfigureAwait(false);
        uint bytes = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(16));
        if (BinaryPrimitives.ReadUInt64BigEndian(header) != NbdWire.OptionReplyMagic
            || BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8)) != (uint)option
            || bytes > MostReplyBytes)
        {
            throw new InvalidDataException("it answers an option as no NBD server does.");
        }

        return ((NbdOptionReply)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(12)), await ReadAsync((int)bytes, cancellation).ConfigureAwait(false));
    }

    private async Task<byte[]> ReadAsync(int bytes, CancellationToken cancellation)
    {
        var read = new byte[bytes];
        await input.ReadExactlyAsync(read, cancellation).ConfigureAwait(false);
        return read;
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancellation).ConfigureAwait(false)..];
        }
    }
}
