namespace TmemCore.Abi;

/// <summary>Asks a client's weight (until Xen 4.7).</summary>
[AbiOp(typeof(ControlOps), 13, Since = AbiGeneration.V0Aug2009, Until = AbiGeneration.V1Sysctl46)]
public readonly partial struct SaveGetClientWeightOp
{
    /// <summary>The client meant.</summary>
    public uint ClientId { get; init; }
}
