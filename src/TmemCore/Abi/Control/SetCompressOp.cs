namespace TmemCore.Abi;

/// <summary>Switches a client's compression (until Xen 4.7).</summary>
[AbiOp(typeof(ControlOps), 7, Until = AbiGeneration.V1Sysctl46)]
public readonly partial struct SetCompressOp
{
    /// <summary>The client meant; 0xFFFF in the low 16 bits means all.</summary>
    public uint ClientId { get; init; }

    /// <summary>1 to compress, 0 not to.</summary>
    [AbiFrom(nameof(XenSysctlTmemOp.Argument1))]
    public uint Value { get; init; }
}
