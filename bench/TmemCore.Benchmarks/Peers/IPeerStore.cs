namespace TmemCore.Benchmarks.Peers;

/// <summary>A store as a benchmark sees it: values of 4,096 bytes under numbers, copied in and out.</summary>
internal interface IPeerStore : IDisposable
{
    /// <summary>Copies a value in; an older one of the same key is replaced.</summary>
    void Put(long key, ReadOnlySpan<byte> value);

    /// <summary>Copies a value out; false, and nothing written, where there is none.</summary>
    bool TryGet(long key, Span<byte> value);
}
