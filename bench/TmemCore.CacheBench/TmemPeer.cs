using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;
using TmemCore.Caching;

namespace TmemCore.CacheBench;

internal sealed class TmemPeer(long limitBytes, PageCompression compression) : ICachePeer
{
    private static readonly DistributedCacheEntryOptions s_forever = new();

    private readonly TmemCache _cache = new(new() { CapacityBytes = limitBytes, Compression = compression });

    public int ProcessId => Environment.ProcessId;

    public bool TryGet(string key, ArrayBufferWriter<byte> writer) => _cache.TryGet(key, writer);

    public void Set(string key, byte[] buffer, int length) => _cache.Set(key, new ReadOnlySequence<byte>(buffer, 0, length), s_forever);

    public void Dispose() => _cache.Dispose();
}
