namespace TmemCore.Client;

/// <summary>A pool of clean pages that stay on a get: of this client alone, or shared.</summary>
internal sealed class RemoteKeptPool(TmemConnection connection, int id)
    : RemoteDroppablePool(connection, id), IRetainingPool, ISharedEphemeralPool
{
    /// <inheritdoc/>
    public GetResult Get(in ObjectId objectId, uint index, Span<byte> buffer) => GetPage(objectId, index, buffer);

    /// <inheritdoc/>
    public int GetMany(ReadOnlySpan<PageHandle> handles, Span<byte> buffer, Span<GetResult> results) => GetPages(handles, buffer, results);

    /// <inheritdoc/>
    public GetResult GetEntry(in ObjectId objectId, uint index, Span<byte> buffer, out int length) =>
        GetEntryBytes(objectId, index, buffer, out length);
}
