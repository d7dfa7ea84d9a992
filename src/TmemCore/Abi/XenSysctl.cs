namespace TmemCore.Abi;

/// <summary>
/// The envelope of a sysctl: 136 bytes, of which the tmem op uses 56. The interface version differs with every release
/// (0x0C for Xen 4.6, one more for each up to 0x12 for 4.12).
/// </summary>
[AbiStruct("xen_sysctl", Header = AbiHeader.Sysctl, Since = AbiGeneration.V1Sysctl46)]
public readonly partial struct XenSysctl
{
    /// <summary>The command that means a tmem op.</summary>
    public const uint TmemCommand = 24;

    /// <summary>The command: <see cref="TmemCommand"/> for us.</summary>
    [AbiField("cmd"), AbiTag]
    public uint Command { get; init; }

    /// <summary>The version of the interface the caller was built for.</summary>
    [AbiField("interface_version")]
    public uint InterfaceVersion { get; init; }

    /// <summary>The tmem op.</summary>
    [AbiField("u.tmem_op")]
    [AbiField("u.pad", Bytes = 128)]
    [AbiArm(TmemCommand)]
    public XenSysctlTmemOp TmemOp { get; init; }
}
