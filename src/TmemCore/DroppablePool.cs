using TmemCore.Store;

namespace TmemCore;

/// <summary>
/// A pool whose pages the host may drop at any moment: for clean pages that can be had again from elsewhere. A put may be
/// refused, and the answer may be ignored.
/// </summary>
public abstract class DroppablePool : TmemPool, IDroppablePool
{
    private protected DroppablePool(TmemClient client, PoolHandle handle)
        : base(client, handle)
    {
    }

    /// <summary>Stores a page, replacing an older one of the same handle.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="page">Exactly 4,096 bytes; copied before the method returns.</param>
    /// <returns>Whether it was stored. Otherwise nothing is stored under the handle, unless the client is frozen or gone.</returns>
    /// <exception cref="ArgumentException">The page is not exactly 4,096 bytes; nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public bool TryPut(in ObjectId objectId, uint index, ReadOnlySpan<byte> page) =>
        PutPage(objectId, index, page) == PutResult.Stored;

    /// <summary>As <see cref="TryPut(in ObjectId, uint, ReadOnlySpan{byte})"/>, and says why a page was refused.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="page">Exactly 4,096 bytes; copied before the method returns.</param>
    /// <param name="result">What became of it.</param>
    /// <returns>Whether it was stored.</returns>
    /// <exception cref="ArgumentException">The page is not exactly 4,096 bytes; nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public bool TryPut(in ObjectId objectId, uint index, ReadOnlySpan<byte> page, out PutResult result) =>
        (result = PutPage(objectId, index, page)) == PutResult.Stored;

    /// <summary>Stores a page that a source writes straight into the store.</summary>
    /// <typeparam name="TSource">A struct, so that the call is direct.</typeparam>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="source">Asked at most once, on this thread.</param>
    /// <param name="result">What became of it.</param>
    /// <returns>Whether it was stored.</returns>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public bool TryPut<TSource>(in ObjectId objectId, uint index, scoped ref TSource source, out PutResult result)
        where TSource : IPageSource, allows ref struct => (result = PutFrom(objectId, index, ref source)) == PutResult.Stored;

    /// <summary>
    /// Stores pages as <see cref="TryPut(in ObjectId, uint, ReadOnlySpan{byte})"/> does. Each is an operation of its own, done in
    /// order: the call is faster than as many single ones, since the ways to the pages are looked up side by side.
    /// </summary>
    /// <param name="handles">The pages' handles.</param>
    /// <param name="pages">Exactly 4,096 bytes for each handle, in their order; copied before the method returns.</param>
    /// <param name="results">What became of each; room for as many as there are handles.</param>
    /// <returns>How many were stored.</returns>
    /// <exception cref="ArgumentException">The pages or the results do not go with the handles; nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">The host is disposed. Results before the first that is not written hold.</exception>
    public int PutMany(ReadOnlySpan<PageHandle> handles, ReadOnlySpan<byte> pages, Span<PutResult> results) => PutPages(handles, pages, results);

    /// <summary>
    /// Stores an entry of up to a page, replacing an older one of the same handle, or a page. It takes about its own length, or less
    /// where the pool makes pages smaller, and 32 bytes besides.
    /// </summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The entry's index in the object.</param>
    /// <param name="entry">1 to 4,096 bytes; copied before the method returns. A get of a whole page finds it followed by zeros.</param>
    /// <param name="result">What became of it.</param>
    /// <returns>Whether it was stored. Otherwise nothing is stored under the handle, unless the client is frozen or gone.</returns>
    /// <exception cref="ArgumentException">The entry is empty or longer than a page; nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    /// <example><code>pool.TryPutEntry(7, 0, "short"u8, out _);</code></example>
    public bool TryPutEntry(in ObjectId objectId, uint index, ReadOnlySpan<byte> entry, out PutResult result) =>
        (result = PutEntryBytes(objectId, index, entry)) == PutResult.Stored;
}
