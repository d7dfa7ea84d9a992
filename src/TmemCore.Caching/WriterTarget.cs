using System.Buffers;

namespace TmemCore.Caching;

/// <summary>A value straight into a caller's writer: one piece of room, advanced once, since an advance cannot be taken back.</summary>
internal struct WriterTarget(IBufferWriter<byte> writer) : IValueTarget
{
    /// <inheritdoc/>
    public int Length { get; private set; }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int length)
    {
        Length = length;
        if (length == 0)
        {
            return default;
        }

        Span<byte> room = writer.GetSpan(length);
        return room.Length >= length
            ? room[..length]
            : throw new InvalidOperationException($"The writer gave {room.Length:N0} bytes of room; it was asked for at least {length:N0}.");
    }

    /// <inheritdoc/>
    public readonly void Commit() => writer.Advance(Length);
}
