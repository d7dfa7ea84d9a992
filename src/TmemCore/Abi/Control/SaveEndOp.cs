namespace TmemCore.Abi;

/// <summary>Ends saving a client.</summary>
[AbiOp(typeof(ControlOps), 21, Since = AbiGeneration.V0Aug2009)]
public readonly partial struct SaveEndOp
{
    /// <summary>The client meant.</summary>
    public uint ClientId { get; init; }
}
