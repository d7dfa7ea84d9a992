namespace TmemCore.Abi;

/// <summary>Removes a page of a client that is being restored.</summary>
[AbiOp(typeof(ControlOps), 33, Since = AbiGeneration.V0Aug2009)]
public readonly partial struct RestoreFlushPageOp
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
}
