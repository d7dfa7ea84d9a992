using TmemCore.Store;

namespace TmemCore;

/// <summary>
/// A private pool of clean pages that a get takes out: what comes back to the client lives on there, and one copy of it is
/// enough.
/// </summary>
public sealed class EphemeralPool : DroppablePool, IEphemeralPool
{
    internal EphemeralPool(TmemClient client, PoolHandle handle)
        : base(client, handle)
    {
    }

    /// <summary>Takes a page out.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="buffer">Exactly 4,096 bytes; written on a hit only.</param>
    /// <returns>On a hit the page is in the buffer and no longer in the pool.</returns>
    /// <exception cref="ArgumentException">The buffer is not exactly 4,096 bytes; nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public GetResult Take(in ObjectId objectId, uint index, Span<byte> buffer) => GetPage(objectId, index, buffer);

    /// <summary>Takes a page out into a target.</summary>
    /// <typeparam name="TTarget">A struct, so that the call is direct.</typeparam>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="target">Asked at most once, on this thread; when it fails the page stays.</param>
    /// <returns>On a hit the page is in the target and no longer in the pool.</returns>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public GetResult Take<TTarget>(in ObjectId objectId, uint index, scoped ref TTarget target)
        where TTarget : IPageTarget, allows ref struct => GetTo(objectId, index, ref target);

    /// <summary>
    /// Takes pages out. Each is an operation of its own, done in order: the call is
    /// faster than as many single ones, since the ways to the pages are looked up side by side.
    /// </summary>
    /// <param name="handles">The pages.</param>
    /// <param name="buffer">Exactly 4,096 bytes for each handle, in their order; written on hits only.</param>
    /// <param name="results">What was found, page by page; room for as many as there are handles.</param>
    /// <returns>How many were hits.</returns>
    /// <exception cref="ArgumentException">The buffer or the results do not go with the handles; nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">The host is disposed. Results before the first that is not written hold.</exception>
    public int TakeMany(ReadOnlySpan<PageHandle> handles, Span<byte> buffer, Span<GetResult> results) => GetPages(handles, buffer, results);

    /// <summary>Takes an entry out.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The entry's index in the object.</param>
    /// <param name="buffer">Takes the entry; 4,096 bytes are enough for any. Written on a hit only.</param>
    /// <param name="length">The entry's length on a hit; where the buffer is too short, the length that it should have; otherwise 0.</param>
    /// <returns>What was found; <see cref="GetResult.Unwritable"/> when the buffer is too short: the entry stays then. A page is an entry of 4,096 bytes.</returns>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    /// <example><code>pool.TakeEntry(7, 0, buffer, out int length);</code></example>
    public GetResult TakeEntry(in ObjectId objectId, uint index, Span<byte> buffer, out int length) =>
        GetEntryBytes(objectId, index, buffer, out length);
}
