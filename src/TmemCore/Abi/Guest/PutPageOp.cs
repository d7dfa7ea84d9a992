namespace TmemCore.Abi;

/// <summary>Copies a page of the caller into the store.</summary>
[AbiOp(typeof(GuestOps), 4)]
public readonly partial struct PutPageOp
{
    /// <summary>The pool's slot.</summary>
    public int PoolId { get; init; }

    /// <summary>The object.</summary>
    public ObjectId Object { get; init; }

    /// <summary>The page's index within the object.</summary>
    public uint Index { get; init; }

    /// <summary>The caller's frame number (gfn).</summary>
    public ulong Frame { get; init; }
}
