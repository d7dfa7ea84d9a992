namespace TmemCore.Abi;

/// <summary>Where the generated call stubs send an op: one call, the op's bytes in, its result out.</summary>
/// <remarks>A struct that implements it is called without indirection, since stubs are generic over it.</remarks>
public interface IOpPort
{
    /// <summary>Makes the call.</summary>
    /// <param name="op">The op's bytes, as long as the structure is in the ABI spoken. They may not be kept.</param>
    /// <returns>What the other side answers: zero or more for success, a negated error number otherwise.</returns>
    long Call(ReadOnlySpan<byte> op);
}
