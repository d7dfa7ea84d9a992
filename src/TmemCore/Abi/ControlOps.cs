namespace TmemCore.Abi;

/// <summary>
/// The control sub-ops: inside the hypercall's control command up to Xen 4.5, inside a sysctl from 4.6 on. There the bytes
/// are those of <see cref="XenSysctlTmemOp"/>, without the envelope.
/// </summary>
/// <remarks>Number 31 was never assigned. Numbers 5 to 7 and 11 changed their meaning with Xen 4.8.</remarks>
[AbiFamily(typeof(TmemOp), nameof(TmemOp.Control), Until = AbiGeneration.V1Hypercall)]
[AbiFamily(typeof(XenSysctlTmemOp), Since = AbiGeneration.V1Sysctl46)]
[AbiRetired(31)]
public static partial class ControlOps;
