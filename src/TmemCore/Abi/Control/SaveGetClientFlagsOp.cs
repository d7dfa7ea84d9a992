namespace TmemCore.Abi;

/// <summary>Asks a client's <see cref="TmemSavedClientFlags"/> (until Xen 4.7).</summary>
[AbiOp(typeof(ControlOps), 15, Since = AbiGeneration.V0Aug2009, Until = AbiGeneration.V1Sysctl46)]
public readonly partial struct SaveGetClientFlagsOp
{
    /// <summary>The client meant.</summary>
    public uint ClientId { get; init; }
}
