namespace TmemCore.Abi;

/// <summary>An entry of the array that GET_POOLS, SET_POOLS and SET_AUTH pass in the caller's buffer: 32 bytes.</summary>
[AbiStruct("xen_tmem_pool_info", Header = AbiHeader.Sysctl, Since = AbiGeneration.V1Sysctl48)]
public readonly partial struct XenTmemPoolInfo
{
    /// <summary>The pool's kind, page size and version.</summary>
    [AbiField("flags.raw")]
    [AbiField("flags.u", Bits = "persist:1 shared:1 auth:1 rsv1:1 pagebits:8 rsv2:12 version:8")]
    public TmemPoolFlags Flags { get; init; }

    /// <summary>The pool's slot.</summary>
    [AbiField("id")]
    public uint Id { get; init; }

    /// <summary>How many pages the pool holds.</summary>
    [AbiField("n_pages", Form = AbiForm.Aligned)]
    public ulong PageCount { get; init; }

    /// <summary>The pool's shared name.</summary>
    [AbiField("uuid", Form = AbiForm.Aligned)]
    public PoolUuid Uuid { get; init; }
}
