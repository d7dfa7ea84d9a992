namespace TmemCore.Abi;

/// <summary>Asks how many pools a client can have (until Xen 4.7).</summary>
[AbiOp(typeof(ControlOps), 12, Since = AbiGeneration.V0Aug2009, Until = AbiGeneration.V1Sysctl46)]
public readonly partial struct SaveGetMaxPoolsOp;
