namespace TmemCore.Abi;

/// <summary>Sets a client's weight (until Xen 4.7).</summary>
[AbiOp(typeof(ControlOps), 5, Until = AbiGeneration.V1Sysctl46)]
public readonly partial struct SetWeightOp
{
    /// <summary>The client meant; 0xFFFF in the low 16 bits means all.</summary>
    public uint ClientId { get; init; }

    /// <summary>The weight.</summary>
    [AbiFrom(nameof(XenSysctlTmemOp.Argument1))]
    public uint Value { get; init; }
}
