namespace TmemCore.Client;

/// <summary>A pool whose pages the daemon may drop at any moment.</summary>
internal abstract class RemoteDroppablePool(TmemConnection connection, int id) : RemotePool(connection, id), IDroppablePool
{
    /// <inheritdoc/>
    public bool TryPut(in ObjectId objectId, uint index, ReadOnlySpan<byte> page) => PutPage(objectId, index, page) == PutResult.Stored;

    /// <inheritdoc/>
    public bool TryPut(in ObjectId objectId, uint index, ReadOnlySpan<byte> page, out PutResult result) =>
        (result = PutPage(objectId, index, page)) == PutResult.Stored;

    /// <inheritdoc/>
    public int PutMany(ReadOnlySpan<PageHandle> handles, ReadOnlySpan<byte> pages, Span<PutResult> results) => PutPages(handles, pages, results);

    /// <inheritdoc/>
    public bool TryPutEntry(in ObjectId objectId, uint index, ReadOnlySpan<byte> entry, out PutResult result) =>
        (result = PutEntryBytes(objectId, index, entry)) == PutResult.Stored;
}
