namespace TmemCore;

/// <summary>A pool whose pages the host may drop at any moment. A put may be refused, and the answer may be ignored.</summary>
public interface IDroppablePool : ITmemPool
{
    /// <summary>Stores a page, replacing an older one of the same handle.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="page">Exactly 4,096 bytes; copied before the method returns.</param>
    /// <returns>Whether it was stored. Otherwise nothing is stored under the handle, unless the client is frozen or gone.</returns>
    /// <exception cref="ArgumentException">The page is not exactly 4,096 bytes; nothing has changed.</exception>
    bool TryPut(in ObjectId objectId, uint index, ReadOnlySpan<byte> page);

    /// <summary>As <see cref="TryPut(in ObjectId, uint, ReadOnlySpan{byte})"/>, and says why a page was refused.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="page">Exactly 4,096 bytes; copied before the method returns.</param>
    /// <param name="result">What became of it.</param>
    /// <returns>Whether it was stored.</returns>
    /// <exception cref="ArgumentException">The page is not exactly 4,096 bytes; nothing has changed.</exception>
    bool TryPut(in ObjectId objectId, uint index, ReadOnlySpan<byte> page, out PutResult result);

    /// <summary>Stores pages, each an operation of its own, done in order; faster than as many single calls.</summary>
    /// <param name="handles">The pages' handles.</param>
    /// <param name="pages">Exactly 4,096 bytes for each handle, in their order; copied before the method returns.</param>
    /// <param name="results">What became of each; room for as many as there are handles.</param>
    /// <returns>How many were stored.</returns>
    /// <exception cref="ArgumentException">The pages or the results do not go with the handles; nothing has changed.</exception>
    int PutMany(ReadOnlySpan<PageHandle> handles, ReadOnlySpan<byte> pages, Span<PutResult> results);

    /// <summary>Stores an entry of up to a page, replacing an older one of the same handle, or a page.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The entry's index in the object.</param>
    /// <param name="entry">1 to 4,096 bytes; copied before the method returns.</param>
    /// <param name="result">What became of it.</param>
    /// <returns>Whether it was stored.</returns>
    /// <exception cref="ArgumentException">The entry is empty or longer than a page; nothing has changed.</exception>
    bool TryPutEntry(in ObjectId objectId, uint index, ReadOnlySpan<byte> entry, out PutResult result);
}
