namespace TmemCore.Abi;

/// <summary>Lets a frozen client store pages again.</summary>
[AbiOp(typeof(ControlOps), 0)]
public readonly partial struct ThawOp
{
    /// <summary>The client meant; 0xFFFF in the low 16 bits means all.</summary>
    public uint ClientId { get; init; }
}
