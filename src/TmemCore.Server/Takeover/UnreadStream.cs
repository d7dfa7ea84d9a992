namespace TmemCore.Server.Takeover;

/// <summary>A stream of a connection that begins with what another process has read of it already.</summary>
internal sealed class UnreadStream(byte[] unread, Stream rest) : Stream
{
    private int _taken;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_taken == unread.Length)
        {
            return rest.ReadAsync(buffer, cancellationToken);
        }

        int bytes = Math.Min(buffer.Length, unread.Length - _taken);
        unread.AsMemory(_taken, bytes).CopyTo(buffer);
        _taken += bytes;
        return ValueTask.FromResult(bytes);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
