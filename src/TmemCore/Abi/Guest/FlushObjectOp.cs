namespace TmemCore.Abi;

/// <summary>Removes every page of an object.</summary>
[AbiOp(typeof(GuestOps), 7)]
public readonly partial struct FlushObjectOp
{
    /// <summary>The pool's slot.</summary>
    public int PoolId { get; init; }

    /// <summary>The object.</summary>
    public ObjectId Object { get; init; }
}
