namespace TmemCore.Abi;

/// <summary>The name of a page in a save buffer; the page itself, if any, follows at once.</summary>
[AbiStruct("tmem_handle", Since = AbiGeneration.V0Aug2009)]
public readonly partial struct TmemHandle
{
    /// <summary>The pool's slot.</summary>
    [AbiField("pool_id")]
    public uint PoolId { get; init; }

    /// <summary>The page's index within the object.</summary>
    [AbiField("index")]
    public uint Index { get; init; }

    /// <summary>The object.</summary>
    [AbiField("oid", Until = AbiGeneration.V0Aug2009, Form = AbiForm.FirstWord)]
    [AbiField("oid", Since = AbiGeneration.V1Hypercall)]
    public ObjectId Object { get; init; }
}
