using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace TmemCore.Server.Nbd;

/// <summary>
/// Requests to a cache. What is cached is answered at once; what has to ask the backing is cut into pieces that run elsewhere, so that later requests do not
/// wait for it. All that is sent is sent by the connection's own thread: a client that takes no answers keeps no other thread waiting.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class CacheTransmission(
    NbdChannel channel, CacheDisk disk, NbdConnectionState state, PageScratch scratch, NbdPauses pauses, NbdServerOptions options)
    : NbdTransmission(channel, disk, state, pauses, options.MaxRequestBytes), IDisposable
{
    private const int PieceBytes = NbdBuffers.PieceBytes;
    private const int DataHeadBytes = NbdWire.ChunkHeaderBytes + NbdWire.ChunkOffsetBytes;

    private readonly int _mostUnderWay = options.MaxRequestsInFlight;
    private readonly int _mostPayloadBytes = options.MaxRequestBytes;
    private readonly ConcurrentQueue<CacheWork> _done = new();
    private readonly SafeFileHandle _isDone = Native.CreateEvent();
    private int _isRaised;
    private int _underWay;

    /// <summary>Takes note of a piece that has ended. Any thread.</summary>
    public void Complete(CacheWork work)
    {
        _done.Enqueue(work);
        if (Interlocked.Exchange(ref _isRaised, 1) == 0)
        {
            Native.Raise(_isDone);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _isDone.Dispose();

    /// <inheritdoc/>
    protected override bool TryDo(in NbdRequest request)
    {
        switch (request.Command)
        {
            case NbdCommand.Read:
                return TryRead(request);
            case NbdCommand.Write:
                return TryWrite(request);
            case NbdCommand.BlockStatus:
                return TryTellExtent(request);
            case NbdCommand.Cache:
                return TryBegin(request, Math.Min(request.Length, _mostPayloadBytes));
            default:
                var whole = new CacheRequest(request);
                return TryRent(out CacheWork? work) && TryStart(work!, whole, (long)request.Offset, request.Length) && TryEndPiece(whole, NbdError.None);
        }
    }

    /// <inheritdoc/>
    protected override bool TryReceive() => TryReceive(Pauses.Handle);

    /// <inheritdoc/>
    protected override bool TryEndRequests()
    {
        bool isAlive = TryDrain(isWoken: false);
        while (_underWay > 0)
        {
            isAlive = isAlive && Channel.TryFlush();
            Native.WaitFor(_isDone);
            isAlive = TryDrain(isWoken: true) && isAlive;
        }

        return isAlive && Channel.TryFlush();
    }

    /// <summary>Waits for more bytes, and answers for the pieces that end meanwhile.</summary>
    /// <param name="pause">What ends the waiting, too; null within a request.</param>
    private bool TryReceive(SafeFileHandle? pause)
    {
        bool isOther = false;
        do
        {
            if (!TryDrain(isOther) || !Channel.TryReceive(_isDone, pause, out isOther))
            {
                return false;
            }
        }
        while (isOther && (pause is null || !Pauses.IsAsked));
        return true;
    }

    private bool TryRead(in NbdRequest request)
    {
        bool isChunked = State.HasStructuredReplies;
        int length = (int)request.Length;
        if (length == 0)
        {
            return TryAnswerEmptyRead(request);
        }

        if (length > PieceBytes)
        {
            return request.Has(NbdCommandFlags.DontFragment)
                ? TryAnswer(request, NbdError.Overflow)
                : isChunked ? TryBegin(request, length) : TryReadInTurn(request);
        }

        int head = isChunked ? DataHeadBytes : NbdWire.SimpleReplyBytes;
        if (!Channel.TryReserve(head + length, out Span<byte> answer))
        {
            return false;
        }

        if (!disk.TryReadCached((long)request.Offset, answer[head..], scratch))
        {
            return TryBegin(request, length);
        }

        WriteHead(answer, request, request.Offset, length, isLast: true);
        Channel.Advance(head + length);
        return true;
    }

    private void WriteHead(Span<byte> answer, in NbdRequest request, ulong offset, int bytes, bool isLast)
    {
        if (State.HasStructuredReplies)
        {
            NbdReplies.WriteData(answer, request.Cookie, offset, bytes, isLast);
        }
        else
        {
            NbdReplies.WriteSimple(answer, request.Cookie, NbdError.None);
        }
    }

    /// <summary>Begins to read a range, to answer with it or only to have it cached; what fits into one piece is not cut.</summary>
    private bool TryBegin(in NbdRequest request, long length)
    {
        var whole = new CacheRequest(request);
        long offset = (long)request.Offset;
        long end = offset + length;
        while (offset < end)
        {
            long part = length <= PieceBytes ? length : Math.Min(end - offset, PieceBytes - (offset % PieceBytes));
            if (!TryRent(out CacheWork? work) || !TryStart(work!, whole, offset, part))
            {
                return false;
            }

            offset += part;
        }

        return TryEndPiece(whole, NbdError.None);
    }

    /// <summary>Takes a payload as it comes, and begins to write each piece when it is there; no piece is of two objects.</summary>
    private bool TryWrite(in NbdRequest request)
    {
        var whole = new CacheRequest(request);
        long offset = (long)request.Offset;
        long end = offset + request.Length;
        while (offset < end)
        {
            if (!TryRent(out CacheWork? work))
            {
                return false;
            }

            int part = (int)Math.Min(end - offset, PieceBytes - (offset % PieceBytes));
            work!.Prepare(this, whole, offset, part);
            if (!TryTake(work.Data))
            {
                Return(work);
                return false;
            }

            Start(work);
            offset += part;
        }

        return TryEndPiece(whole, NbdError.None);
    }

    private bool TryTake(Span<byte> data)
    {
        while (!data.IsEmpty)
        {
            int part = Math.Min(data.Length, Channel.Unread.Length);
            Channel.Unread[..part].CopyTo(data);
            Channel.Consume(part);
            data = data[part..];
            if (!data.IsEmpty && !TryReceive(pause: null))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Reads what is too large for a piece and has to be answered in one: piece by piece, while later requests wait. Once the answer has begun, there is no way
    /// to tell of an error but to end the connection.
    /// </summary>
    private bool TryReadInTurn(in NbdRequest request)
    {
        var whole = new CacheRequest(request);
        if (!TryRent(out CacheWork? work))
        {
            return false;
        }

        long end = (long)(request.Offset + request.Length);
        bool isAlive = true;
        int head = NbdWire.SimpleReplyBytes;
        for (long offset = (long)request.Offset; isAlive && offset < end;)
        {
            int part = (int)Math.Min(end - offset, PieceBytes - (offset % PieceBytes));
            work!.Prepare(this, whole, offset, part);
            NbdError error = work.DoAsync().AsTask().GetAwaiter().GetResult();
            if (error != NbdError.None)
            {
                Return(work);
                return head != 0 ? TryAnswer(request, error) : Channel.End("what it asked for could not be read in the middle of the answer");
            }

            isAlive = Channel.TryReserve(head + part, out Span<byte> answer);
            if (isAlive && head != 0)
            {
                NbdReplies.WriteSimple(answer, request.Cookie, NbdError.None);
            }

            if (isAlive)
            {
                work.Data.CopyTo(answer[head..]);
                Channel.Advance(head + part);
            }

            head = 0;
            offset += part;
        }

        Return(work!);
        return isAlive;
    }

    /// <summary>Nothing is known of what is a hole in the backing: all of it may be data.</summary>
    private bool TryTellExtent(in NbdRequest request)
    {
        const int Payload = 3 * sizeof(uint);
        if (!Channel.TryReserve(NbdWire.ChunkHeaderBytes + Payload, out Span<byte> answer))
        {
            return false;
        }

        NbdReplies.WriteChunk(answer, request.Cookie, NbdChunkType.BlockStatus, Payload, isLast: true);
        Span<byte> payload = answer[NbdWire.ChunkHeaderBytes..];
        BinaryPrimitives.WriteUInt32BigEndian(payload, NbdWire.AllocationContextId);
        BinaryPrimitives.WriteUInt32BigEndian(payload[sizeof(uint)..], request.Length);
        BinaryPrimitives.WriteUInt32BigEndian(payload[(2 * sizeof(uint))..], 0);
        Channel.Advance(NbdWire.ChunkHeaderBytes + Payload);
        return true;
    }

    /// <summary>Finds room for another piece; when as many are under way as may be, waits until one has ended.</summary>
    private bool TryRent(out CacheWork? work)
    {
        work = null;
        while (_underWay >= _mostUnderWay)
        {
            if (!Channel.TryFlush())
            {
                return false;
            }

            Native.WaitFor(_isDone);
            if (!TryDrain(isWoken: true))
            {
                return false;
            }
        }

        _underWay++;
        work = disk.RentWork();
        return true;
    }

    private bool TryStart(CacheWork work, CacheRequest whole, long offset, long length)
    {
        work.Prepare(this, whole, offset, length);
        Start(work);
        return true;
    }

    private static void Start(CacheWork work)
    {
        work.Request!.Left++;
        ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
    }

    private void Return(CacheWork work)
    {
        work.Clear();
        _underWay--;
        disk.ReturnWork(work);
    }

    /// <summary>Answers for the pieces that have ended.</summary>
    /// <param name="isWoken">Whether the event was found raised: it is to wait again.</param>
    private bool TryDrain(bool isWoken)
    {
        if (isWoken)
        {
            // In this order: a piece that ends meanwhile is found below, or raises it again.
            Native.Lower(_isDone);
            Interlocked.Exchange(ref _isRaised, 0);
        }

        bool isAlive = true;
        while (_done.TryDequeue(out CacheWork? work))
        {
            isAlive = isAlive && TryAnswerPiece(work);
            Return(work);
        }

        return isAlive;
    }

    private bool TryAnswerPiece(CacheWork work)
    {
        CacheRequest whole = work.Request!;
        ref readonly NbdRequest request = ref whole.Request;
        if (request.Command != NbdCommand.Read || work.Error != NbdError.None)
        {
            return TryEndPiece(whole, work.Error);
        }

        int head = State.HasStructuredReplies ? DataHeadBytes : NbdWire.SimpleReplyBytes;
        ReadOnlySpan<byte> data = work.Data;
        if (!Channel.TryReserve(head + data.Length, out Span<byte> answer))
        {
            return false;
        }

        whole.Left--;
        WriteHead(answer, request, (ulong)work.Offset, data.Length, isLast: whole.Left == 0 && whole.Worst == NbdError.None);
        data.CopyTo(answer[head..]);
        Channel.Advance(head + data.Length);
        return whole.Left > 0 || whole.Worst == NbdError.None || TryAnswer(request, whole.Worst);
    }

    /// <summary>Counts a piece that has ended without data; the last one answers for all.</summary>
    private bool TryEndPiece(CacheRequest whole, NbdError error)
    {
        whole.Worst = whole.Worst == NbdError.None ? error : whole.Worst;
        whole.Left--;
        if (whole.Left > 0)
        {
            return true;
        }

        return whole.Worst == NbdError.None && whole.Request.Command == NbdCommand.Read
            ? TryAnswerEmptyRead(whole.Request)
            : TryAnswer(whole.Request, whole.Worst);
    }
}
