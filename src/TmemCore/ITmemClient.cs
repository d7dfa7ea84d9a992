namespace TmemCore;

/// <summary>
/// A client of a page store, wherever the store is: <see cref="TmemClient"/> in this process, or a connection to a daemon. Code written
/// for the interfaces runs on both. Thread-safe. Where the store is another process, every call, of the client and of its pools but for their
/// <c>Dispose</c>, throws an <see cref="IOException"/> once the connection has broken: what was stored is gone, and the call may have been done or not.
/// </summary>
/// <example><code>
/// static void Fill(ITmemClient client, ReadOnlySpan&lt;byte&gt; page)
/// {
///     using IEphemeralPool pool = client.CreateEphemeralPool();
///     pool.TryPut(1, 0, page);
/// }
/// </code></example>
public interface ITmemClient : IDisposable
{
    /// <summary>The client's number in its host.</summary>
    int Id { get; }

    /// <summary>Makes a private pool whose pages may be dropped at any moment, and that a get takes pages out of.</summary>
    /// <returns>The pool; its pages go when it is disposed.</returns>
    /// <exception cref="InvalidOperationException">The client has all the pools it may have.</exception>
    /// <exception cref="InsufficientMemoryException">There is no memory for the pool's records.</exception>
    IEphemeralPool CreateEphemeralPool();

    /// <summary>Makes a private pool whose pages may be dropped at any moment, and stay on a get.</summary>
    /// <returns>The pool; its pages go when it is disposed.</returns>
    /// <exception cref="InvalidOperationException">The client has all the pools it may have.</exception>
    /// <exception cref="InsufficientMemoryException">There is no memory for the pool's records.</exception>
    IRetainingPool CreateRetainingPool();

    /// <summary>Makes a private pool whose pages stay until they are flushed.</summary>
    /// <returns>The pool; its pages go when it is disposed.</returns>
    /// <exception cref="InvalidOperationException">The client has all the pools it may have.</exception>
    /// <exception cref="InsufficientMemoryException">There is no memory for the pool's records.</exception>
    IPersistentPool CreatePersistentPool();

    /// <summary>Joins the pool that several clients share under a uuid, or makes it.</summary>
    /// <param name="uuid">The pool's name.</param>
    /// <param name="pool">The pool, when the answer is <see cref="JoinResult.Created"/> or <see cref="JoinResult.Joined"/>; otherwise null.</param>
    /// <returns>What happened. It is never silently a private pool.</returns>
    JoinResult TryJoinSharedPool(PoolUuid uuid, out ISharedEphemeralPool? pool);
}
