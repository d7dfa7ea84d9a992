using System.Runtime.InteropServices;

namespace TmemCore.Benchmarks.Peers;

/// <summary>No store at all: memory with a place for each key. What it takes is the machine's own part of every other figure.</summary>
internal sealed unsafe class BareCopyStore : IPeerStore
{
    private const nuint HugePageBytes = 2 << 20;

    private readonly byte* _values;

    public BareCopyStore(int entries)
    {
        nuint bytes = (nuint)entries * TmemPool.PageBytes;
        _values = (byte*)NativeMemory.AlignedAlloc(bytes, HugePageBytes);

        // Advice only: without huge pages the copy is slower, and no less right.
        _ = Native.Advise(_values, bytes, Native.AdviseHuge);
    }

    public void Put(long key, ReadOnlySpan<byte> value) => value.CopyTo(At(key));

    public bool TryGet(long key, Span<byte> value)
    {
        At(key).CopyTo(value);
        return true;
    }

    public void Dispose() => NativeMemory.AlignedFree(_values);

    private Span<byte> At(long key) => new(_values + (key * TmemPool.PageBytes), TmemPool.PageBytes);
}
