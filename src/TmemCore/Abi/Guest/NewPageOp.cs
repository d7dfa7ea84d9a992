namespace TmemCore.Abi;

/// <summary>Makes an empty page (until Xen 4.3).</summary>
[AbiOp(typeof(GuestOps), 3, Until = AbiGeneration.V1Hypercall)]
public readonly partial struct NewPageOp
{
    /// <summary>The pool's slot.</summary>
    public int PoolId { get; init; }

    /// <summary>The object.</summary>
    public ObjectId Object { get; init; }

    /// <summary>The page's index within the object.</summary>
    public uint Index { get; init; }
}
