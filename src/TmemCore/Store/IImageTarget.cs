namespace TmemCore.Store;

/// <summary>Takes what an image of a client is made of. It is called under the lock of a shard: it copies and does nothing else.</summary>
internal interface IImageTarget
{
    /// <summary>Takes a page, or an entry, in the form that it is kept in.</summary>
    /// <param name="slot">The pool id.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="form">How <paramref name="data"/> becomes the page.</param>
    /// <param name="data">The bytes that are kept; none for one word over and over.</param>
    void TakePage(int slot, in ObjectId objectId, uint index, in PackedForm form, ReadOnlySpan<byte> data);

    /// <summary>Takes the news that there is no such page any more.</summary>
    /// <param name="slot">The pool id.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    void TakeGone(int slot, in ObjectId objectId, uint index);
}
