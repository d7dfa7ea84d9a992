namespace TmemCore.Abi;

/// <summary>Stores a page for a client that is being restored.</summary>
[AbiOp(typeof(ControlOps), 32, Since = AbiGeneration.V0Aug2009)]
public readonly partial struct RestorePutPageOp
{
    /// <summary>The client meant.</summary>
    public uint ClientId { get; init; }

    /// <summary>The pool's slot.</summary>
    public int PoolId { get; init; }

    /// <summary>The object.</summary>
    public ObjectId Object { get; init; }

    /// <summary>The page's index within the object.</summary>
    [AbiFrom(nameof(XenSysctlTmemOp.Argument2), Until = AbiGeneration.V1Sysctl46)]
    [AbiFrom(nameof(XenSysctlTmemOp.Argument), Since = AbiGeneration.V1Sysctl48)]
    public uint Index { get; init; }

    /// <summary>The length of the buffer, in bytes: 4,096.</summary>
    [AbiFrom(nameof(XenSysctlTmemOp.Argument1), Until = AbiGeneration.V1Sysctl46)]
    [AbiFrom(nameof(XenSysctlTmemOp.Length), Since = AbiGeneration.V1Sysctl48)]
    public uint BufferBytes { get; init; }

    /// <summary>The address of the caller's buffer.</summary>
    [PinnedBuffer]
    public ulong Buffer { get; init; }
}
