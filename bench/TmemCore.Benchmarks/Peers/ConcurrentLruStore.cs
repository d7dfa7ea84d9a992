using BitFaster.Caching.Lru;

namespace TmemCore.Benchmarks.Peers;

/// <summary>BitFaster's pseudo-LRU cache, with an eighth to spare so that it drops nothing here.</summary>
internal sealed class ConcurrentLruStore(int entries) : IPeerStore
{
    private readonly ConcurrentLru<long, byte[]> _values = new(Environment.ProcessorCount, entries / 8 * 9, EqualityComparer<long>.Default);

    public void Put(long key, ReadOnlySpan<byte> value) => _values.AddOrUpdate(key, value.ToArray());

    public bool TryGet(long key, Span<byte> value)
    {
        if (!_values.TryGet(key, out byte[]? found))
        {
            return false;
        }

        found.CopyTo(value);
        return true;
    }

    public void Dispose() => _values.Clear();
}
