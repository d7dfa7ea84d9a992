namespace TmemCore.Abi;

/// <summary>The object id as a structure of its own, as the headers have it from Xen 4.6 on.</summary>
[AbiStruct("xen_tmem_oid", Since = AbiGeneration.V1Sysctl46)]
public readonly partial struct XenTmemOid
{
    /// <summary>The id.</summary>
    [AbiField("oid")]
    public ObjectId Value { get; init; }
}
