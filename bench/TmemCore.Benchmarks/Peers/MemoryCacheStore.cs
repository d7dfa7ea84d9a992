using Microsoft.Extensions.Caching.Memory;

namespace TmemCore.Benchmarks.Peers;

/// <summary>The cache of Microsoft.Extensions, limited by size, with an eighth to spare so that it drops nothing here.</summary>
internal sealed class MemoryCacheStore(int entries) : IPeerStore
{
    private readonly MemoryCache _values = new(new MemoryCacheOptions { SizeLimit = (long)entries * TmemPool.PageBytes / 8 * 9 });

    public void Put(long key, ReadOnlySpan<byte> value)
    {
        using ICacheEntry entry = _values.CreateEntry(key);
        entry.Value = value.ToArray();
        entry.Size = value.Length;
    }

    public bool TryGet(long key, Span<byte> value)
    {
        if (!_values.TryGetValue(key, out byte[]? found))
        {
            return false;
        }

        found.CopyTo(value);
        return true;
    }

    public void Dispose() => _values.Dispose();
}
