namespace TmemCore.Abi;

/// <summary>Freezes a client and begins saving it.</summary>
[AbiOp(typeof(ControlOps), 10, Since = AbiGeneration.V0Aug2009)]
public readonly partial struct SaveBeginOp
{
    /// <summary>The client meant.</summary>
    public uint ClientId { get; init; }

    /// <summary>Not zero while the client keeps running.</summary>
    [AbiFrom(nameof(XenSysctlTmemOp.Argument1), Until = AbiGeneration.V1Sysctl46)]
    [AbiFrom(nameof(XenSysctlTmemOp.Argument), Since = AbiGeneration.V1Sysctl48)]
    public uint Live { get; init; }
}
