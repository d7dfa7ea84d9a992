using System.Buffers;
using BitFaster.Caching.Lfu;

namespace TmemCore.CacheBench;

/// <summary>ConcurrentLfu, which counts entries and not bytes: its limit is that of the mean value.</summary>
internal sealed class BitFasterPeer(long limitBytes, int meanBytes) : ICachePeer
{
    private readonly ConcurrentLfu<string, byte[]> _cache = new((int)Math.Max(3, limitBytes / meanBytes));

    public int ProcessId => Environment.ProcessId;

    public bool TryGet(string key, ArrayBufferWriter<byte> writer) => _cache.TryGet(key, out _);

    public void Set(string key, byte[] buffer, int length) => _cache.AddOrUpdate(key, buffer.AsSpan(0, length).ToArray());

    public void Dispose()
    {
    }
}
