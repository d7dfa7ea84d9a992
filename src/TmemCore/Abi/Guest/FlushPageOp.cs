namespace TmemCore.Abi;

/// <summary>Removes a page.</summary>
[AbiOp(typeof(GuestOps), 6)]
public readonly partial struct FlushPageOp
{
    /// <summary>The pool's slot.</summary>
    public int PoolId { get; init; }

    /// <summary>The object.</summary>
    public ObjectId Object { get; init; }

    /// <summary>The page's index within the object.</summary>
    public uint Index { get; init; }
}
