namespace TmemCore.Abi;

/// <summary>Freezes a client: it may replace pages but not add any.</summary>
[AbiOp(typeof(ControlOps), 1)]
public readonly partial struct FreezeOp
{
    /// <summary>The client meant; 0xFFFF in the low 16 bits means all.</summary>
    public uint ClientId { get; init; }
}
