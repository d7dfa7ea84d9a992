namespace TmemCore.Store;

/// <summary>Takes the pages of a client that is saved. It is called under the lock of a shard: it copies and does nothing else.</summary>
internal interface ISavedPageTarget
{
    /// <summary>Whether there is room for a page at all.</summary>
    bool HasRoom { get; }

    /// <summary>Takes a page and its handle.</summary>
    /// <param name="pool">The pool id.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="page">Exactly 4,096 bytes.</param>
    /// <returns>False when they cannot be written: the page comes again then.</returns>
    bool TryWrite(int pool, in ObjectId objectId, uint index, ReadOnlySpan<byte> page);
}

/// <summary>What became of asking for a pool's next page.</summary>
internal enum SavedPage
{
    None,
    Taken,
    Refused,
    NoRoom,
}
