using TmemCore.Store;

namespace TmemCore;

/// <summary>A private pool of clean pages that stay on a get, and grow young by it: a cache.</summary>
public sealed class RetainingPool : DroppablePool, IRetainingPool
{
    internal RetainingPool(TmemClient client, PoolHandle handle)
        : base(client, handle)
    {
    }

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

    /// <summary>
    /// As <see cref="DroppablePool.TryPutEntry"/>, for who has entries take turns at an index: the policy that chooses victims knows an entry that comes back by its
    /// object and its tag, wherever in the object it lies.
    /// </summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The entry's index in the object.</param>
    /// <param name="tag">The entry's tag, the same each time; 0 for none. An entry of 4,096 bytes goes without.</param>
    /// <param name="entry">1 to 4,096 bytes.</param>
    /// <param name="result">What became of it.</param>
    /// <returns>Whether it was stored.</returns>
    /// <exception cref="ArgumentException">The entry is empty or longer than a page; nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    internal bool TryPutEntry(in ObjectId objectId, uint index, byte tag, ReadOnlySpan<byte> entry, out PutResult result) =>
        (result = PutEntryBytes(objectId, index, entry, tag)) == PutResult.Stored;

    /// <summary>
    /// As <see cref="GetEntry"/>, but the entry is kept for no longer by it: for who shares an index with others and has to see first whose entry is there.
    /// </summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The entry's index in the object.</param>
    /// <param name="buffer">As of <see cref="GetEntry"/>.</param>
    /// <param name="length">As of <see cref="GetEntry"/>.</param>
    /// <param name="wouldCount">Whether <see cref="CountAsUsed"/> would make a difference.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    internal GetResult LookAtEntry(in ObjectId objectId, uint index, Span<byte> buffer, out int length, out bool wouldCount) =>
        LookAt(objectId, index, buffer, out length, out wouldCount);

    /// <summary>Has an entry that was looked at count as used.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The entry's index in the object.</param>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    internal void CountAsUsed(in ObjectId objectId, uint index) => CountAsUsedOf(objectId, index);
}
