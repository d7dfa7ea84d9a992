using TmemCore.Abi;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Replay;

/// <summary>Sends the bytes of generated call stubs through a port as the guest's hypercall.</summary>
internal readonly struct OpPort(IHypercallPort port) : IOpPort
{
    public long Call(ReadOnlySpan<byte> op) => port.Call(HypercallNumber.TmemOp, op);
}
