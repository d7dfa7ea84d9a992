namespace TmemCore.Hypercalls;

/// <summary>
/// Where hypercalls go: a real hypervisor, a host in this process, a recorder or a fault injector around another port.
/// The bytes of one op go in, its result comes out.
/// </summary>
/// <remarks>
/// An op is input only. What a call gives back travels as the result, in the page whose frame number the op carries, or
/// in the buffer whose address it carries. Ports are safe to call from several threads at once unless they say otherwise.
/// </remarks>
public interface IHypercallPort
{
    /// <summary>Makes one hypercall.</summary>
    /// <param name="number">Which hypercall.</param>
    /// <param name="argument">
    /// The bytes behind the call's only pointer: a <c>tmem_op</c> for <see cref="HypercallNumber.TmemOp"/>, the envelope
    /// for <see cref="HypercallNumber.Sysctl"/>. Spans and <see cref="HypercallBuffer"/> leases convert by themselves.
    /// </param>
    /// <returns>
    /// Zero or more: the op's own result. Below zero: an error number, negated; see <see cref="Errno"/>, which also names
    /// tmem's private ones, 1000 (frozen) and 1001 (empty). An argument too short to hold an op is answered
    /// <c>-EFAULT</c>, an unknown hypercall <c>-ENOSYS</c>. Nothing the other side answers is thrown.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The port, or the lease the argument was made of, is disposed.</exception>
    long Call(HypercallNumber number, HypercallArgument argument);
}
