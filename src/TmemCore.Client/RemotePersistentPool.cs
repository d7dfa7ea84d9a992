namespace TmemCore.Client;

/// <summary>A pool of pages that stay until they are flushed.</summary>
internal sealed class RemotePersistentPool(TmemConnection connection, int id) : RemotePool(connection, id), IPersistentPool
{
    /// <inheritdoc/>
    public PutResult Put(in ObjectId objectId, uint index, ReadOnlySpan<byte> page) => PutPage(objectId, index, page);

    /// <inheritdoc/>
    public void Put<TState>(in ObjectId objectId, uint index, ReadOnlySpan<byte> page, TState state, PutRefused<TState> refused)
    {
        ArgumentNullException.ThrowIfNull(refused);
        PutResult result = PutPage(objectId, index, page);
        if (result != PutResult.Stored)
        {
            refused(page, result, state);
        }
    }

    /// <inheritdoc/>
    public int PutMany(ReadOnlySpan<PageHandle> handles, ReadOnlySpan<byte> pages, Span<PutResult> results) => PutPages(handles, pages, results);

    /// <inheritdoc/>
    public PutResult PutEntry(in ObjectId objectId, uint index, ReadOnlySpan<byte> entry) => PutEntryBytes(objectId, index, entry);

    /// <inheritdoc/>
    public GetResult Get(in ObjectId objectId, uint index, Span<byte> buffer) => GetPage(objectId, index, buffer);

    /// <inheritdoc/>
    public int GetMany(ReadOnlySpan<PageHandle> handles, Span<byte> buffer, Span<GetResult> results) => GetPages(handles, buffer, results);

    /// <inheritdoc/>
    public GetResult GetEntry(in ObjectId objectId, uint index, Span<byte> buffer, out int length) =>
        GetEntryBytes(objectId, index, buffer, out length);
}
