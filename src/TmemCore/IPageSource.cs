namespace TmemCore;

/// <summary>
/// Where the bytes of a put come from: a buffer, guest memory, a device. The store asks once, and may hold the lock of a
/// part of itself meanwhile: an implementation copies and does nothing else; in particular it does not call the host.
/// </summary>
public interface IPageSource
{
    /// <summary>Writes the page into the store's memory.</summary>
    /// <param name="page">Exactly 4,096 bytes, all of which are to be written; what was in them may belong to somebody else.</param>
    /// <returns>False when the source cannot be read: the put is refused then, and nothing of what was written can be read.</returns>
    bool TryRead(Span<byte> page);
}
