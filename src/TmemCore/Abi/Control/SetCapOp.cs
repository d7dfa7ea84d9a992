namespace TmemCore.Abi;

/// <summary>Sets a client's cap (until Xen 4.7).</summary>
[AbiOp(typeof(ControlOps), 6, Until = AbiGeneration.V1Sysctl46)]
public readonly partial struct SetCapOp
{
    /// <summary>The client meant; 0xFFFF in the low 16 bits means all.</summary>
    public uint ClientId { get; init; }

    /// <summary>The cap.</summary>
    [AbiFrom(nameof(XenSysctlTmemOp.Argument1))]
    public uint Value { get; init; }
}
