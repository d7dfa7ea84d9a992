namespace TmemCore.Abi;

/// <summary>
/// The commands of the tmem hypercall. <see cref="Dispatch"/> takes an op apart and calls an <see cref="IHandler"/>;
/// <see cref="Caller{TPort}"/> is the client's side.
/// </summary>
[AbiFamily(typeof(TmemOp))]
[AbiNested("Control", 0, Until = AbiGeneration.V1Hypercall)]
public static partial class GuestOps;
