namespace TmemCore.Abi;

/// <summary>Asks the version of the interface (until Xen 4.7).</summary>
[AbiOp(typeof(ControlOps), 11, Since = AbiGeneration.V0Aug2009, Until = AbiGeneration.V1Sysctl46)]
public readonly partial struct SaveGetVersionOp;
