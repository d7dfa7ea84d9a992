using System.Buffers.Binary;
using System.Net.Sockets;
using TmemCore.Server.Nbd;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>An NBD server of pages of sevens, whose answers to reads are wrong in one way.</summary>
internal sealed class FalseServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Task _serving;

    public FalseServer(string kind)
    {
        Kind = kind;
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
        _serving = Task.Run(ServeAsync);
    }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"tmem-{Guid.NewGuid():N}.sock");

    /// <summary>How its answers are wrong.</summary>
    public string Kind { get; set; }

    public static byte[] Greeting()
    {
        var greeting = new byte[NbdWire.GreetingBytes];
        BinaryPrimitives.WriteUInt64BigEndian(greeting, NbdWire.ServerMagic);
        BinaryPrimitives.WriteUInt64BigEndian(greeting.AsSpan(8), NbdWire.OptionMagic);
        BinaryPrimitives.WriteUInt16BigEndian(greeting.AsSpan(16), 3);
        return greeting;
    }

    public static byte[] OptionReply(NbdOption option, NbdOptionReply type, byte[] data)
    {
        var reply = new byte[20 + data.Length];
        BinaryPrimitives.WriteUInt64BigEndian(reply, NbdWire.OptionReplyMagic);
        BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(8), (uint)option);
        BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(12), (uint)type);
        BinaryPrimitives.WriteInt32BigEndian(reply.AsSpan(16), data.Length);
        data.CopyTo(reply, 20);
        return reply;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
        File.Delete(Path);
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using Socket one = await _listener.AcceptAsync();
                Serve(one);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (_listener.SafeHandle.IsClosed)
                {
                    return;
                }
            }
        }
    }

    private void Serve(Socket one)
    {
        one.Send(Greeting());
        Read(one, 4 + 16);
        one.Send(OptionReply(NbdOption.StructuredReply, NbdOptionReply.Ack, []));
        Read(one, 16 + 4 + 1 + 2);
        byte[] export = [0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 1];
        one.Send([.. OptionReply(NbdOption.Go, NbdOptionReply.Info, export), .. OptionReply(NbdOption.Go, NbdOptionReply.Ack, [])]);
        while (TryAnswer(one))
        {
        }
    }

    private bool TryAnswer(Socket one)
    {
        if (!NbdRequest.TryRead(Read(one, NbdRequest.Bytes), out NbdRequest request) || Kind == "end")
        {
            return false;
        }

        int bytes = Kind == "short" ? 512 : (int)request.Length;
        var answer = new byte[28 + bytes];
        ulong cookie = Kind == "cookie" ? request.Cookie + 1 : request.Cookie;
        NbdReplies.WriteData(answer, cookie, Kind == "outside" ? request.Offset + 1 : request.Offset, bytes, isLast: Kind != "twice");
        answer.AsSpan(28).Fill(7);
        switch (Kind)
        {
            case "magic":
                answer[0]++;
                break;
            case "huge":
                BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(16), uint.MaxValue);
                break;
            case "type":
                answer[7] = 9;
                break;
        }

        one.Send(answer);
        if (Kind == "twice")
        {
            one.Send(answer);
        }

        return true;
    }

    private static byte[] Read(Socket one, int bytes)
    {
        var read = new byte[bytes];
        for (int at = 0; at < bytes;)
        {
            int received = one.Receive(read.AsSpan(at));
            if (received == 0)
            {
                throw new SocketException((int)SocketError.ConnectionReset);
            }

            at += received;
        }

        return read;
    }
}
