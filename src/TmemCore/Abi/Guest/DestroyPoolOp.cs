namespace TmemCore.Abi;

/// <summary>Destroys a pool with all its pages.</summary>
[AbiOp(typeof(GuestOps), 2)]
public readonly partial struct DestroyPoolOp
{
    /// <summary>The pool's slot.</summary>
    public int PoolId { get; init; }
}
