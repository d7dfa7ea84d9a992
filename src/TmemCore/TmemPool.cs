using System.Runtime.CompilerServices;
using TmemCore.Memory;
using TmemCore.Statistics;
using TmemCore.Store;

namespace TmemCore;

/// <summary>
/// A client's pool of pages, each under an object id and an index. What a put promises and what a get does to the page is
/// said by the type. Thread-safe; operations on one handle are linearizable.
/// </summary>
public abstract class TmemPool : ITmemPool
{
    /// <summary>The size of a page: 4,096 bytes.</summary>
    public const int PageBytes = ArenaLayout.PageBytes;

    private readonly PageStore _store;
    private readonly PoolHandle _handle;

    private protected TmemPool(TmemClient client, PoolHandle handle)
    {
        Client = client;
        _store = client.Host.Store;
        _handle = handle;
    }

    /// <summary>The client whose pool this is.</summary>
    public TmemClient Client { get; }

    /// <summary>The pool id, 0 to 15; given out again after the pool's end.</summary>
    public int Id => _handle.Slot;

    /// <summary>Pages in the pool now; 0 once it is destroyed.</summary>
    public long PageCount => _store.PagesOf(_handle);

    /// <summary>How the pool's new pages are made smaller; <see cref="PageCompression.None"/> once it is destroyed.</summary>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public PageCompression Compression => _store.CompressionOf(_handle);

    internal PoolHandle Handle => _handle;

    /// <summary>Makes sure that no page is stored under a handle.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <returns>Done whether or not there was a page; done, too, when the client is frozen.</returns>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public FlushResult FlushPage(in ObjectId objectId, uint index) => _store.FlushPage(_handle, objectId, index);

    /// <summary>
    /// Makes sure that no page of an object is stored. The object goes at one stroke; the call then takes time for each of
    /// its pages, during which others go on.
    /// </summary>
    /// <param name="objectId">The object.</param>
    /// <returns>Done whether or not there was such an object; done, too, when the client is frozen.</returns>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public FlushResult FlushObject(in ObjectId objectId) => _store.FlushObject(_handle, objectId);

    /// <summary>Changes <see cref="Compression"/> for later puts; what is stored stays as it is, and readable.</summary>
    /// <param name="compression">How pages are made smaller from now on; null to follow the client, of a shared pool the one that made it.</param>
    /// <returns>False when the pool is destroyed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is not a value of its enumeration.</exception>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    /// <example><code>pool.TrySetCompression(PageCompression.Zstandard);</code></example>
    public bool TrySetCompression(PageCompression? compression)
    {
        TmemHostOptions.RequireCompression(compression);
        return _store.TrySetCompression(_handle, compression);
    }

    /// <summary>The pool's totals.</summary>
    /// <returns>A snapshot; null once the pool is destroyed.</returns>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public PoolStatistics? GetStatistics()
    {
        lock (_store.Control)
        {
            _store.RequireLive();
            return _handle.IsHeld ? _store.PoolStatistics(_handle.Pool) : null;
        }
    }

    /// <summary>
    /// Destroys the pool and its pages; a shared pool lives on with the clients that stay. Waits for calls in flight. Later
    /// operations answer that the pool is unavailable.
    /// </summary>
    public void Dispose()
    {
        _store.LeavePool(_handle);
        GC.SuppressFinalize(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected PutResult PutPage(in ObjectId objectId, uint index, ReadOnlySpan<byte> page)
    {
        RequirePage(page.Length, nameof(page));
        var source = new SpanSource(page, _store.UsesStreaming);
        return _store.Put(_handle, objectId, index, ref source);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected PutResult PutFrom<TSource>(in ObjectId objectId, uint index, scoped ref TSource source)
        where TSource : IPageSource, allows ref struct => _store.Put(_handle, objectId, index, ref source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected GetResult GetPage(in ObjectId objectId, uint index, Span<byte> buffer)
    {
        RequirePage(buffer.Length, nameof(buffer));
        var target = new SpanTarget(buffer);
        return _store.Get(_handle, objectId, index, ref target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected GetResult GetTo<TTarget>(in ObjectId objectId, uint index, scoped ref TTarget target)
        where TTarget : IPageTarget, allows ref struct => _store.Get(_handle, objectId, index, ref target);

    private protected PutResult PutEntryBytes(in ObjectId objectId, uint index, ReadOnlySpan<byte> entry, byte tag = 0)
    {
        if (entry.Length is < 1 or > PageBytes)
        {
            throw new ArgumentException($"entry has {entry.Length:N0} bytes; an entry has 1 to {PageBytes:N0}.", nameof(entry));
        }

        return _store.PutEntry(_handle, objectId, index, entry, tag);
    }

    private protected GetResult LookAt(in ObjectId objectId, uint index, Span<byte> buffer, out int length, out bool wouldCount) =>
        _store.LookAtEntry(_handle, objectId, index, buffer, out length, out wouldCount);

    private protected void CountAsUsedOf(in ObjectId objectId, uint index) => _store.CountAsUsed(_handle, objectId, index);

    private protected GetResult GetEntryBytes(in ObjectId objectId, uint index, Span<byte> buffer, out int length) =>
        _store.GetEntry(_handle, objectId, index, buffer, out length);

    private protected int PutPages(ReadOnlySpan<PageHandle> handles, ReadOnlySpan<byte> pages, Span<PutResult> results)
    {
        RequirePages(handles.Length, pages.Length, nameof(pages), results.Length);
        return _store.PutMany(_handle, handles, pages, results);
    }

    private protected int GetPages(ReadOnlySpan<PageHandle> handles, Span<byte> buffer, Span<GetResult> results)
    {
        RequirePages(handles.Length, buffer.Length, nameof(buffer), results.Length);
        return _store.GetMany(_handle, handles, buffer, results);
    }

    private static void RequirePages(int handles, int bytes, string name, int results)
    {
        if (bytes != (long)handles * PageBytes)
        {
            throw new ArgumentException(
                $"{name} has {bytes:N0} bytes; {handles:N0} handles take exactly {(long)handles * PageBytes:N0}.", name);
        }

        if (results < handles)
        {
            throw new ArgumentException($"results has room for {results:N0}; there are {handles:N0} handles.", nameof(results));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RequirePage(int length, string name)
    {
        if (length != PageBytes)
        {
            ThrowNotAPage(length, name);
        }
    }

    private static void ThrowNotAPage(int length, string name) =>
        throw new ArgumentException($"{name} has {length:N0} bytes; a page has exactly {PageBytes:N0}.", name);
}
