using TmemCore.Store;

namespace TmemCore;

/// <summary>
/// A pool whose pages the host may drop at any moment: for clean pages that can be had again from elsewhere. A put may be
/// refused, and the answer may be ignored.
/// </summary>
public abstract class DroppablePool : TmemPool
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
}
