using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace TmemCore.CacheBench;

internal sealed class MemoryDistributedPeer(long limitBytes) : ICachePeer
{
    private static readonly DistributedCacheEntryOptions s_forever = new();

    private readonly MemoryDistributedCache _cache = new(Options.Create(new MemoryDistributedCacheOptions { SizeLimit = limitBytes }));

    public int ProcessId => Environment.ProcessId;

    public bool TryGet(string key, ArrayBufferWriter<byte> writer) => _cache.Get(key) is not null;

    public void Set(string key, byte[] buffer, int length) => _cache.Set(key, buffer.AsSpan(0, length).ToArray(), s_forever);

    public void Dispose()
    {
    }
}
