namespace TmemCore.Abi;

/// <summary>Writes the statistics text into a buffer.</summary>
[AbiOp(typeof(ControlOps), 4)]
public readonly partial struct ListOp
{
    /// <summary>The client meant; 0xFFFF in the low 16 bits means all.</summary>
    public uint ClientId { get; init; }

    /// <summary>The length of the buffer, in bytes.</summary>
    [AbiFrom(nameof(XenSysctlTmemOp.Argument1), Until = AbiGeneration.V1Sysctl46)]
    [AbiFrom(nameof(XenSysctlTmemOp.Length), Since = AbiGeneration.V1Sysctl48)]
    public uint BufferBytes { get; init; }

    /// <summary>Not zero for the long form, with a line for each pool.</summary>
    [AbiFrom(nameof(XenSysctlTmemOp.Argument2), Until = AbiGeneration.V1Sysctl46)]
    [AbiFrom(nameof(XenSysctlTmemOp.Argument), Since = AbiGeneration.V1Sysctl48)]
    public uint LongForm { get; init; }

    /// <summary>The address of the caller's buffer.</summary>
    [PinnedBuffer]
    public ulong Buffer { get; init; }
}
