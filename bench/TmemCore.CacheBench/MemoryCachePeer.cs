using System.Buffers;
using Microsoft.Extensions.Caching.Memory;

namespace TmemCore.CacheBench;

internal sealed class MemoryCachePeer(long limitBytes) : ICachePeer
{
    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = limitBytes });

    public int ProcessId => Environment.ProcessId;

    public bool TryGet(string key, ArrayBufferWriter<byte> writer) => _cache.TryGetValue(key, out byte[]? _);

    public void Set(string key, byte[] buffer, int length)
    {
        using ICacheEntry entry = _cache.CreateEntry(key);
        entry.Value = buffer.AsSpan(0, length).ToArray();
        entry.Size = length;
    }

    public void Dispose() => _cache.Dispose();
}
