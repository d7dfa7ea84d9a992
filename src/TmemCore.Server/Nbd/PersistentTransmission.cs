using System.Buffers.Binary;
using System.Runtime.Versioning;

namespace TmemCore.Server.Nbd;

/// <summary>
/// Requests to a persistent disk: each is work on memory, and done where it is received. Payloads are taken as they come, so that no request needs more
/// memory than the connection has.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class PersistentTransmission(
    NbdChannel channel, PersistentDisk disk, NbdConnectionState state, PageScratch scratch, NbdPauses pauses, int mostPayloadBytes)
    : NbdTransmission(channel, disk, state, pauses, mostPayloadBytes)
{
    private const int PageBytes = TmemPool.PageBytes;

    /// <summary>Extents told at a time; a client that wants to know more asks again.</summary>
    private const int MostExtents = 1024;

    private const int ExtentBytes = 2 * sizeof(uint);

    /// <inheritdoc/>
    protected override bool TryDo(in NbdRequest request)
    {
        long offset = (long)request.Offset;
        return request.Command switch
        {
            NbdCommand.Read => State.HasStructuredReplies ? TryReadChunks(request) : TryReadSimple(request),
            NbdCommand.Write => TryWrite(request),
            NbdCommand.Trim => TryAnswer(request, disk.Trim(offset, request.Length)),
            NbdCommand.WriteZeroes => TryAnswer(request, Zero(request)),
            NbdCommand.BlockStatus => TryTellExtents(request),

            // There is nothing behind memory that a page could be written to, or read ahead from.
            _ => TryAnswer(request, NbdError.None),
        };
    }

    /// <inheritdoc/>
    protected override bool TryReceive() => Channel.TryReceive(Pauses.Handle, out _);

    private NbdError Zero(in NbdRequest request)
    {
        bool isKept = request.Has(NbdCommandFlags.NoHole);
        return isKept && request.Has(NbdCommandFlags.FastZero)
            ? NbdError.NotSupported
            : disk.Zero((long)request.Offset, request.Length, isKept, scratch);
    }

    private bool TryWrite(in NbdRequest request)
    {
        NbdError worst = NbdError.None;
        long offset = (long)request.Offset;
        int left = (int)request.Length;
        while (left > 0)
        {
            // A page that has not come in full waits for its rest: it is written once.
            int part = Math.Min(left, Channel.Unread.Length);
            part = part == left ? part : part - (int)((offset + part) % PageBytes);
            if (part <= 0)
            {
                if (!Channel.TryReceive())
                {
                    return false;
                }

                continue;
            }

            NbdError error = disk.Write(offset, Channel.Unread[..part], scratch);
            worst = worst == NbdError.None ? error : worst;
            Channel.Consume(part);
            offset += part;
            left -= part;
        }

        return TryAnswer(request, worst);
    }

    private bool TryReadSimple(in NbdRequest request)
    {
        long offset = (long)request.Offset;
        int left = (int)request.Length;
        int head = NbdWire.SimpleReplyBytes;
        do
        {
            int part = Math.Min(left, NbdBuffers.PieceBytes);
            if (!Channel.TryReserve(head + part, out Span<byte> answer))
            {
                return false;
            }

            NbdError error = disk.Read(offset, answer[head..], scratch);
            if (error != NbdError.None)
            {
                // Once the answer has begun, there is no way to tell but to end the connection.
                return head != 0 ? TryAnswer(request, error) : Channel.End("what it asked for was gone in the middle of the answer");
            }

            if (head != 0)
            {
                NbdReplies.WriteSimple(answer, request.Cookie, NbdError.None);
            }

            Channel.Advance(head + part);
            head = 0;
            offset += part;
            left -= part;
        }
        while (left > 0);
        return true;
    }

    private bool TryReadChunks(in NbdRequest request)
    {
        const int Head = NbdWire.ChunkHeaderBytes + NbdWire.ChunkOffsetBytes;
        bool isWhole = request.Has(NbdCommandFlags.DontFragment);
        if (isWhole && request.Length > NbdBuffers.PieceBytes)
        {
            return TryAnswer(request, NbdError.Overflow);
        }

        long offset = (long)request.Offset;
        int left = (int)request.Length;
        if (left == 0)
        {
            return TryAnswerEmptyRead(request);
        }

        while (left > 0)
        {
            bool isHole = false;
            int part = isWhole ? left : (int)disk.ExtentOf(offset, left, out isHole);
            part = isHole ? part : Math.Min(part, NbdBuffers.PieceBytes);
            if (!Channel.TryReserve(Head + (isHole ? sizeof(uint) : part), out Span<byte> answer))
            {
                return false;
            }

            if (isHole)
            {
                Channel.Advance(NbdReplies.WriteHole(answer, request.Cookie, (ulong)offset, part, isLast: part == left));
            }
            else
            {
                NbdError error = disk.Read(offset, answer[Head..], scratch);
                if (error != NbdError.None)
                {
                    return TryAnswer(request, error);
                }

                NbdReplies.WriteData(answer, request.Cookie, (ulong)offset, part, isLast: part == left);
                Channel.Advance(Head + part);
            }

            offset += part;
            left -= part;
        }

        return true;
    }

    private bool TryTellExtents(in NbdRequest request)
    {
        const int Head = NbdWire.ChunkHeaderBytes + sizeof(uint);
        int most = request.Has(NbdCommandFlags.OneExtent) ? 1 : MostExtents;
        if (!Channel.TryReserve(Head + (most * ExtentBytes), out Span<byte> answer))
        {
            return false;
        }

        long offset = (long)request.Offset;
        long left = request.Length;
        int bytes = Head;
        for (int told = 0; told < most && left > 0; told++)
        {
            long part = disk.ExtentOf(offset, left, out bool isHole);
            BinaryPrimitives.WriteUInt32BigEndian(answer[bytes..], (uint)part);
            BinaryPrimitives.WriteUInt32BigEndian(answer[(bytes + sizeof(uint))..], isHole ? NbdWire.HoleAndZero : 0);
            bytes += ExtentBytes;
            offset += part;
            left -= part;
        }

        NbdReplies.WriteChunk(answer, request.Cookie, NbdChunkType.BlockStatus, bytes - NbdWire.ChunkHeaderBytes, isLast: true);
        BinaryPrimitives.WriteUInt32BigEndian(answer[NbdWire.ChunkHeaderBytes..], NbdWire.AllocationContextId);
        Channel.Advance(bytes);
        return true;
    }
}
