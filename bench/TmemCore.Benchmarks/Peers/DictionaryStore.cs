using System.Collections.Concurrent;

namespace TmemCore.Benchmarks.Peers;

/// <summary>The runtime's own dictionary. Arrays in it are read without a lock, so that a put brings a new one.</summary>
internal sealed class DictionaryStore(int entries) : IPeerStore
{
    private readonly ConcurrentDictionary<long, byte[]> _values = new(Environment.ProcessorCount, entries);

    public void Put(long key, ReadOnlySpan<byte> value) => _values[key] = value.ToArray();

    public bool TryGet(long key, Span<byte> value)
    {
        if (!_values.TryGetValue(key, out byte[]? found))
        {
            return false;
        }

        found.CopyTo(value);
        return true;
    }

    public void Dispose() => _values.Clear();
}
