using TmemCore.Store;

namespace TmemCore;

/// <summary>What to do with a page that a persistent pool has refused: write it to where it would have gone otherwise.</summary>
/// <typeparam name="TState">What the action needs.</typeparam>
/// <param name="page">The page that was not stored, exactly 4,096 bytes.</param>
/// <param name="reason">Why.</param>
/// <param name="state">What the caller of the put passed.</param>
public delegate void PutRefused<in TState>(ReadOnlySpan<byte> page, PutResult reason, TState state);

/// <summary>
/// A private pool of pages that nobody else has: they stay until they are flushed, and count against the client's allowance. A
/// put may be refused, and then the page must go elsewhere.
/// </summary>
public sealed class PersistentPool : TmemPool, IPersistentPool
{
    internal PersistentPool(TmemClient client, PoolHandle handle)
        : base(client, handle)
    {
    }

    /// <summary>
    /// Stores a page, replacing an older one of the same handle. The answer must not be ignored: unless it is
    /// <see cref="PutResult.Stored"/>, the caller still holds the only copy.
    /// </summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="page">Exactly 4,096 bytes; copied before the method returns.</param>
    /// <returns>What became of it.</returns>
    /// <exception cref="ArgumentException">The page is not exactly 4,096 bytes; nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public PutResult Put(in ObjectId objectId, uint index, ReadOnlySpan<byte> page) => PutPage(objectId, index, page);

    /// <summary>Stores a page, or has it taken care of otherwise.</summary>
    /// <typeparam name="TState">What the action needs.</typeparam>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="page">Exactly 4,096 bytes; copied before the method returns.</param>
    /// <param name="state">Passed to the action, so that it need not capture anything.</param>
    /// <param name="refused">Called once, on this thread, when the page was not stored.</param>
    /// <exception cref="ArgumentException">The page is not exactly 4,096 bytes; nothing has changed.</exception>
    /// <exception cref="ArgumentNullException">There is no action.</exception>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public void Put<TState>(in ObjectId objectId, uint index, ReadOnlySpan<byte> page, TState state, PutRefused<TState> refused)
    {
        ArgumentNullException.ThrowIfNull(refused);
        PutResult result = PutPage(objectId, index, page);
        if (result != PutResult.Stored)
        {
            refused(page, result, state);
        }
    }

    /// <summary>Stores a page that a source writes straight into the store.</summary>
    /// <typeparam name="TSource">A struct, so that the call is direct.</typeparam>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="source">Asked at most once, on this thread.</param>
    /// <returns>What became of it.</returns>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public PutResult Put<TSource>(in ObjectId objectId, uint index, scoped ref TSource source)
        where TSource : IPageSource, allows ref struct => PutFrom(objectId, index, ref source);

    /// <summary>Copies a page out; it stays.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="buffer">Exactly 4,096 bytes; written on a hit only.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="ArgumentException">The buffer is not exactly 4,096 bytes; nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public GetResult Get(in ObjectId objectId, uint index, Span<byte> buffer) => GetPage(objectId, index, buffer);

    /// <summary>Copies a page out into a target; it stays.</summary>
    /// <typeparam name="TTarget">A struct, so that the call is direct.</typeparam>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="target">Asked at most once, on this thread.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public GetResult Get<TTarget>(in ObjectId objectId, uint index, scoped ref TTarget target)
        where TTarget : IPageTarget, allows ref struct => GetTo(objectId, index, ref target);

    /// <summary>
    /// Copies pages out; they stay. Each is an operation of its own, done in order: the call is
    /// faster than as many single ones, since the ways to the pages are looked up side by side.
    /// </summary>
    /// <param name="handles">The pages.</param>
    /// <param name="buffer">Exactly 4,096 bytes for each handle, in their order; written on hits only.</param>
    /// <param name="results">What was found, page by page; room for as many as there are handles.</param>
    /// <returns>How many were hits.</returns>
    /// <exception cref="ArgumentException">The buffer or the results do not go with the handles; nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">The host is disposed. Results before the first that is not written hold.</exception>
    public int GetMany(ReadOnlySpan<PageHandle> handles, Span<byte> buffer, Span<GetResult> results) => GetPages(handles, buffer, results);

    /// <summary>
    /// Stores pages as <see cref="Put(in ObjectId, uint, ReadOnlySpan{byte})"/> does. Each is an operation of its own, done in
    /// order: the call is faster than as many single ones, since the ways to the pages are looked up side by side.
    /// </summary>
    /// <param name="handles">The pages' handles.</param>
    /// <param name="pages">Exactly 4,096 bytes for each handle, in their order; copied before the method returns.</param>
    /// <param name="results">What became of each; room for as many as there are handles. None must be ignored: of a page that was not stored the caller holds the only copy.</param>
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
    /// <returns>What became of it; it must not be ignored: of an entry that was not stored the caller holds the only copy.</returns>
    /// <exception cref="ArgumentException">The entry is empty or longer than a page; nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    /// <example><code>if (pool.PutEntry(7, 0, "short"u8) != PutResult.Stored) { WriteElsewhere(); }</code></example>
    public PutResult PutEntry(in ObjectId objectId, uint index, ReadOnlySpan<byte> entry) => PutEntryBytes(objectId, index, entry);

    /// <summary>Copies an entry out; it stays.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The entry's index in the object.</param>
    /// <param name="buffer">Takes the entry; 4,096 bytes are enough for any. Written on a hit only.</param>
    /// <param name="length">The entry's length on a hit; where the buffer is too short, the length that it should have; otherwise 0.</param>
    /// <returns>What was found; <see cref="GetResult.Unwritable"/> when the buffer is too short: the entry stays then. A page is an entry of 4,096 bytes.</returns>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    /// <example><code>pool.GetEntry(7, 0, buffer, out int length);</code></example>
    public GetResult GetEntry(in ObjectId objectId, uint index, Span<byte> buffer, out int length) =>
        GetEntryBytes(objectId, index, buffer, out length);
}
