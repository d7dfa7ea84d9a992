namespace TmemCore.Abi;

/// <summary>Writes a pool's uuid, 16 bytes, into a buffer (until Xen 4.7).</summary>
[AbiOp(typeof(ControlOps), 18, Since = AbiGeneration.V0Aug2009, Until = AbiGeneration.V1Sysctl46)]
public readonly partial struct SaveGetPoolUuidOp
{
    /// <summary>The client meant.</summary>
    public uint ClientId { get; init; }

    /// <summary>The pool's slot.</summary>
    public int PoolId { get; init; }

    /// <summary>The length of the buffer, in bytes.</summary>
    [AbiFrom(nameof(XenSysctlTmemOp.Argument1))]
    public uint BufferBytes { get; init; }

    /// <summary>The address of the caller's buffer.</summary>
    [PinnedBuffer]
    public ulong Buffer { get; init; }
}
