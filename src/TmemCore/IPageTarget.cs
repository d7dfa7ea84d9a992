namespace TmemCore;

/// <summary>
/// Where the bytes of a get go to. The store asks once, while it holds the lock of a part of itself: an implementation
/// copies and does nothing else; in particular it does not call the host and does not keep the span.
/// </summary>
public interface IPageTarget
{
    /// <summary>Takes the page.</summary>
    /// <param name="page">Exactly 4,096 bytes.</param>
    /// <returns>False when the target cannot be written: the page stays in the store then.</returns>
    bool TryWrite(ReadOnlySpan<byte> page);
}
