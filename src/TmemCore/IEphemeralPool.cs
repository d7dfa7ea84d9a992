namespace TmemCore;

/// <summary>A private pool of clean pages that a get takes out, see <see cref="EphemeralPool"/>.</summary>
public interface IEphemeralPool : IDroppablePool
{
    /// <summary>Takes a page out.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="buffer">Exactly 4,096 bytes; written on a hit only.</param>
    /// <returns>On a hit the page is in the buffer and no longer in the pool.</returns>
    /// <exception cref="ArgumentException">The buffer is not exactly 4,096 bytes; nothing has changed.</exception>
    GetResult Take(in ObjectId objectId, uint index, Span<byte> buffer);

    /// <summary>Takes pages out, each an operation of its own, done in order; faster than as many single calls.</summary>
    /// <param name="handles">The pages.</param>
    /// <param name="buffer">Exactly 4,096 bytes for each handle, in their order; written on hits only.</param>
    /// <param name="results">What was found, page by page; room for as many as there are handles.</param>
    /// <returns>How many were hits.</returns>
    /// <exception cref="ArgumentException">The buffer or the results do not go with the handles; nothing has changed.</exception>
    int TakeMany(ReadOnlySpan<PageHandle> handles, Span<byte> buffer, Span<GetResult> results);

    /// <summary>Takes an entry out.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The entry's index in the object.</param>
    /// <param name="buffer">Takes the entry; 4,096 bytes are enough for any. Written on a hit only.</param>
    /// <param name="length">The entry's length on a hit; where the buffer is too short, the length that it should have; otherwise 0.</param>
    /// <returns>What was found; <see cref="GetResult.Unwritable"/> when the buffer is too short: the entry stays then.</returns>
    GetResult TakeEntry(in ObjectId objectId, uint index, Span<byte> buffer, out int length);
}
