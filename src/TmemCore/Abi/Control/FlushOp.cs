namespace TmemCore.Abi;

/// <summary>Evicts ephemeral pages until so much memory is free. The client must be "all".</summary>
[AbiOp(typeof(ControlOps), 2)]
public readonly partial struct FlushOp
{
    /// <summary>The client meant; 0xFFFF in the low 16 bits means all.</summary>
    public uint ClientId { get; init; }

    /// <summary>How much, in KiB.</summary>
    [AbiFrom(nameof(XenSysctlTmemOp.Argument1), Until = AbiGeneration.V1Sysctl46)]
    [AbiFrom(nameof(XenSysctlTmemOp.Argument), Since = AbiGeneration.V1Sysctl48)]
    public uint SizeKib { get; init; }
}
