using TmemCore.Abi;

namespace TmemCore.Benchmarks.Marshalers;

/// <summary>One way to take the bytes of an op apart and to call a handler.</summary>
internal interface IDispatcher
{
    static abstract long Dispatch(TmemAbi abi, ReadOnlySpan<byte> op, SummingHandler handler);
}
