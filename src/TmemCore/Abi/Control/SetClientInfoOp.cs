namespace TmemCore.Abi;

/// <summary>Sets a client's weight and compression from a <see cref="XenTmemClient"/> (from Xen 4.8).</summary>
/// <remarks>The length field of the structure is not looked at.</remarks>
[AbiOp(typeof(ControlOps), 6, Since = AbiGeneration.V1Sysctl48)]
public readonly partial struct SetClientInfoOp
{
    /// <summary>The client meant; 0xFFFF in the low 16 bits means all.</summary>
    public uint ClientId { get; init; }

    /// <summary>The address of the caller's buffer.</summary>
    [PinnedBuffer]
    public ulong Buffer { get; init; }
}
