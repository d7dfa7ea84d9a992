namespace TmemCore.Abi;

/// <summary>Writes the next page of a pool, a <see cref="TmemHandle"/> and 4,096 bytes, into a buffer.</summary>
[AbiOp(typeof(ControlOps), 19, Since = AbiGeneration.V0Aug2009)]
public readonly partial struct SaveGetNextPageOp
{
    /// <summary>The client meant.</summary>
    public uint ClientId { get; init; }

    /// <summary>The pool's slot.</summary>
    public int PoolId { get; init; }

    /// <summary>The length of the buffer, in bytes.</summary>
    [AbiFrom(nameof(XenSysctlTmemOp.Argument1), Until = AbiGeneration.V1Sysctl46)]
    [AbiFrom(nameof(XenSysctlTmemOp.Length), Since = AbiGeneration.V1Sysctl48)]
    public uint BufferBytes { get; init; }

    /// <summary>The address of the caller's buffer.</summary>
    [PinnedBuffer]
    public ulong Buffer { get; init; }
}
