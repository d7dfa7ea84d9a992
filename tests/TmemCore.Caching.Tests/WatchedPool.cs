namespace TmemCore.Caching.Tests;

/// <summary>A pool that a test looks into: it may do something before a get, refuse puts, or break.</summary>
internal sealed class WatchedPool(IRetainingPool pool) : IRetainingPool
{
    private int _putsUntilRefusal = int.MaxValue;
    private int _readsUntilHead;
    private Action? _beforeHead;

    /// <summary>Done once before the next read of whole pages, or of an entry behind a head.</summary>
    public Action? BeforeChunks { get; set; }

    /// <summary>Does something once, before a read of a head that so many others come before.</summary>
    public void BeforeHead(int reads, Action action) => (_readsUntilHead, _beforeHead) = (reads, action);

    /// <summary>Whether gets tell that the pool cannot be used, as those of a client that has moved, perhaps, to another host.</summary>
    public bool IsUnavailable { get; set; }

    /// <summary>Flushes of a page so far.</summary>
    public int PageFlushes { get; private set; }

    /// <summary>Whether every call fails as after the end of a connection.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Calls of any kind so far.</summary>
    public int Calls { get; private set; }

    public int Id => pool.Id;

    /// <summary>Lets so many pages and entries in, then refuses.</summary>
    public void RefuseAfter(int puts) => _putsUntilRefusal = puts;

    public GetResult Get(in ObjectId objectId, uint index, Span<byte> buffer) => Pool.Get(objectId, index, buffer);

    public int GetMany(ReadOnlySpan<PageHandle> handles, Span<byte> buffer, Span<GetResult> results)
    {
        Interrupt();
        return Pool.GetMany(handles, buffer, results);
    }

    public GetResult GetEntry(in ObjectId objectId, uint index, Span<byte> buffer, out int length)
    {
        if (index >= HeadLayout.Indexes)
        {
            Interrupt();
        }
        else if (_beforeHead is Action action && _readsUntilHead-- == 0)
        {
            _beforeHead = null;
            action();
        }

        length = 0;
        return IsUnavailable ? GetResult.Unavailable : Pool.GetEntry(objectId, index, buffer, out length);
    }

    public bool TryPut(in ObjectId objectId, uint index, ReadOnlySpan<byte> page) => TryPut(objectId, index, page, out _);

    public bool TryPut(in ObjectId objectId, uint index, ReadOnlySpan<byte> page, out PutResult result)
    {
        result = PutResult.OutOfMemory;
        return _putsUntilRefusal-- > 0 && Pool.TryPut(objectId, index, page, out result);
    }

    public int PutMany(ReadOnlySpan<PageHandle> handles, ReadOnlySpan<byte> pages, Span<PutResult> results)
    {
        int stored = 0;
        for (int i = 0; i < handles.Length; i++)
        {
            stored += TryPut(handles[i].Object, handles[i].Index, pages.Slice(i * 4096, 4096), out results[i]) ? 1 : 0;
        }

        return stored;
    }

    public bool TryPutEntry(in ObjectId objectId, uint index, ReadOnlySpan<byte> entry, out PutResult result)
    {
        result = PutResult.OutOfMemory;
        return _putsUntilRefusal-- > 0 && Pool.TryPutEntry(objectId, index, entry, out result);
    }

    public FlushResult FlushPage(in ObjectId objectId, uint index)
    {
        PageFlushes++;
        return Pool.FlushPage(objectId, index);
    }

    public FlushResult FlushObject(in ObjectId objectId) => Pool.FlushObject(objectId);

    public void Dispose() => pool.Dispose();

    private IRetainingPool Pool
    {
        get
        {
            Calls++;
            return IsBroken ? throw new IOException("The connection has broken.") : pool;
        }
    }

    private void Interrupt()
    {
        Action? action = BeforeChunks;
        BeforeChunks = null;
        action?.Invoke();
    }
}
