namespace TmemCore.Abi;

/// <summary>
/// The commands of the tmem hypercall. <see cref="Dispatch"/> takes an op apart and calls an <see cref="IHandler"/>;
/// <see cref="Caller{TPort}"/> is the client's side.
/// </summary>
[AbiFamily(typeof(TmemOp))]
[AbiNested("Control", GuestOps.ControlCommand, Until = AbiGeneration.V1Hypercall)]
public static partial class GuestOps
{
    /// <summary>The command that carries a control sub-op, up to Xen 4.5: an op of <see cref="ControlOps"/>.</summary>
    public const uint ControlCommand = 0;
}
