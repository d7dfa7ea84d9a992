namespace TmemCore.Abi;

/// <summary>What SAVE_GET_POOL_UUID writes into the caller's buffer: 16 bytes, for which the headers have no structure.</summary>
[AbiStruct]
public readonly partial struct TmemPoolUuid
{
    /// <summary>The pool's shared name, low half first.</summary>
    [AbiField("uuid")]
    public PoolUuid Value { get; init; }
}
