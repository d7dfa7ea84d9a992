namespace TmemCore.Abi;

/// <summary>Writes a <see cref="XenTmemPoolInfo"/> for each pool of a client (from Xen 4.8).</summary>
[AbiOp(typeof(ControlOps), 7, Since = AbiGeneration.V1Sysctl48)]
public readonly partial struct GetPoolsOp
{
    /// <summary>The client meant.</summary>
    public uint ClientId { get; init; }

    /// <summary>The length of the buffer, in bytes: 32 for each entry, 512 at most.</summary>
    [AbiFrom(nameof(XenSysctlTmemOp.Length))]
    public uint BufferBytes { get; init; }

    /// <summary>The address of the caller's buffer.</summary>
    [PinnedBuffer]
    public ulong Buffer { get; init; }
}
