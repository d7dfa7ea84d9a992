namespace TmemCore.Hypercalls;

/// <summary>
/// One page of a guest, open for a copy. While it is open its memory stays, also if it is unregistered meanwhile; so close
/// it, by <see cref="Dispose"/>, as soon as the copy is done.
/// </summary>
public ref struct GuestPage
{
    private readonly Span<byte> _bytes;
    private readonly bool _isWritable;
    private GuestRegion? _region;

    internal GuestPage(GuestRegion region, Span<byte> bytes, bool isWritable)
    {
        _region = region;
        _bytes = bytes;
        _isWritable = isWritable;
    }

    /// <summary>The page to read: exactly 4,096 bytes. The guest may change them while they are read.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The page to write: exactly 4,096 bytes.</summary>
    /// <exception cref="InvalidOperationException">The page was opened for reading.</exception>
    public readonly Span<byte> WritableBytes => _isWritable
        ? _bytes
        : throw new InvalidOperationException("The page was opened as ReadOnly; open it as ReadWrite to write to it.");

    /// <summary>Closes the page. A second call does nothing.</summary>
    public void Dispose()
    {
        _region?.Leave();
        _region = null;
    }
}
