using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
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

    public ServerConnection(TmemHost host, Socket socket, TmemClient client, bool mayControl, TmemServerOptions options)
    {
        _socket = socket;
        _client = client;
        _options = options;
        _mayControl = mayControl;
        var stream = new NetworkStream(socket, ownsSocket: false);
        _input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferBytes, useZeroByteReads: true));
        _output = PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: BufferBytes));
        _calls = new ServerCalls(client, host, mayControl);
    }

    /// <summary>The client that the connection is.</summary>
    public int ClientId => _client.Id;

    /// <summary>Serves the connection to its end.</summary>
    /// <returns>Why it has ended.</returns>
    public async Task<string> RunAsync(CancellationToken stop)
    {
        try
        {
            new WireGreeting(0, _client.Id, _mayControl).Write(_output.GetSpan(WireGreeting.Bytes));
            _output.Advance(WireGreeting.Bytes);
            await _output.FlushAsync(stop).ConfigureAwait(false);
            return await ServeAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return stop.IsCancellationRequested ? "the server stops" : "it neither ended its request nor took its answer in time";
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return "the connection broke";
        }
        catch (ObjectDisposedException)
        {
            return "the host has gone";
        }
        finally
        {
            // The client first: what it had is free before anybody can tell that the connection has ended.
            _client.Dispose();
            await _input.CompleteAsync().ConfigureAwait(false);
            _socket.Dispose();
        }
    }

    private async Task<string> ServeAsync(CancellationToken stop)
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
                isTurnOver = done == RequestsPerTurn || _output.UnflushedBytes >= UntakenBytesPerTurn;
            }

            _input.AdvanceTo(left.Start, isTurnOver ? left.Start : left.End);
            if (done != 0)
            {
                deadline.Set();
                await _output.FlushAsync(deadline.Token).ConfigureAwait(false);
                deadline.Clear();
            }

            if (read.IsCompleted && !isTurnOver)
            {
                return left.IsEmpty ? "it closed the connection" : "it closed the connection within a request";
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

    private ReadOnlyMemory<byte> Gather(in ReadOnlySequence<byte> bytes)
    {
        bytes.CopyTo(_request);
        return _request.AsMemory(0, (int)bytes.Length);
    }

    private readonly record struct Request(bool IsPossible, uint Tag, int OpBytes, ReadOnlySequence<byte> Bytes);
}
