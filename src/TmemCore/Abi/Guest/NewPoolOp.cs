namespace TmemCore.Abi;

/// <summary>Makes a pool. The answer is its slot.</summary>
/// <remarks>The pool field of the structure means nothing here and may hold anything.</remarks>
[AbiOp(typeof(GuestOps), 1)]
public readonly partial struct NewPoolOp
{
    /// <summary>The name of the shared pool to join or make; of no matter to a private pool.</summary>
    public PoolUuid Uuid { get; init; }

    /// <summary>Kind, page size and version of the pool.</summary>
    public TmemPoolFlags Flags { get; init; }
}
