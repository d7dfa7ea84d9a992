namespace TmemCore.Benchmarks.Peers;

/// <summary>This engine: one persistent pool, 64 pages to an object.</summary>
internal sealed class EngineStore : IPeerStore
{
    private const long PagesPerObject = 64;

    private readonly TmemHost _host;
    private readonly PersistentPool _pool;

    public EngineStore(int entries)
    {
        long dataBytes = (long)entries * TmemPool.PageBytes;
        _host = new TmemHost(new TmemHostOptions { CapacityBytes = dataBytes + (dataBytes / 16) + (64 << 20) });
        _pool = _host.CreateClient().CreatePersistentPool();
    }

    public void Put(long key, ReadOnlySpan<byte> value)
    {
        PutResult result = _pool.Put((ulong)(key / PagesPerObject), (uint)(key % PagesPerObject), value);
        if (result != PutResult.Stored)
        {
            throw new InvalidOperationException($"The host refused page {key}: {result}.");
        }
    }

    public bool TryGet(long key, Span<byte> value) =>
        _pool.Get((ulong)(key / PagesPerObject), (uint)(key % PagesPerObject), value) == GetResult.Hit;

    public void Dispose() => _host.Dispose();
}
