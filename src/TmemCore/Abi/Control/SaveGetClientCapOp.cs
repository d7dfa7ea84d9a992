namespace TmemCore.Abi;

/// <summary>Asks a client's cap (until Xen 4.7).</summary>
[AbiOp(typeof(ControlOps), 14, Since = AbiGeneration.V0Aug2009, Until = AbiGeneration.V1Sysctl46)]
public readonly partial struct SaveGetClientCapOp
{
    /// <summary>The client meant.</summary>
    public uint ClientId { get; init; }
}
