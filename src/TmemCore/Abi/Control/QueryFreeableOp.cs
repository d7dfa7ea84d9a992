namespace TmemCore.Abi;

/// <summary>Asks how many MiB tmem could give back.</summary>
[AbiOp(typeof(ControlOps), 8, Since = AbiGeneration.V0Aug2009)]
public readonly partial struct QueryFreeableOp;
