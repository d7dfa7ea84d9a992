namespace TmemCore;

/// <summary>A pool whose pages stay on a get.</summary>
public interface IReadablePool : ITmemPool
{
    /// <summary>Copies a page out; it stays.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="buffer">Exactly 4,096 bytes; written on a hit only.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="ArgumentException">The buffer is not exactly 4,096 bytes; nothing has changed.</exception>
    GetResult Get(in ObjectId objectId, uint index, Span<byte> buffer);

    /// <summary>Copies pages out, each an operation of its own, done in order; faster than as many single calls.</summary>
    /// <param name="handles">The pages.</param>
    /// <param name="buffer">Exactly 4,096 bytes for each handle, in their order; written on hits only.</param>
    /// <param name="results">What was found, page by page; room for as many as there are handles.</param>
    /// <returns>How many were hits.</returns>
    /// <exception cref="ArgumentException">The buffer or the results do not go with the handles; nothing has changed.</exception>
    int GetMany(ReadOnlySpan<PageHandle> handles, Span<byte> buffer, Span<GetResult> results);

    /// <summary>Copies an entry out; it stays.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The entry's index in the object.</param>
    /// <param name="buffer">Takes the entry; 4,096 bytes are enough for any. Written on a hit only.</param>
    /// <param name="length">The entry's length on a hit; where the buffer is too short, the length that it should have; otherwise 0.</param>
    /// <returns>What was found; <see cref="GetResult.Unwritable"/> when the buffer is too short: the entry stays then.</returns>
    GetResult GetEntry(in ObjectId objectId, uint index, Span<byte> buffer, out int length);
}
