using TmemCore.Abi;

namespace TmemCore.Benchmarks.Marshalers;

/// <summary>One way to write and read an op. Whoever implements it is not inlined, as generated code is not.</summary>
/// <typeparam name="TOp">The op.</typeparam>
internal interface ICodec<TOp>
    where TOp : struct
{
    static abstract int Write(in TOp op, TmemAbi abi, Span<byte> destination);

    static abstract bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out TOp value);
}
