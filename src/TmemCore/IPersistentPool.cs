namespace TmemCore;

/// <summary>
/// A private pool of pages that nobody else has: they stay until they are flushed. A put may be refused, and then the page must go
/// elsewhere. See <see cref="PersistentPool"/>.
/// </summary>
public interface IPersistentPool : IReadablePool
{
    /// <summary>
    /// Stores a page, replacing an older one of the same handle. The answer must not be ignored: unless it is
    /// <see cref="PutResult.Stored"/>, the caller still holds the only copy.
    /// </summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="page">Exactly 4,096 bytes; copied before the method returns.</param>
    /// <returns>What became of it.</returns>
    /// <exception cref="ArgumentException">The page is not exactly 4,096 bytes; nothing has changed.</exception>
    PutResult Put(in ObjectId objectId, uint index, ReadOnlySpan<byte> page);

    /// <summary>Stores a page, or has it taken care of otherwise.</summary>
    /// <typeparam name="TState">What the action needs.</typeparam>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="page">Exactly 4,096 bytes; copied before the method returns.</param>
    /// <param name="state">Passed to the action, so that it need not capture anything.</param>
    /// <param name="refused">Called once, on this thread, when the page was not stored.</param>
    /// <exception cref="ArgumentException">The page is not exactly 4,096 bytes; nothing has changed.</exception>
    void Put<TState>(in ObjectId objectId, uint index, ReadOnlySpan<byte> page, TState state, PutRefused<TState> refused);

    /// <summary>Stores pages, each an operation of its own, done in order; faster than as many single calls.</summary>
    /// <param name="handles">The pages' handles.</param>
    /// <param name="pages">Exactly 4,096 bytes for each handle, in their order; copied before the method returns.</param>
    /// <param name="results">What became of each; none must be ignored.</param>
    /// <returns>How many were stored.</returns>
    /// <exception cref="ArgumentException">The pages or the results do not go with the handles; nothing has changed.</exception>
    int PutMany(ReadOnlySpan<PageHandle> handles, ReadOnlySpan<byte> pages, Span<PutResult> results);

    /// <summary>Stores an entry of up to a page, replacing an older one of the same handle, or a page.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The entry's index in the object.</param>
    /// <param name="entry">1 to 4,096 bytes; copied before the method returns.</param>
    /// <returns>What became of it; it must not be ignored.</returns>
    /// <exception cref="ArgumentException">The entry is empty or longer than a page; nothing has changed.</exception>
    PutResult PutEntry(in ObjectId objectId, uint index, ReadOnlySpan<byte> entry);
}
