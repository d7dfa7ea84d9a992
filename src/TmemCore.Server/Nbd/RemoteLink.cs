using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using TmemCore.Server.Takeover;

namespace TmemCore.Server.Nbd;

/// <summary>One connection to another NBD server, whose handshake is over. Once broken it stays so. Thread-safe.</summary>
[SupportedOSPlatform("linux")]
internal sealed class RemoteLink : IDisposable
{
    private const int BufferBytes = 64 << 10;

    /// <summary>Beyond what any answer of ours needs: a server that announces more is none.</summary>
    private const int MostChunkBytes = 64 << 20;

    private readonly Socket _socket;
    private readonly BufferedStream _input;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ConcurrentDictionary<ulong, RemoteCall> _calls = new();
    private readonly byte[] _request = new byte[NbdRequest.Bytes];
    private readonly byte[] _head = new byte[NbdWire.ChunkHeaderBytes];
    private CancellationTokenSource _pause = new();
    private Task _receiving = Task.CompletedTask;
    private ulong _cookie;
    private volatile bool _isBroken;
    private bool _isLeft;

    private RemoteLink(Socket socket)
    {
        _socket = socket;
        _input = new BufferedStream(new NetworkStream(socket, ownsSocket: false), BufferBytes);
    }

    /// <summary>Whether nothing can be asked any more.</summary>
    public bool IsBroken => _isBroken;

    /// <summary>The export's size.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>What the export can do.</summary>
    public NbdExportFlags Flags { get; private set; }

    /// <summary>Connects to a server, and agrees on the export.</summary>
    /// <exception cref="IOException">Nobody answers in time as an NBD server does, or it has not got the export.</exception>
    /// <exception cref="OperationCanceledException">Nobody wants it any more.</exception>
    public static async Task<RemoteLink> ConnectAsync(NbdAddress address, TimeSpan timeout, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(timeout);
        RemoteLink? link = null;
        try
        {
            link = new RemoteLink(await address.ConnectAsync(deadline.Token).ConfigureAwait(false));
            (link.SizeBytes, link.Flags) = await new RemoteHandshake(link._socket, link._input, address.ExportName).RunAsync(deadline.Token).ConfigureAwait(false);
            link.BeginReceiving();
            return link;
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException or OperationCanceledException or InvalidDataException)
        {
            link?.Dispose();
            cancellation.ThrowIfCancellationRequested();
            string reason = e is OperationCanceledException ? "it does not answer in time." : e is EndOfStreamException ? "it has ended the connection." : e.Message;
            throw new IOException($"{address} cannot be used: {reason}", e);
        }
        catch
        {
            link?.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with a connection that another process has had.</summary>
    public static RemoteLink Adopt(Socket socket, long sizeBytes, NbdExportFlags flags)
    {
        var link = new RemoteLink(socket) { SizeBytes = sizeBytes, Flags = flags };
        link.BeginReceiving();
        return link;
    }

    /// <summary>Receives nothing any more: what comes is the successor's. Nothing is under way.</summary>
    /// <returns>The connection; null when it is broken.</returns>
    public async ValueTask<SafeHandle?> PauseAsync()
    {
        await _pause.CancelAsync().ConfigureAwait(false);
        await _receiving.ConfigureAwait(false);
        return _isBroken ? null : _socket.SafeHandle;
    }

    /// <summary>Goes on after a pause, if there was one.</summary>
    public void Resume()
    {
        if (_pause.IsCancellationRequested && !_isBroken)
        {
            _pause.Dispose();
            _pause = new CancellationTokenSource();
            BeginReceiving();
        }
    }

    /// <summary>Leaves the connection to another process, after a pause.</summary>
    public void Leave()
    {
        _isLeft = true;
        LeftSocket.Keep(_socket);
    }

    /// <summary>Asks for something.</summary>
    /// <param name="command">What.</param>
    /// <param name="flags">How.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="payload">What is to be written.</param>
    /// <param name="target">Takes what is read; nobody else's until the call has ended.</param>
    /// <returns>What has come of it; an error, too, when the connection has broken meanwhile.</returns>
    public async Task<NbdError> CallAsync(
        NbdCommand command, NbdCommandFlags flags, long offset, uint length, ReadOnlyMemory<byte> payload, Memory<byte> target)
    {
        var call = new RemoteCall(command, (ulong)offset, target);
        ulong cookie = Interlocked.Increment(ref _cookie);
        _calls[cookie] = call;
        if (_isBroken && _calls.TryRemove(cookie, out _))
        {
            return NbdError.InputOutput;
        }

        await _sending.WaitAsync().ConfigureAwait(false);
        try
        {
            new NbdRequest(flags, command, cookie, (ulong)offset, length).Write(_request);
            await SendAsync(_request).ConfigureAwait(false);
            await SendAsync(payload).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Dispose();
        }
        finally
        {
            _sending.Release();
        }

        return await call.Outcome.ConfigureAwait(false);
    }

    /// <summary>Ends it. What is under way fails as soon as nothing is received any more: until then answers may still be written to where they belong.</summary>
    public void Dispose()
    {
        _isBroken = true;
        if (!_isLeft)
        {
            _socket.Dispose();
        }
    }

    private void BeginReceiving() => _receiving = ReceiveAsync(_pause.Token);

    private async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None).ConfigureAwait(false)..];
        }
    }

    /// <summary>Ends what is under way. A call that is added meanwhile looks again at whether the connection is broken.</summary>
    private void Fail()
    {
        foreach (ulong cookie in _calls.Keys)
        {
            if (_calls.TryRemove(cookie, out RemoteCall? call))
            {
                call.End(NbdError.InputOutput);
            }
        }
    }

    private async Task ReceiveAsync(CancellationToken pause)
    {
        try
        {
            while (true)
            {
                await ReceiveReplyAsync(pause).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Between two answers.
            return;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidDataException)
        {
            // Broken off, or no NBD server's answer: neither is to be trusted any further.
        }

        // The memory that is read into is the callers' again only now.
        Dispose();
        Fail();
    }

    private async Task ReceiveReplyAsync(CancellationToken pause)
    {
        await _input.ReadExactlyAsync(_head.AsMemory(0, NbdWire.SimpleReplyBytes), pause).ConfigureAwait(false);
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(_head);
        ulong cookie = BinaryPrimitives.ReadUInt64BigEndian(_head.AsSpan(8));
        if (magic is not (NbdWire.SimpleReplyMagic or NbdWire.ChunkMagic) || !_calls.TryGetValue(cookie, out RemoteCall? call))
        {
            throw new InvalidDataException("It answered what nobody has asked.");
        }

        if (magic == NbdWire.ChunkMagic)
        {
            await ReceiveChunkAsync(cookie, call).ConfigureAwait(false);
            return;
        }

        var error = (NbdError)BinaryPrimitives.ReadUInt32BigEndian(_head.AsSpan(4));
        if (error == NbdError.None && call.Command == NbdCommand.Read)
        {
            await _input.ReadExactlyAsync(call.Target).ConfigureAwait(false);
        }

        End(cookie, error);
    }

    private async Task ReceiveChunkAsync(ulong cookie, RemoteCall call)
    {
        await _input.ReadExactlyAsync(_head.AsMemory(NbdWire.SimpleReplyBytes, sizeof(uint))).ConfigureAwait(false);
        bool isLast = (BinaryPrimitives.ReadUInt16BigEndian(_head.AsSpan(4)) & 1) != 0;
        var type = (NbdChunkType)BinaryPrimitives.ReadUInt16BigEndian(_head.AsSpan(6));
        uint bytes = BinaryPrimitives.ReadUInt32BigEndian(_head.AsSpan(16));
        if (bytes > MostChunkBytes)
        {
            throw new InvalidDataException("It announced a chunk longer than anything that was asked for.");
        }

        if (type == NbdChunkType.OffsetData && bytes > NbdWire.ChunkOffsetBytes)
        {
            await _input.ReadExactlyAsync(_head.AsMemory(0, NbdWire.ChunkOffsetBytes)).ConfigureAwait(false);
            Memory<byte> part = call.Part(BinaryPrimitives.ReadUInt64BigEndian(_head), bytes - NbdWire.ChunkOffsetBytes);
            await _input.ReadExactlyAsync(part).ConfigureAwait(false);
        }
        else
        {
            var payload = new byte[bytes];
            await _input.ReadExactlyAsync(payload).ConfigureAwait(false);
            call.Take(type, payload);
        }

        if (isLast)
        {
            End(cookie, call.IsComplete || call.Error != NbdError.None ? call.Error : throw new InvalidDataException("It answered with less than was asked for."));
        }
    }

    private void End(ulong cookie, NbdError error)
    {
        if (_calls.TryRemove(cookie, out RemoteCall? call))
        {
            call.End(error);
        }
    }
}
