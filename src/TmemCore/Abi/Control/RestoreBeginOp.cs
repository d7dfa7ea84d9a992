namespace TmemCore.Abi;

/// <summary>Begins restoring a client.</summary>
[AbiOp(typeof(ControlOps), 30, Since = AbiGeneration.V0Aug2009)]
public readonly partial struct RestoreBeginOp
{
    /// <summary>The client meant.</summary>
    public uint ClientId { get; init; }
}
