using System.Buffers;

namespace TmemCore.Caching;

/// <summary>A value of unknown length in a rented buffer that grows.</summary>
internal sealed class RentedWriter : IBufferWriter<byte>, IDisposable
{
    private const int SmallestBytes = 4096;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(SmallestBytes);
    private int _written;

    /// <summary>What has been written.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _written);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        if (count < 0 || count > _buffer.Length - _written)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"count is {count}; it may be 0 to {_buffer.Length - _written}.");
        }

        _written += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        int wanted = Math.Max(sizeHint, 1);
        if (wanted > _buffer.Length - _written)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_written + wanted), (int)Math.Min(_buffer.Length * 2L, Array.MaxLength)));
            _buffer.AsSpan(0, _written).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsMemory(_written);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        (_buffer, _written) = ([], 0);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
