namespace TmemCore.Abi;

/// <summary>Writes a <see cref="XenTmemClient"/> into a buffer (from Xen 4.8).</summary>
/// <remarks>The length field of the structure is not looked at.</remarks>
[AbiOp(typeof(ControlOps), 5, Since = AbiGeneration.V1Sysctl48)]
public readonly partial struct GetClientInfoOp
{
    /// <summary>The client meant; 0xFFFF in the low 16 bits means all.</summary>
    public uint ClientId { get; init; }

    /// <summary>The address of the caller's buffer.</summary>
    [PinnedBuffer]
    public ulong Buffer { get; init; }
}
