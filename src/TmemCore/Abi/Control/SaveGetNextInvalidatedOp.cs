namespace TmemCore.Abi;

/// <summary>Writes the <see cref="TmemHandle"/> of the next page removed since the save began into a buffer.</summary>
[AbiOp(typeof(ControlOps), 20, Since = AbiGeneration.V0Aug2009)]
public readonly partial struct SaveGetNextInvalidatedOp
{
    /// <summary>The client meant.</summary>
    public uint ClientId { get; init; }

    /// <summary>The length of the buffer, in bytes.</summary>
    [AbiFrom(nameof(XenSysctlTmemOp.Argument1), Until = AbiGeneration.V1Sysctl46)]
    [AbiFrom(nameof(XenSysctlTmemOp.Length), Since = AbiGeneration.V1Sysctl48)]
    public uint BufferBytes { get; init; }

    /// <summary>The address of the caller's buffer.</summary>
    [PinnedBuffer]
    public ulong Buffer { get; init; }
}
