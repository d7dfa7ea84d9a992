using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TmemCore.Server.Nbd;
using Xunit;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>A client of NBD that says what a test wants, and checks every answer for what the protocol demands.</summary>
internal sealed class NbdPeer : IDisposable
{
    private readonly Dictionary<ulong, (NbdRequest Request, NbdAnswer Answer, long Left)> _open = [];
    private ulong _cookie = 0x0102_0304_0506_0708;

    private NbdPeer(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    public bool HasStructuredReplies { get; private set; }

    public long SizeBytes { get; private set; }

    public NbdExportFlags Flags { get; private set; }

    /// <summary>Connects, and says nothing.</summary>
    public static NbdPeer Connect(EndPoint place)
    {
        var socket = new Socket(place.AddressFamily, SocketType.Stream, place.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        socket.Connect(place);
        return new NbdPeer(socket);
    }

    /// <summary>Connects, and reads the greeting.</summary>
    public static NbdPeer Greet(EndPoint place, uint flags = NbdWire.FixedNewstyle | NbdWire.NoZeroes)
    {
        NbdPeer peer = Connect(place);
        byte[] greeting = peer.Read(NbdWire.GreetingBytes);
        Assert.Equal("NBDMAGICIHAVEOPT", Encoding.ASCII.GetString(greeting, 0, 16));
        Assert.Equal(3, BinaryPrimitives.ReadUInt16BigEndian(greeting.AsSpan(16)));
        var answer = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(answer, flags);
        peer.Socket.Send(answer);
        return peer;
    }

    /// <summary>Connects, and enters an export as modern clients do.</summary>
    public static NbdPeer Enter(EndPoint place, string name, bool isStructured = true)
    {
        NbdPeer peer = Greet(place);
        if (isStructured)
        {
            Assert.Equal(NbdOptionReply.Ack, peer.Ask(NbdOption.StructuredReply, []).Single().Type);
            Assert.Equal(2, peer.Ask(NbdOption.SetMetaContext, Contexts(name, NbdWire.AllocationContext)).Count);
            peer.HasStructuredReplies = true;
        }

        List<(NbdOptionReply Type, byte[] Data)> replies = peer.Ask(NbdOption.Go, Named(name));
        Assert.Equal(NbdOptionReply.Ack, replies[^1].Type);
        peer.TakeExport(replies[0].Data.AsSpan(2));
        return peer;
    }

    /// <summary>Notes that answers come in chunks.</summary>
    public void AgreeOnStructure() => HasStructuredReplies = true;

    /// <summary>Notes what an export is.</summary>
    public void TakeExport(ReadOnlySpan<byte> bytes)
    {
        SizeBytes = BinaryPrimitives.ReadInt64BigEndian(bytes);
        Flags = (NbdExportFlags)BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]);
    }

    /// <summary>The data of an option that names an export and asks for information.</summary>
    public static byte[] Named(string name, params ushort[] wanted)
    {
        byte[] text = Encoding.UTF8.GetBytes(name);
        var data = new byte[4 + text.Length + 2 + (2 * wanted.Length)];
        BinaryPrimitives.WriteInt32BigEndian(data, text.Length);
        text.CopyTo(data, 4);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(4 + text.Length), (ushort)wanted.Length);
        for (int i = 0; i < wanted.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(6 + text.Length + (2 * i)), wanted[i]);
        }

        return data;
    }

    /// <summary>The data of an option that names an export and contexts.</summary>
    public static byte[] Contexts(string name, params string[] queries)
    {
        var data = new List<byte>();
        void Add(string text)
        {
            var length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, Encoding.UTF8.GetByteCount(text));
            data.AddRange([.. length, .. Encoding.UTF8.GetBytes(text)]);
        }

        Add(name);
        data.AddRange([0, 0, 0, (byte)queries.Length]);
        Array.ForEach(queries, Add);
        return [.. data];
    }

    public void SendOption(NbdOption option, byte[] data) => Socket.Send(Option(option, data));

    /// <summary>An option as it is sent.</summary>
    public static byte[] Option(NbdOption option, byte[] data)
    {
        var bytes = new byte[16 + data.Length];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, NbdWire.OptionMagic);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), (uint)option);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(12), data.Length);
        data.CopyTo(bytes, 16);
        return bytes;
    }

    /// <summary>Sends an option, and reads all replies to it.</summary>
    public List<(NbdOptionReply Type, byte[] Data)> Ask(NbdOption option, byte[] data)
    {
        SendOption(option, data);
        var replies = new List<(NbdOptionReply Type, byte[] Data)>();
        do
        {
            byte[] header = Read(20);
            Assert.Equal(NbdWire.OptionReplyMagic, BinaryPrimitives.ReadUInt64BigEndian(header));
            Assert.Equal((uint)option, BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8)));
            replies.Add(((NbdOptionReply)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(12)), Read(BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(16)))));
        }
        while (replies[^1].Type != NbdOptionReply.Ack && (replies[^1].Type & NbdOptionReply.Error) == 0);
        return replies;
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    public NbdAnswer Do(NbdCommand command, long offset, long length, NbdCommandFlags flags = NbdCommandFlags.None, byte[]? data = null)
    {
        ulong cookie = Send(command, offset, length, flags, data);
        (ulong answered, NbdAnswer answer) = Receive();
        Assert.Equal(cookie, answered);
        return answer;
    }

    public byte[] ReadDisk(long offset, int length)
    {
        NbdAnswer answer = Do(NbdCommand.Read, offset, length);
        Assert.Equal(NbdError.None, answer.Error);
        return answer.Data;
    }

    public void WriteDisk(long offset, byte[] data) => Assert.Equal(NbdError.None, Do(NbdCommand.Write, offset, data.Length, data: data).Error);

    /// <summary>Sends a request.</summary>
    /// <returns>Its cookie.</returns>
    public ulong Send(NbdCommand command, long offset, long length, NbdCommandFlags flags = NbdCommandFlags.None, byte[]? data = null)
    {
        var request = new NbdRequest(flags, command, ++_cookie, (ulong)offset, (uint)length);
        var bytes = new byte[NbdRequest.Bytes];
        request.Write(bytes);
        _open.Add(request.Cookie, (request, new NbdAnswer(), length));
        SendAll(data is null ? bytes : [.. bytes, .. data]);
        return request.Cookie;
    }

    /// <summary>Reads until some request is answered in full.</summary>
    public (ulong Cookie, NbdAnswer Answer) Receive()
    {
        while (true)
        {
            byte[] head = Read(NbdWire.SimpleReplyBytes);
            uint magic = BinaryPrimitives.ReadUInt32BigEndian(head);
            ulong cookie = BinaryPrimitives.ReadUInt64BigEndian(head.AsSpan(8));
            Assert.True(_open.TryGetValue(cookie, out (NbdRequest Request, NbdAnswer Answer, long Left) open), $"Nobody has asked with {cookie:x}.");
            bool isLast = true;
            if (magic == NbdWire.SimpleReplyMagic)
            {
                open.Answer.Error = (NbdError)BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(4));
                Assert.False(HasStructuredReplies && open.Request.Command == NbdCommand.Read);
                if (open.Request.Command == NbdCommand.Read && open.Answer.Error == NbdError.None)
                {
                    open.Answer.Data = Read((int)open.Request.Length);
                }
            }
            else
            {
                Assert.Equal(NbdWire.ChunkMagic, magic);
                Assert.True(HasStructuredReplies);
                isLast = TakeChunk(head, ref open);
                _open[cookie] = open;
            }

            if (isLast)
            {
                _open.Remove(cookie);
                return (cookie, open.Answer);
            }
        }
    }

    public byte[] Read(int bytes)
    {
        var read = new byte[bytes];
        for (int at = 0; at < bytes;)
        {
            int received = Socket.Receive(read.AsSpan(at));
            if (received == 0)
            {
                throw new EndOfStreamException();
            }

            at += received;
        }

        return read;
    }

    /// <summary>Reads until the other side ends the connection.</summary>
    public void ReadToEnd()
    {
        var bytes = new byte[64 << 10];
        try
        {
            while (Socket.Receive(bytes) != 0)
            {
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Cut off with requests unread.
        }
    }

    public void Dispose() => Socket.Dispose();

    private void SendAll(byte[] bytes)
    {
        for (int sent = 0; sent < bytes.Length;)
        {
            sent += Socket.Send(bytes.AsSpan(sent));
        }
    }

    private bool TakeChunk(byte[] head, ref (NbdRequest Request, NbdAnswer Answer, long Left) open)
    {
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(4));
        var type = (NbdChunkType)BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(6));
        byte[] payload = Read(BinaryPrimitives.ReadInt32BigEndian(Read(4)));
        NbdAnswer answer = open.Answer;
        answer.Chunks++;
        Assert.True(flags <= 1);
        switch (type)
        {
            case NbdChunkType.None:
                Assert.Empty(payload);
                Assert.Equal(1, flags);
                break;
            case NbdChunkType.OffsetData or NbdChunkType.OffsetHole:
                Assert.Equal(NbdCommand.Read, open.Request.Command);
                open.Left -= TakeData(open.Request, answer, type, payload);
                break;
            case NbdChunkType.BlockStatus:
                Assert.Equal(NbdCommand.BlockStatus, open.Request.Command);
                Assert.Equal(NbdWire.AllocationContextId, BinaryPrimitives.ReadUInt32BigEndian(payload));
                for (int i = 4; i < payload.Length; i += 8)
                {
                    answer.Extents.Add((BinaryPrimitives.ReadUInt32BigEndian(payload.AsSpan(i)), BinaryPrimitives.ReadUInt32BigEndian(payload.AsSpan(i + 4))));
                }

                break;
            case NbdChunkType.Error:
                answer.Error = (NbdError)BinaryPrimitives.ReadUInt32BigEndian(payload);
                Assert.Equal(payload.Length - 6, BinaryPrimitives.ReadUInt16BigEndian(payload.AsSpan(4)));
                answer.Words = Encoding.UTF8.GetString(payload, 6, payload.Length - 6);
                Assert.NotEqual(NbdError.None, answer.Error);
                break;
            default:
                Assert.Fail($"A chunk of type {type}.");
                break;
        }

        Assert.False(flags == 1 && open.Request.Command == NbdCommand.Read && answer.Error == NbdError.None && open.Left != 0, "Not all of it has come.");
        return flags == 1;
    }

    private static long TakeData(in NbdRequest request, NbdAnswer answer, NbdChunkType type, byte[] payload)
    {
        int at = checked((int)(BinaryPrimitives.ReadUInt64BigEndian(payload) - request.Offset));
        if (answer.Data.Length == 0)
        {
            // What no chunk says anything of would show.
            answer.Data = new byte[request.Length];
            Array.Fill(answer.Data, (byte)0xEE);
        }

        if (type == NbdChunkType.OffsetData)
        {
            payload.AsSpan(8).CopyTo(answer.Data.AsSpan(at));
            Assert.True(payload.Length > 8);
            return payload.Length - 8;
        }

        int bytes = BinaryPrimitives.ReadInt32BigEndian(payload.AsSpan(8));
        Assert.True(bytes > 0);
        answer.Data.AsSpan(at, bytes).Clear();
        answer.HoleBytes += bytes;
        return bytes;
    }
}
