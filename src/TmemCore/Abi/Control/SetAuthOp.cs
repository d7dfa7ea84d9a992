namespace TmemCore.Abi;

/// <summary>Grants or revokes shared pools from an array of <see cref="XenTmemPoolInfo"/> (from Xen 4.9).</summary>
[AbiOp(typeof(ControlOps), 11, Since = AbiGeneration.V1Sysctl48)]
public readonly partial struct SetAuthOp
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
