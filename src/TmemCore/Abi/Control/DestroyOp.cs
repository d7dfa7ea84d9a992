namespace TmemCore.Abi;

/// <summary>Named for destroying a client's pools; the original only thaws it.</summary>
[AbiOp(typeof(ControlOps), 3)]
public readonly partial struct DestroyOp
{
    /// <summary>The client meant; 0xFFFF in the low 16 bits means all.</summary>
    public uint ClientId { get; init; }
}
