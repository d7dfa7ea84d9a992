namespace TmemCore;

/// <summary>A pool of pages, each under an object id and an index. Thread-safe; operations on one handle are linearizable.</summary>
public interface ITmemPool : IDisposable
{
    /// <summary>The pool id, 0 to 15.</summary>
    int Id { get; }

    /// <summary>Makes sure that no page is stored under a handle.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <returns>Done whether or not there was a page; done, too, when the client is frozen.</returns>
    FlushResult FlushPage(in ObjectId objectId, uint index);

    /// <summary>Makes sure that no page of an object is stored.</summary>
    /// <param name="objectId">The object.</param>
    /// <returns>Done whether or not there was such an object; done, too, when the client is frozen.</returns>
    FlushResult FlushObject(in ObjectId objectId);
}
