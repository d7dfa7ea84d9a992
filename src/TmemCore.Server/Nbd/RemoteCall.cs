using System.Buffers.Binary;

namespace TmemCore.Server.Nbd;

/// <summary>A request to another NBD server that is under way. Whoever receives its answer looks at it alone.</summary>
internal sealed class RemoteCall(NbdCommand command, ulong offset, Memory<byte> target)
{
    private readonly TaskCompletionSource<NbdError> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = target.Length;

    public NbdCommand Command { get; } = command;

    /// <summary>Takes what is read.</summary>
    public Memory<byte> Target { get; } = target;

    /// <summary>What its answer has said so far.</summary>
    public NbdError Error { get; private set; }

    /// <summary>Whether all that was asked for has come.</summary>
    public bool IsComplete => _left == 0;

    /// <summary>What has come of it.</summary>
    public Task<NbdError> Outcome => _outcome.Task;

    public void End(NbdError error) => _outcome.TrySetResult(error);

    /// <summary>Where a part of what was asked for goes.</summary>
    /// <exception cref="InvalidDataException">It was not asked for.</exception>
    public Memory<byte> Part(ulong from, uint bytes)
    {
        if (from < offset || from - offset > (ulong)Target.Length || bytes > (ulong)Target.Length - (from - offset) || bytes > (uint)_left)
        {
            throw new InvalidDataException("It answered with more than was asked for.");
        }

        _left -= (int)bytes;
        return Target.Slice((int)(from - offset), (int)bytes);
    }

    /// <summary>Takes a chunk that has no data.</summary>
    /// <exception cref="InvalidDataException">It is none that was to be expected.</exception>
    public void Take(NbdChunkType type, ReadOnlySpan<byte> payload)
    {
        const int HoleBytes = sizeof(ulong) + sizeof(uint);
        if (type == NbdChunkType.OffsetHole && payload.Length == HoleBytes)
        {
            Part(BinaryPrimitives.ReadUInt64BigEndian(payload), BinaryPrimitives.ReadUInt32BigEndian(payload[sizeof(ulong)..])).Span.Clear();
        }
        else if (((ushort)type & (1 << 15)) != 0 && payload.Length >= sizeof(uint))
        {
            var error = (NbdError)BinaryPrimitives.ReadUInt32BigEndian(payload);
            Error = error == NbdError.None ? NbdError.InputOutput : error;
        }
        else if (type != NbdChunkType.None || !payload.IsEmpty)
        {
            throw new InvalidDataException("It answered with a chunk that nobody has asked for.");
        }
    }
}
