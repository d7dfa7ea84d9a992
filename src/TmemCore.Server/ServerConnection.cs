using System.Buffers;
using System.Buffers.Binary;
using System.ComponentModel;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TmemCore.Hypercalls;
using TmemCore.Server.Takeover;
using TmemCore.Wire;

namespace TmemCore.Server;

/// <summary>
/// One connection: requests in, answers out, in order. The next request is looked at when the answer before it has found room, so that a
/// peer that takes no answers gets nothing more done.
/// </summary>
internal sealed class ServerConnection
{
    private const int BufferBytes = 64 << 10;

    /// <summary>Requests done before others may have the thread.</summary>
    private const int RequestsPerTurn = 64;

    /// <summary>Bytes of answers that a peer may have waiting before it takes some: a page each is little, a list of all clients much.</summary>
    private const int UntakenBytesPerTurn = 256 << 10;

    private readonly Socket _socket;
    private readonly TmemClient _client;
    private readonly TmemServerOptions _options;
    private readonly ServerCalls _calls;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly bool _mayControl;
    private readonly byte[] _request = new byte[WireFrame.MaximumRequestBytes];

    private readonly bool _isGreeted;
    private readonly ChannelCount _channels;
    private ConnectionPause? _pause;
    private ChannelServer? _channel;
    private bool _isChannelToSend;
    private int _hasEnded;

    /// <summary>A connection that has just come or, with what another process has read of it and not looked at, one that was handed over.</summary>
    public ServerConnection(
        TmemHost host, Socket socket, TmemClient client, bool mayControl, TmemServerOptions options, ChannelCount channels, byte[]? unread = null)
    {
        _channels = channels;
        _socket = socket;
        _client = client;
        _options = options;
        _mayControl = mayControl;
        var stream = new NetworkStream(socket, ownsSocket: false);
        _isGreeted = unread is not null;
        _input = PipeReader.Create(
            unread is { Length: > 0 } ? new UnreadStream(unread, stream) : stream, new StreamPipeReaderOptions(bufferSize: BufferBytes, useZeroByteReads: true));
        _output = PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: BufferBytes));
        _calls = new ServerCalls(client, host, mayControl);
        if (_isGreeted)
        {
            _calls.FindPools();
        }
    }

    /// <summary>The client that the connection is.</summary>
    public int ClientId => _client.Id;

    /// <summary>Whether the client lives: an operator may have ended it, and its id may be another's since.</summary>
    public bool HasClient => _client.Host.TryGetClient(_client.Id, out TmemClient? living) && living == _client;

    /// <summary>The connection itself.</summary>
    public Socket Socket => _socket;

    /// <summary>The channel in shared memory, if the client has one.</summary>
    public ChannelServer? Channel => _channel;

    /// <summary>Goes on with a channel that another process has served, before the connection runs.</summary>
    public void AdoptChannel(SafeFileHandle file)
    {
        _channel = ChannelServer.Adopt(file, _calls, Fail);
        _channels.Take();
    }

    /// <summary>Has the connection stand still between two requests, as soon as the peer has taken the answers that are due.</summary>
    public ConnectionPause Pause()
    {
        var pause = new ConnectionPause();
        Interlocked.Exchange(ref _pause, pause);
        if (Volatile.Read(ref _hasEnded) != 0)
        {
            pause.GiveUp();
        }

        _input.CancelPendingRead();
        return pause;
    }

    /// <summary>Serves the connection to its end.</summary>
    /// <returns>Why it has ended.</returns>
    public async Task<string> RunAsync(CancellationToken stop)
    {
        bool isLeft = false;
        try
        {
            if (!_isGreeted)
            {
                new WireGreeting(0, _client.Id, _mayControl).Write(_output.GetSpan(WireGreeting.Bytes));
                _output.Advance(WireGreeting.Bytes);
                await _output.FlushAsync(stop).ConfigureAwait(false);
            }

            string? reason = await ServeAsync(stop).ConfigureAwait(false);
            isLeft = reason is null;
            return reason ?? "it was handed over";
        }
        catch (OperationCanceledException)
        {
            return stop.IsCancellationRequested ? "the server stops" : "it neither ended its request nor took its answer in time";
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return $"the connection broke: {e.Message}";
        }
        catch (ObjectDisposedException)
        {
            return "the host has gone";
        }
        finally
        {
            if (_channel is not null)
            {
                _channel.Dispose();
                _channels.GiveBack();
            }

            try
            {
                await EndAsync(isLeft).ConfigureAwait(false);
            }
            finally
            {
                // Not before the client has gone: it would be handed over as one whose connection nobody has, and stay for ever.
                Interlocked.Exchange(ref _hasEnded, 1);
                Volatile.Read(ref _pause)?.GiveUp();
            }
        }
    }

    private async Task EndAsync(bool isLeft)
    {
        if (isLeft)
        {
            LeftSocket.Keep(_socket);
            return;
        }

        // The client first: what it had is free before anybody can tell that the connection has ended.
        _client.Dispose();
        await _input.CompleteAsync().ConfigureAwait(false);
        LeftSocket.End(_socket);
    }

    /// <returns>Why it has ended, or null when it goes on in another process.</returns>
    private async Task<string?> ServeAsync(CancellationToken stop)
    {
        using var deadline = new PeerDeadline(_options.PeerTimeout, stop);
        bool isWithin = false;
        while (true)
        {
            ReadResult read = await _input.ReadAsync(deadline.Token).ConfigureAwait(false);
            ReadOnlySequence<byte> left = read.Buffer;
            int done = 0;
            bool isTurnOver = false;
            while (!isTurnOver && TryTake(ref left, out Request request))
            {
                if (!request.IsPossible)
                {
                    return "it sent what is no request";
                }

                Answer(request);
                done++;
                isTurnOver = done == RequestsPerTurn || _output.UnflushedBytes >= UntakenBytesPerTurn || _isChannelToSend;
            }

            ConnectionPause? pause = Volatile.Read(ref _pause);
            byte[] unread = pause is null ? [] : left.ToArray();
            _input.AdvanceTo(left.Start, isTurnOver ? left.Start : left.End);
            if (done != 0)
            {
                deadline.Set();
                await _output.FlushAsync(deadline.Token).ConfigureAwait(false);
                SendChannel();
                deadline.Clear();
            }

            if (read.IsCompleted && !isTurnOver)
            {
                return left.IsEmpty ? "it closed the connection" : "it closed the connection within a request";
            }

            if (pause is not null)
            {
                _channel?.Pause();
                // The time that it stands still is not the peer's.
                deadline.Clear();
                if (await pause.ArriveAsync(unread).ConfigureAwait(false) == PauseOutcome.Leave)
                {
                    return null;
                }

                _channel?.Resume();

                // The next one may have been asked for already.
                Interlocked.CompareExchange(ref _pause, null, pause);
                isWithin = false;
            }

            // A request that trickles in has the time of one request, however many pieces it comes in; between requests there is no haste.
            if (isTurnOver)
            {
                await Task.Yield();
            }
            else if (!left.IsEmpty && (done != 0 || !isWithin))
            {
                deadline.Set();
            }

            isWithin = !left.IsEmpty && !isTurnOver;
        }
    }

    /// <summary>The next request, if all of it is there; one that cannot be is there as soon as its header is.</summary>
    private static bool TryTake(ref ReadOnlySequence<byte> bytes, out Request request)
    {
        request = default;
        if (bytes.Length < WireFrame.HeaderBytes)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[WireFrame.HeaderBytes];
        bytes.Slice(0, WireFrame.HeaderBytes).CopyTo(header);
        if (!WireFrame.TryReadRequest(header, out uint tag, out int opBytes, out int dataBytes))
        {
            return true;
        }

        if (bytes.Length < WireFrame.HeaderBytes + opBytes + dataBytes)
        {
            return false;
        }

        request = new Request(true, tag, opBytes, bytes.Slice(WireFrame.HeaderBytes, opBytes + dataBytes));
        bytes = bytes.Slice(WireFrame.HeaderBytes + opBytes + dataBytes);
        return true;
    }

    private void Answer(in Request request)
    {
        ReadOnlyMemory<byte> bytes = request.Bytes.IsSingleSegment ? request.Bytes.First : Gather(request.Bytes);
        Memory<byte> answer = _output.GetMemory(WireFrame.HeaderBytes + TmemPool.PageBytes);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span) == ChannelLayout.OpenOp)
        {
            WireFrame.WriteAnswer(answer.Span, request.Tag, OpenChannel(), dataBytes: 0);
            _output.Advance(WireFrame.HeaderBytes);
            return;
        }

        long result = _calls.Call(bytes[..request.OpBytes].Span, bytes[request.OpBytes..], answer[WireFrame.HeaderBytes..]);
        int found = _calls.FoundBytes;
        if (_calls.Text.Length == 0)
        {
            WireFrame.WriteAnswer(answer.Span, request.Tag, result, found);
            _output.Advance(WireFrame.HeaderBytes + found);
            return;
        }

        byte[] text = Encoding.ASCII.GetBytes(_calls.Text);
        WireFrame.WriteAnswer(answer.Span, request.Tag, result, text.Length);
        _output.Advance(WireFrame.HeaderBytes);
        _output.Write(text);
    }

    /// <summary>Makes a channel in shared memory; its file goes out behind the answer.</summary>
    private long OpenChannel()
    {
        if (_channel is not null)
        {
            return -Errno.EEXIST;
        }

        if (!_channels.TryTake())
        {
            return WireAnswer.TooManyConnections;
        }

        try
        {
            _channel = ChannelServer.Create(_calls, Fail);
            _isChannelToSend = true;
            return ChannelLayout.TotalBytes;
        }
        catch (Exception e) when (e is Win32Exception or OutOfMemoryException)
        {
            _channels.GiveBack();
            return WireAnswer.NoMemory;
        }
    }

    private void SendChannel()
    {
        if (!_isChannelToSend)
        {
            return;
        }

        // One that has asked takes it next. Where there is no room for a byte, nobody does.
        _isChannelToSend = false;
        if (Wire.Native.SendFile((int)_socket.Handle, ChannelLayout.FileMark, (int)_channel!.File.DangerousGetHandle()) != 1)
        {
            throw new IOException("it did not take the memory that it had asked for");
        }
    }

    /// <summary>Ends the connection from another thread.</summary>
    private void Fail() => LeftSocket.Break(_socket);

    private ReadOnlyMemory<byte> Gather(in ReadOnlySequence<byte> bytes)
    {
        bytes.CopyTo(_request);
        return _request.AsMemory(0, (int)bytes.Length);
    }

    private readonly record struct Request(bool IsPossible, uint Tag, int OpBytes, ReadOnlySequence<byte> Bytes);
}
