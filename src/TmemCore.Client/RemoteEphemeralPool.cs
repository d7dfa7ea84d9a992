namespace TmemCore.Client;

/// <summary>A pool that a get takes pages out of.</summary>
internal sealed class RemoteEphemeralPool(TmemConnection connection, int id) : RemoteDroppablePool(connection, id), IEphemeralPool
{
    /// <inheritdoc/>
    public GetResult Take(in ObjectId objectId, uint index, Span<byte> buffer) => GetPage(objectId, index, buffer);

    /// <inheritdoc/>
    public int TakeMany(ReadOnlySpan<PageHandle> handles, Span<byte> buffer, Span<GetResult> results) => GetPages(handles, buffer, results);

    /// <inheritdoc/>
    public GetResult TakeEntry(in ObjectId objectId, uint index, Span<byte> buffer, out int length) =>
        GetEntryBytes(objectId, index, buffer, out length);
}
