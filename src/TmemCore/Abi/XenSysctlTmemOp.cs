namespace TmemCore.Abi;

/// <summary>A control sub-op as a sysctl carries it: 56 bytes, the same for 64-bit and 32-bit callers.</summary>
[AbiStruct("xen_sysctl_tmem_op", Header = AbiHeader.Sysctl, Since = AbiGeneration.V1Sysctl46)]
public readonly partial struct XenSysctlTmemOp
{
    /// <summary>The number of the sub-op.</summary>
    [AbiField("cmd"), AbiTag]
    public uint Command { get; init; }

    /// <summary>The pool's slot.</summary>
    [AbiField("pool_id")]
    public int PoolId { get; init; }

    /// <summary>The client meant; 0xFFFF in the low 16 bits means all.</summary>
    [AbiField("cli_id")]
    public uint ClientId { get; init; }

    /// <summary>Until Xen 4.7, the first argument: a number or the length of the buffer.</summary>
    [AbiField("arg1", Until = AbiGeneration.V1Sysctl46)]
    public uint Argument1 { get; init; }

    /// <summary>Until Xen 4.7, the second argument: the form of a list, or a page index.</summary>
    [AbiField("arg2", Until = AbiGeneration.V1Sysctl46)]
    public uint Argument2 { get; init; }

    /// <summary>From Xen 4.8 on, the length of the buffer in bytes.</summary>
    [AbiField("len", Since = AbiGeneration.V1Sysctl48)]
    public uint Length { get; init; }

    /// <summary>From Xen 4.8 on, the argument: a number, the form of a list, or a page index.</summary>
    [AbiField("arg", Since = AbiGeneration.V1Sysctl48)]
    public uint Argument { get; init; }

    /// <summary>Room that must be zero; the original answers EINVAL (22) otherwise.</summary>
    [AbiField("pad")]
    public uint Pad { get; init; }

    /// <summary>The object, where a page is restored.</summary>
    [AbiField("oid")]
    public ObjectId Object { get; init; }

    /// <summary>The address of the caller's buffer, of 64 bits for every caller.</summary>
    [AbiField("buf", Until = AbiGeneration.V1Sysctl46, Form = AbiForm.AlignedPointer)]
    [AbiField("u.buf", Since = AbiGeneration.V1Sysctl48, Form = AbiForm.AlignedPointer)]
    [AbiField("u.client", Since = AbiGeneration.V1Sysctl48, Form = AbiForm.AlignedPointer)]
    [AbiField("u.pool", Since = AbiGeneration.V1Sysctl48, Form = AbiForm.AlignedPointer)]
    [PinnedBuffer]
    public ulong Buffer { get; init; }
}
