using TmemCore.Abi;

namespace TmemCore.Hypercalls;

/// <summary>
/// Sends what generated call stubs write through a port, as the guest's hypercall: <c>new
/// GuestOps.Caller&lt;OpPort&gt;(abi, new OpPort(port))</c>. Thread-safe if the port is; allocates nothing.
/// </summary>
/// <param name="port">The port. It stays the caller's.</param>
public readonly struct OpPort(IHypercallPort port) : IOpPort
{
    /// <inheritdoc/>
    public long Call(ReadOnlySpan<byte> op) => port.Call(HypercallNumber.TmemOp, op);
}
