namespace TmemCore.Abi;

/// <summary>Makes a client's pools from an array of <see cref="XenTmemPoolInfo"/> (from Xen 4.9).</summary>
[AbiOp(typeof(ControlOps), 9, Since = AbiGeneration.V1Sysctl48)]
public readonly partial struct SetPoolsOp
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
